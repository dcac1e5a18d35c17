package edge

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// CORS says whose web pages may read answers. The zero value lets all pages
// read, without credentials that a browser sends by itself: keys and tokens,
// which the page must know to send them, are not among those.
type CORS struct {
	// Origins are those of the pages, such as https://map.example.vn. Empty: all.
	Origins []string
	// Credentials also lets a browser send cookies and certificates, which this
	// server ignores but a proxy in front of it may ask for. It needs Origins:
	// with all pages (*) it would lend everybody's login to every page.
	Credentials bool
}

// Validate reports everything that is wrong with c. The errors wrap ErrConfig.
func (c *CORS) Validate() error {
	if c.Credentials && len(c.Origins) == 0 {
		return fmt.Errorf("CORS with credentials needs a list of origins: %w", ErrConfig)
	}
	for _, o := range c.Origins {
		u, err := url.Parse(o)
		if err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != o {
			return fmt.Errorf("CORS origin %q, want scheme://host[:port]: %w", o, ErrConfig)
		}
	}
	return nil
}

// setOrigin sets the headers by which a browser decides whether a page of origin
// may read the answer; origin is the request's header, empty when there is none.
// It comes last, when Vary says already what else the answer depends on.
func (c *CORS) setOrigin(h http.Header, origin string) {
	if len(c.Origins) == 0 {
		h["Access-Control-Allow-Origin"] = []string{"*"}
		return
	}
	h["Vary"] = append(slices.Clip(h["Vary"]), "Origin") // the value may be shared
	if !slices.Contains(c.Origins, origin) {
		return
	}
	h["Access-Control-Allow-Origin"] = []string{origin}
	if c.Credentials {
		h["Access-Control-Allow-Credentials"] = []string{"true"}
	}
}

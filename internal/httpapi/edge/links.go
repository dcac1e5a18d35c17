package edge

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/forwarded"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// Link is a web link as OGC APIs write it.
type Link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
	Lang  string `json:"hreflang,omitempty"`
	// Templated links have variables in them (RFC 6570), such as {z}, {x} and {y}.
	Templated bool `json:"templated,omitempty"`
}

// SelfLinks are the links of a document to itself and to its other formats. href
// may have a query, without what pins a version and without a format.
func (x *Exchange) SelfLinks(href string) []Link {
	path, query, asked := strings.Cut(href, "?")
	pin := x.PinQuery("?")
	if asked {
		pin = "?" + query + x.PinQuery("&")
	}
	links := []Link{{Href: path + pin, Rel: "self", Type: x.Format.MediaType(), Title: x.titleOf("self"), Lang: x.LangOf(x.Format)}}
	for _, f := range x.Op.Formats {
		if f != x.Format {
			links = append(links, Link{Href: path + Joined(pin, media.Name+"="+f.Names()[0]), Rel: "alternate", Type: f.MediaType(), Title: f.AlternateTitle(x.Lang), Lang: x.LangOf(f)})
		}
	}
	return links
}

// Titled is a link with the title of its relation.
func (x *Exchange) Titled(href, rel, mediaType string) Link {
	return Link{Href: href, Rel: rel, Type: mediaType, Title: x.titleOf(rel)}
}

// Licence links to the licence of the data.
func (x *Exchange) Licence() Link {
	return Link{Href: x.server.config.LicenceURL, Rel: "license", Type: media.TypeHTML, Title: x.Say("Giấy phép của dữ liệu", "The licence of the data"), Lang: "en"}
}

// Base returns the address of the server as the client knows it, without a
// slash at the end: Config.PublicURL, else what a trusted proxy forwards, else
// the Host of the request.
func (x *Exchange) Base() string {
	s := x.server
	if s.config.PublicURL != "" {
		return s.config.PublicURL
	}
	scheme, host, prefix := "http", x.Request.Host, ""
	if x.Request.TLS != nil {
		scheme = "https"
	}
	if s.trustsPeer(x.Request) {
		f := forwarded.Of(x.Request.Header, s.config.TrustedProxies)
		if f.Proto == "http" || f.Proto == "https" {
			scheme = f.Proto
		}
		if validHost(f.Host) {
			host = f.Host
		}
		prefix = f.Prefix
	}
	if !validHost(host) {
		return prefix // links without a host are right from anywhere
	}
	return scheme + "://" + host + prefix
}

// validHost keeps anything but names, addresses and ports out of links.
func validHost(host string) bool {
	if host == "" || len(host) > 255 {
		return false
	}
	for _, c := range []byte(host) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '.', c == '-', c == '_', c == ':', c == '[', c == ']':
		default:
			return false
		}
	}
	return true
}

// trustsPeer reports whether the other end of the connection is a trusted proxy.
func (c *Core) trustsPeer(r *http.Request) bool {
	if len(c.config.TrustedProxies) == 0 {
		return false
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && forwarded.Trusts(c.config.TrustedProxies, peer.Addr())
}

// clientAddress returns who asks, for the log: the peer, or when that is a
// trusted proxy the nearest address in its forwarded headers that is not.
func (x *Exchange) clientAddress() string {
	s := x.server
	peer, err := netip.ParseAddrPort(x.Request.RemoteAddr)
	if err != nil {
		return x.Request.RemoteAddr
	}
	if forwarded.Trusts(s.config.TrustedProxies, peer.Addr()) {
		if f := forwarded.Of(x.Request.Header, s.config.TrustedProxies); f.Client.IsValid() {
			return f.Client.String()
		}
	}
	return peer.Addr().String()
}

// UnescapePath decodes a part of a path; one that cannot be decoded stays as it is.
func UnescapePath(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// FormatQuery is what links need to lead to the format that f has asked for; ""
// when it has not, and Accept will ask again.
func (x *Exchange) FormatQuery(sep string) string {
	if !x.formatAsked {
		return ""
	}
	return sep + media.Name + "=" + x.Format.Names()[0]
}

// AppendAlternates appends a link, with a comma before it, for each of the formats
// but one; href makes it from the parameter that asks for the format.
func (x *Exchange) AppendAlternates(offered []media.Format, but media.Format, href func(f string) string) {
	for _, f := range offered {
		if f != but {
			x.Buf = append(x.Buf, ',')
			x.appendTitled(href(media.Name+"="+f.Names()[0]), "alternate", f.MediaType(), f.AlternateTitle(x.Lang))
		}
	}
}

// Joined adds a parameter to a query that is empty or begins with a question mark.
func Joined(query, parameter string) string {
	if query == "" {
		return "?" + parameter
	}
	return query + "&" + parameter
}

// AppendLink appends a link with the title that links of its relation have.
func (x *Exchange) AppendLink(href, rel, mediaType string) {
	x.appendTitled(href, rel, mediaType, x.titleOf(rel))
}

// titleOf is what a link of a relation leads to.
func (x *Exchange) titleOf(rel string) string {
	switch rel {
	case "self":
		return x.Say("Tài liệu này", "This document")
	case "alternate": // the page of JSON
		return media.HTML.AlternateTitle(x.Lang)
	case "next":
		return x.Say("Trang sau", "The next page")
	case "prev":
		return x.Say("Trang trước", "The page before")
	case "collection":
		return x.Say("Lớp chứa nó", "What it is one of")
	case "version-history":
		return x.Say("Mọi trạng thái đã ghi", "Every recorded state")
	case "related":
		return x.Say("Gần đây có gì", "What is near")
	case "item":
		return x.Say("Đối tượng", "One of it")
	case "events":
		return x.Say("Sự kiện trực tiếp", "Its events, live")
	default:
		return x.Say("Xem thêm", "More")
	}
}

// appendTitled appends a link. A href is made of a checked base and of escaped
// parts: nothing in it needs escaping in JSON, nor does anything in our titles.
func (x *Exchange) appendTitled(href, rel, mediaType, title string) {
	x.Buf = append(x.Buf, `{"href":"`...)
	x.Buf = append(x.Buf, href...)
	x.Buf = append(x.Buf, `","rel":"`...)
	x.Buf = append(x.Buf, rel...)
	x.Buf = append(x.Buf, `","type":"`...)
	x.Buf = append(x.Buf, mediaType...)
	x.Buf = append(x.Buf, `","title":"`...)
	x.Buf = append(x.Buf, title...)
	x.Buf = append(x.Buf, `"}`...)
}

// TileSuffix ends the path of a tile, in links as in routes.
const TileSuffix = ".mvt"

// The relation types of OGC API Tiles.
const (
	RelTilesets     = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	RelTilingScheme = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	// RelTilingSchemes is that of the list of tile matrix sets.
	RelTilingSchemes = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
	RelDataset       = "http://www.opengis.net/def/rel/ogc/1.0/dataset"
	RelGeodata       = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
)

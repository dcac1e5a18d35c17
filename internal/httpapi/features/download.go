package features

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/hanoitwin/hanoitwin/internal/encode"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/page"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// download answers GET /collections/{layer}/download: everything that items of the
// layer gives on all of its pages, as one file, while it is being made.
//
//	encode ── 64 kB at a time ──► compressor ──► connection ──► client
//	  │                                             │
//	  └─ the first piece brings the headers: what   └─ each piece has WriteTimeout
//	     fails before is a problem like any other;     to leave, the whole has
//	     what fails after breaks the connection        DownloadTimeout
func (x request) download() error {
	s, err := x.selectionAsked()
	if err != nil {
		return err
	}
	f := encodingOf(x.Format)
	accepted, err := x.Negotiate()
	if err != nil {
		return err
	}
	c := accepted.Best
	if f.Name == encode.GeoPackage && accepted.Identity {
		c = coding.Identity // SQLite's pages: a client that unpacks them has the file twice
	}
	h := x.Headers
	h["Vary"] = x.Fixed.VaryAccept
	h["Cache-Control"] = x.Fixed.NoCache
	if x.Who.Role != "" {
		edge.KeepPrivate(h)
	}
	h["Etag"] = []string{x.downloadETag(f, s, c)}
	if edge.Matches(x.Request.Header["If-None-Match"], strings.TrimPrefix(h["Etag"][0], "W/")) {
		x.WriteHeader(http.StatusNotModified)
		return nil
	}
	out := &pieces{x: x, coding: c, name: f.FileName(s.Layer.ID(), x.View.Snapshot.Version())}
	if x.Request.Method == http.MethodHead {
		out.begin()
		return nil
	}
	if err := x.takeDownload(); err != nil {
		return err
	}
	defer x.endDownload()
	return out.send(f, s)
}

// takeDownload counts a download in, and endDownload out.
func (s *Service) takeDownload() error {
	select {
	case s.downloads <- struct{}{}:
		return nil
	default:
		return tooManyDownloads(s.config.MaxDownloads)
	}
}

func (s *Service) endDownload() { <-s.downloads }

// downloadParameters are those of items that do not say where a page is.
func downloadParameters(c *Config) []params.Parameter {
	return slices.DeleteFunc(itemsParameters(c), func(p params.Parameter) bool { return placing(p.Name) })
}

// selectionAsked reads which features are wanted, and how.
func (x request) selectionAsked() (*encode.Selection, error) {
	a, err := x.itemsAsked()
	if err != nil {
		return nil, err
	}
	s := x.selection(a)
	if a.question.Everything() {
		return s, nil // as it goes: nothing need be gathered
	}
	p, err := a.question.Page(x.Working(), page.Place{}, max(s.Layer.Len(), 1))
	if err != nil {
		return nil, err
	}
	s.Features = slices.Values(p.Features)
	return s, nil
}

// selection returns what is asked, without what chooses its features.
func (x request) selection(a *asked) *encode.Selection {
	s := a.shown.Of(a.question.Layer)
	switch x.Format {
	case media.CSV, media.FlatGeobuf, media.GeoPackage:
		if s.Space.Swapped { // these have x before y, whatever the system says
			delete(x.Headers, edge.HeaderCRS)
		}
	}
	s.Changed = x.View.Since
	s.TempDir, s.MaxTempBytes, s.Tail = x.config.TempDir, x.config.MaxTempBytes, x.profileTail()
	s.Tags = func(f *snapshot.Feature) []tiles.Tag {
		tags, _ := a.question.Tags(f)
		return tags
	}
	return s
}

// profileTail is the member links of a file that has profiles: a link to its own.
func (x request) profileTail() []byte {
	x.Buf = append(x.Buf[:0], `,"links":[`...)
	before := len(x.Buf)
	x.AppendProfile()
	if len(x.Buf) == before {
		x.Buf = x.Buf[:0]
		return nil
	}
	tail := append(slices.Clone(bytes.TrimSuffix(x.Buf, []byte{','})), ']')
	x.Buf = x.Buf[:0]
	return tail
}

// downloadETag names what a download holds without making it: it depends on the
// state, its role and the words of the request alone, and so do the bytes.
func (x request) downloadETag(f encode.Format, s *encode.Selection, c coding.Coding) string {
	const form = 3 // to be changed when a format is written in another way
	words := fmt.Sprintf("%d %d %d %s %s %s %q %q", form, x.View.Snapshot.Version(), x.View.Since.UnixNano(), s.Layer.ID(),
		x.View.Role, f.Name, x.Raw, x.LensText)
	tag := coding.AppendHex([]byte{'"'}, xxhash.Sum64String(words))
	if c != coding.Identity {
		tag = append(append(tag, '-'), c.String()...)
	}
	return string(tag) + `"`
}

func tooManyDownloads(limit int) *problem.Problem {
	return problem.New(http.StatusServiceUnavailable, "too-many-downloads", "Too many downloads at once",
		fmt.Sprintf("%d layers are being downloaded already, which is the limit; try again later, or page through items.", limit))
}

// pieces writes a body as it comes. It begins the answer with the first piece.
type pieces struct {
	x       request
	name    string // of the file
	coding  coding.Coding
	control *http.ResponseController
	until   time.Time
	stream  *coding.Stream
}

// send writes a selection and ends the answer, or breaks the connection.
func (p *pieces) send(f encode.Format, s *encode.Selection) error {
	x := p.x
	p.control, p.until = http.NewResponseController(x), time.Now().Add(x.config.DownloadTimeout)
	_ = p.control.SetReadDeadline(time.Time{}) // the request is read, and the connection goes on for longer
	ctx, cancel := context.WithDeadline(x.Request.Context(), p.until)
	defer cancel()
	err := f.Write(ctx, p, s)
	if p.stream != nil {
		err = errors.Join(err, p.stream.End(err == nil))
	} else if err == nil {
		p.begin() // nothing to write is a whole answer, too
	}
	if err == nil || !x.Begun() {
		return encodingProblem(err, s)
	}
	x.Broke(err)
	panic(http.ErrAbortHandler) // the client must not take a part for the whole
}

// begin sends the headers.
func (p *pieces) begin() {
	h := p.x.Headers
	h["Content-Type"] = p.x.Fixed.Format[p.x.Format]
	p.x.setFile(p.name)
	p.x.SetProfile()
	h["Accept-Ranges"] = p.x.Fixed.None
	if p.coding != coding.Identity {
		h["Content-Encoding"] = p.x.Fixed.Coding[p.coding]
	}
	p.x.WriteHeader(http.StatusOK)
}

// Write sends a piece at once, unless the compressor keeps it.
func (p *pieces) Write(piece []byte) (int, error) {
	if len(piece) == 0 {
		return 0, nil
	}
	if p.stream == nil {
		p.begin()
		p.stream = p.x.codecs.Stream(p.x, p.coding)
	}
	deadline := time.Now().Add(p.x.config.WriteTimeout)
	if p.until.Before(deadline) {
		deadline = p.until
	}
	_ = p.control.SetWriteDeadline(deadline) // what cannot be set was not there in the first place
	n, err := p.stream.Write(piece)
	if err != nil {
		return n, err
	}
	return n, p.control.Flush()
}

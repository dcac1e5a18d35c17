package webmap

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/viewer"
	"github.com/hanoitwin/hanoitwin/internal/webpage"
)

// assets are the files of the web map, each compressed at most once, by the
// first who asks, as small as it gets.
type assets map[string]*asset

type asset struct {
	contentType []string
	hashed      bool
	coded       [3]func() *coding.Payload // by coding.Coding
}

// mapPolicy is the Content-Security-Policy of the web map: everything from this
// server, no inline scripts or styles. Images may be made from data, for the
// legend of an exported map.
const mapPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"font-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-src 'self'; frame-ancestors "

// bigAsset is from how many bytes on a file is compressed by zstd's best, whose
// tables take 34 MB: to fill them costs more than small files have to gain.
const bigAsset = 100_000

// hashed matches the names of files that are named by what is in them: chunks of
// the bundle.
var hashed = regexp.MustCompile(`-[0-9A-Z]{8}\.js$`)

// embedPage is the web map for frames in the pages of others. It alone may be
// framed by them: it has no way to change anything, so that nobody can be led to
// click what they do not see.
const embedPage = "embed.html"

func newAssets() (assets, error) {
	files, err := viewer.Files()
	if err != nil {
		return nil, err
	}
	files[webpage.StylesheetName] = viewer.File{ContentType: "text/css; charset=utf-8", Content: webpage.Stylesheet()}
	all := assets{}
	for name, f := range files {
		a := &asset{contentType: []string{f.ContentType}, hashed: hashed.MatchString(name)}
		for _, c := range []coding.Coding{coding.Identity, coding.Gzip, coding.Zstd} {
			used := c
			if f.Packed {
				used = coding.Identity
			}
			a.coded[c] = sync.OnceValue(func() *coding.Payload { return pack(f.Content, used) })
		}
		all[name] = a
	}
	return all, nil
}

// pack compresses a file that is read many times and made once.
func pack(content []byte, c coding.Coding) *coding.Payload {
	body := content
	switch c {
	case coding.Gzip:
		var out bytes.Buffer
		w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
		body = compressed(w, &out, content)
	case coding.Zstd:
		var out bytes.Buffer
		level := zstd.SpeedBetterCompression
		if len(content) >= bigAsset {
			level = zstd.SpeedBestCompression
		}
		w, _ := zstd.NewWriter(&out, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1))
		body = compressed(w, &out, content)
	}
	return &coding.Payload{Body: body, Coding: c, ETag: []string{coding.ETag(content, c)}, Length: []string{strconv.Itoa(len(body))}}
}

// compressed returns what a compressor makes of content; a bytes.Buffer never fails.
func compressed(w io.WriteCloser, out *bytes.Buffer, content []byte) []byte {
	_, _ = w.Write(content)
	_ = w.Close()
	return out.Bytes()
}

// asset answers GET /viewer/*.
func (x request) asset() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	return x.sendAsset(strings.TrimPrefix(x.Request.URL.Path, "/viewer/"))
}

func (x request) sendAsset(name string) error {
	a := x.assets[name]
	if a == nil {
		return problem.NoRoute(x.Request.URL.Path)
	}
	accepted, err := x.Negotiate()
	if err != nil {
		return err
	}
	h := x.Headers
	if h["Vary"] == nil {
		h["Vary"] = x.Fixed.Vary
	}
	h["Cache-Control"] = x.Fixed.NoCache
	if a.hashed {
		h["Cache-Control"] = x.Fixed.Immutable
	}
	h["Content-Security-Policy"] = x.mapPolicy
	if name == embedPage {
		h["Content-Security-Policy"] = x.embedPolicy
	}
	h["Referrer-Policy"] = x.Fixed.NoReferrer
	x.Deliver(a.coded[accepted.Best](), a.contentType)
	return nil
}

// noStyle is the problem of asking for a style or a sprite that is not there.
func noStyle(name string) *problem.Problem {
	return problem.New(http.StatusNotFound, "unknown-style", "No such style",
		fmt.Sprintf("There is no style %q; there are hanoi.json and hanoi-dark.json.", problem.Clip(name)))
}

package httpapi

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

func TestPreferredLanguage(t *testing.T) {
	for accept, want := range map[string]string{
		"": "vi", "vi": "vi", "en": "en", "en-GB": "en", "vi-VN,vi;q=0.9,en;q=0.8": "vi", "en-US,en;q=0.9,vi;q=0.8": "en", "fr": "vi", "fr, en;q=0.1": "en",
		"*": "vi", "vi;q=0": "vi", "vi;q=0, *": "en", "en;q=0": "vi", "en;q=0.5, *;q=0.4": "en", "EN": "en", "en;q=x, vi;q=0.1": "vi", "en , vi": "vi", "english": "vi",
		"de, *;q=0.1, en;q=0": "vi",
	} {
		if got := media.Preferred([]string{accept}).Tag(); got != want {
			t.Errorf("Accept-Language: %s is %s, want %s", accept, got, want)
		}
	}
}

// spokenTargets are addresses whose answers have texts for people.
func spokenTargets() []string {
	return []string{
		"/?f=json", "/?f=html", "/conformance", "/collections", "/collections?f=html", "/collections/places", "/collections/places?f=html",
		"/collections/places/items?limit=2", "/collections/places/items/1", "/collections/places/items/1?f=jsonfg", "/collections/places/items?limit=2&f=html",
		"/nearby?lon=105.85&lat=21.03&k=2", "/functions", "/api", "/api?f=oas30", "/api?f=html", "/tiles", "/tiles/WebMercatorQuad", "/tiles/WebMercatorQuad?f=tilejson",
		"/tiles/WebMercatorQuad?f=html", "/collections/places/tiles", "/tiles/all.json", "/tileMatrixSets", "/tileMatrixSets?f=html",
	}
}

// TestLanguages: titles follow Accept-Language, Vietnamese without it; the answer says
// in which language it is, that it depends on the header, and has another ETag. Asked
// for again, from the caches, it is the same.
func TestLanguages(t *testing.T) {
	server := newTested(t, Config{})
	for _, target := range spokenTargets() {
		bodies, tags := map[string]string{}, map[string]string{}
		for range 3 { // the third comes from a cache, where there is one
			for accept, lang := range map[string]string{"": "vi", "vi-VN": "vi", "en-GB, vi;q=0.5": "en"} {
				res := server.get(target, "Accept-Language", accept)
				text := string(body(t, res))
				if res.StatusCode != http.StatusOK || res.Header.Get("Content-Language") != lang {
					t.Fatalf("%s in %q: %d, Content-Language %q, want %q", target, accept, res.StatusCode, res.Header.Get("Content-Language"), lang)
				}
				if vary := res.Header.Get("Vary"); !strings.Contains(vary, "Accept-Language") || !strings.Contains(vary, "Accept,") || !strings.Contains(vary, "Accept-Encoding") {
					t.Errorf("%s: Vary %q", target, vary)
				}
				if before, there := bodies[lang]; there && before != text {
					t.Errorf("%s in %s is\n%s\nand then\n%s", target, lang, before, text)
				}
				bodies[lang], tags[lang] = text, res.Header.Get("Etag")
				if not := server.get(target, "Accept-Language", accept, "If-None-Match", tags[lang]); not.StatusCode != http.StatusNotModified || not.Header.Get("Content-Language") != lang {
					t.Errorf("%s in %s, with its own ETag: %s %v", target, lang, not.Status, not.Header)
				}
			}
		}
		if bodies["vi"] == bodies["en"] || tags["vi"] == tags["en"] {
			t.Errorf("%s is the same in both languages: %s", target, bodies["vi"])
		}
	}
}

// TestTitlesOfLinks: no link of an answer has a title of the other language, and hreflang
// tells the language of what it leads to.
func TestTitlesOfLinks(t *testing.T) {
	server := newTested(t, Config{})
	english := regexp.MustCompile(`(?i)\b(the|what|all|layers?|document|page|same|tiles|features|definition)\b`)
	names := regexp.MustCompile(`OGC API Tiles|Vector Tiles`)
	for _, target := range spokenTargets() {
		if strings.Contains(target, "html") || strings.HasPrefix(target, "/api") || strings.Contains(target, "tilejson") || strings.HasSuffix(target, "all.json") {
			continue
		}
		for lang, isEnglish := range map[string]bool{"vi": false, "en": true} {
			var document struct{ Links []edge.Link }
			if err := json.Unmarshal(body(t, server.get(target, "Accept-Language", lang)), &document); err != nil {
				t.Fatal(err)
			}
			if len(document.Links) == 0 {
				t.Errorf("%s has no links", target)
			}
			for _, l := range document.Links {
				if title := names.ReplaceAllString(l.Title, ""); !isEnglish && english.MatchString(title) {
					t.Errorf("%s in %s: a link %q", target, lang, l.Title)
				}
				if l.Lang != "" && l.Lang != lang && l.Rel != "license" && !strings.Contains(l.Href, "f=map") {
					t.Errorf("%s in %s: hreflang of %+v", target, lang, l)
				}
			}
		}
	}
}

// TestLanguagesOfOthers: problems are English, tiles and files have no language and do
// not depend on the header.
func TestLanguagesOfOthers(t *testing.T) {
	server := newTested(t, Config{})
	for target, want := range map[string]string{
		"/collections/nowhere": "en", "/collections?x=1": "en", "/tiles/all/11/1626/901.mvt": "", "/collections/places/download?f=csv": "",
		"/collections/places/download?f=geojson": "", "/collections/places/items?f=csv": "", "/dcat": "", "/styles/hanoi.json": "",
	} {
		vi, en := server.get(target, "Accept-Language", "vi"), server.get(target, "Accept-Language", "en")
		if vi.Header.Get("Content-Language") != want || en.Header.Get("Content-Language") != want {
			t.Errorf("%s: Content-Language %q and %q, want %q", target, vi.Header.Get("Content-Language"), en.Header.Get("Content-Language"), want)
		}
		if a, b := body(t, vi), body(t, en); want == "" && !slices.Equal(a, b) {
			t.Errorf("%s differs by language", target)
		}
	}
}

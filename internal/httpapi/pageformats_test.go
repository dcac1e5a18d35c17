package httpapi

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/encode"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// linked returns the addresses in Link headers by relation.
func linked(values []string) map[string][]string {
	out := map[string][]string{}
	for _, v := range values {
		href, rest, _ := strings.Cut(strings.TrimPrefix(v, "<"), ">")
		_, rel, _ := strings.Cut(rest, `rel="`)
		rel, _, _ = strings.Cut(rel, `"`)
		u, _ := url.Parse(href)
		out[rel] = append(out[rel], u.RequestURI())
	}
	return out
}

// TestPagesInEveryFormat follows the links from page to page in each format and
// finds each feature once.
func TestPagesInEveryFormat(t *testing.T) {
	server := newTested(t, Config{})
	for _, f := range media.FeatureFormats() {
		name := f.Names()[0]
		var names []string
		target := "/collections/places/items?limit=3&f=" + name
		for pages := 0; target != "" && pages < 5; pages++ {
			res := server.get(target)
			content := body(t, res)
			if res.StatusCode != 200 || res.Header.Get("Content-Type") != f.ContentType() || len(res.Header.Get("Etag")) < 3 {
				t.Fatalf("%s: %d %v %s", target, res.StatusCode, res.Header, content)
			}
			for _, text := range []string{"Hồ Hoàn Kiếm", "Ngã tư Vọng", "Pháp Vân", "Cầu Chương Dương"} {
				if bytes.Contains(content, []byte(text)) {
					names = append(names, text)
				}
			}
			links := linked(res.Header["Link"])
			if f == media.GeoJSON || f == media.JSONFG {
				var page struct {
					Matched, Returned *int
					Links             []edge.Link
				}
				text := bytes.ReplaceAll(bytes.ReplaceAll(content, []byte("numberMatched"), []byte("matched")), []byte("numberReturned"), []byte("returned"))
				if err := json.Unmarshal(text, &page); err != nil || page.Matched == nil || *page.Matched != 4 {
					t.Fatalf("%s: %v %s", target, err, content)
				}
				for _, l := range page.Links {
					u, _ := url.Parse(l.Href)
					links[l.Rel] = append(links[l.Rel], u.RequestURI())
				}
			} else if res.Header.Get("Content-Disposition") != encode.Disposition(encodingOf(t, f).FileName("places", 42)) {
				t.Errorf("%s: %v", target, res.Header)
			}
			if len(links["self"]) != 1 || len(links["alternate"]) != len(media.FeatureFormats()) { // the others, and the page
				t.Errorf("%s: links %v", target, links)
			}
			target = ""
			if next := links["next"]; len(next) > 0 {
				target = next[0]
			}
		}
		slices.Sort(names)
		if want := []string{"Cầu Chương Dương", "Hồ Hoàn Kiếm", "Ngã tư Vọng", "Pháp Vân"}; !slices.Equal(names, want) {
			t.Errorf("%s: %v, want %v", name, names, want)
		}
	}
}

// TestPageOfLimitedBytes leaves what is too much to the next page.
func TestPageOfLimitedBytes(t *testing.T) {
	server := newTested(t, Config{MaxPageBytes: 300})
	var ids []string
	target := "/collections/places/items?f=csv"
	for range 5 {
		res := server.get(target)
		rows, err := csv.NewReader(bytes.NewReader(body(t, res))).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Fatalf("%s: %v %v", target, rows, err)
		}
		for _, row := range rows[1:] {
			ids = append(ids, row[0])
		}
		next := linked(res.Header["Link"])["next"]
		if len(next) == 0 {
			break
		}
		target = next[0]
	}
	if fmt.Sprint(ids) != "[1 2 3 4]" {
		t.Errorf("features %v", ids)
	}
}

// TestPagesShown holds formats against each other in another system and with fewer
// properties.
func TestPagesShown(t *testing.T) {
	server := newTested(t, Config{})
	const how = "crs=EPSG:5897&properties=name&limit=1"
	for target, want := range map[string]string{
		"/collections/places/items?f=csv&" + how:                                         "id,name,x,y,WKT\r\n1,Hồ Hoàn Kiếm,588404.66,2326377.526",
		"/collections/places/download?f=csv&" + how[:len(how)-8]:                         "id,name,x,y,WKT\r\n1,Hồ Hoàn Kiếm,588404.66,2326377.526",
		"/collections/places/items?f=jsonfg&" + how:                                      `"coordRefSys":"http://www.opengis.net/def/crs/EPSG/0/5897","featureType":"places","geometryDimension":0,"features":[` + "\n" + `{"type":"Feature","id":1,"time":null,"geometry":null,"place":{"type":"Point","coordinates":[588404.66,2326377.526`,
		"/collections/places/items?f=geojsonl&skipGeometry=true&limit=1&properties=code": `{"type":"Feature","id":1,"geometry":null,"properties":{"code":"HK"}}` + "\n",
		"/collections/places/download?f=geojsonl&sortby=-name&properties=name&skipGeometry=true&bbox=105.84,20,105.842,22": `{"type":"Feature","id":3,"geometry":null,"properties":{"name":"Nút \"Pháp Vân\""}}` + "\n" +
			`{"type":"Feature","id":2,"geometry":null,"properties":{"name":"Ngã tư Vọng"}}` + "\n",
		"/collections/places/download?f=csv&crs=EPSG:4326&properties=code": "id,code,lon,lat,WKT\r\n1,HK,105.8524,21.0288,POINT (105.8524 21.0288)\r\n",
	} {
		res := server.get(target)
		if content := string(body(t, res)); res.StatusCode != 200 || !strings.Contains(content, want) {
			t.Errorf("%s: %d %s\nwant %s", target, res.StatusCode, content, want)
		}
	}
	for target, want := range map[string]string{
		"/collections/places/items?f=csv&crs=EPSG:4326": "", "/collections/places/download?f=geojson&crs=EPSG:4326": "<http://www.opengis.net/def/crs/EPSG/0/4326>",
		"/collections/places/download?f=fgb&crs=EPSG:5897": "<http://www.opengis.net/def/crs/EPSG/0/5897>",
	} {
		if res := server.get(target); res.Header.Get("Content-Crs") != want {
			t.Errorf("%s: Content-Crs %q, want %q", target, res.Header.Get("Content-Crs"), want)
		}
	}
	for target, want := range map[string]int{
		"/collections/places/items?f=gpkg&skipGeometry=true": 400, "/collections/places/download?f=gpkg&skipGeometry=true": 400,
		"/collections/places/download?properties=nothing": 400, "/collections/places/download?cursor=x": 400,
	} {
		if res := server.get(target); res.StatusCode != want || res.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d %v", target, res.StatusCode, res.Header)
		}
	}
}

package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// profiled are addresses that answer with GeoJSON: each operation that does, once.
func profiled() map[string]string {
	return map[string]string{
		"getItems": "/collections/places/items?limit=1", "getItem": "/collections/places/items/1?skipGeometry=false",
		"downloadLayer": "/collections/places/download?skipGeometry=true", "getNearby": "/nearby?lon=105.85&lat=21.03&k=3",
		"getNearbyItem": "/collections/places/items/1/nearby?k=3", "getDiff": "/diff?from=42&to=42",
	}
}

// TestProfiles: wherever there is GeoJSON, profile chooses between it and JSON-FG,
// alone and beside f, by name or URI; links lead on in the same profile, and say which
// it is (/req/json-fg-1 api/profile-parameter, /req/profile-parameter/profile-param and
// profile-param-response).
func TestProfiles(t *testing.T) {
	server := newTested(t, Config{})
	all := profiled()
	for _, op := range server.Operations() {
		for _, f := range op.Formats {
			if f == media.GeoJSON && all[op.ID] == "" {
				t.Errorf("%s answers with GeoJSON and is not tested", op.ID)
			}
		}
	}
	const register = "http://www.opengis.net/def/profile/OGC/0/"
	for _, c := range []struct{ query, same, accept string }{
		{"&profile=rfc7946", "&f=geojson", ""},
		{"&profile=jsonfg", "&f=jsonfg", ""},
		{"&profile=" + register + "jsonfg", "&f=jsonfg", ""},
		{"&profile=" + register + "rfc7946", "&f=geojson", ""},
		{"&profile=jsonfg,rfc7946", "&f=jsonfg", ""},
		{"&profile=rfc7946,jsonfg", "&f=geojson", ""},
		{"&f=geojson&profile=jsonfg", "&f=jsonfg", ""},
		{"&profile=jsonfg&f=json", "&f=jsonfg", ""},
		{"&profile=jsonfg&f=jsonfg", "&f=jsonfg", ""},
		{"&f=json&profile=rfc7946", "&f=geojson", ""},
		{"&profile=rfc7946&f=jsonfg", "&f=geojson", ""},
		{"&profile=jsonfg", "&f=jsonfg", "application/geo+json"},
	} {
		for _, target := range all {
			got, want := server.get(target+c.query, "Accept", c.accept), server.get(target+c.same)
			if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != want.Header.Get("Content-Type") || got.Header.Get("Link") != want.Header.Get("Link") {
				t.Errorf("%s%s: %d %v, want %v", target, c.query, got.StatusCode, got.Header, want.Header)
			}
			if a, b := string(body(t, got)), string(body(t, want)); a != b {
				t.Errorf("%s%s gives\n%s\nand %s\n%s", target, c.query, a, c.same, b)
			}
		}
	}
	for id, target := range all {
		for _, query := range []string{"&profile=jsonfg-plus", "&profile=", "&profile=jsonfg&profile=jsonfg", "&profile=RFC7946", "&profile=jsonfg,x", "&profile=jsonfg,"} {
			res := server.get(target + query)
			if text := string(body(t, res)); res.StatusCode != http.StatusBadRequest || !strings.Contains(text, `"parameter":"profile"`) {
				t.Errorf("%s: %s%s: %d %s", id, target, query, res.StatusCode, text)
			}
		}
	}
	if res := server.get("/collections/places?profile=rfc7946"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("%s, where there are no profiles", res.Status)
	}
}

// TestProfilesElsewhere: asking for a profile of a format that has none is no mistake,
// and changes nothing (/rec/profile-parameter/profile-negotiation).
func TestProfilesElsewhere(t *testing.T) {
	server := newTested(t, Config{})
	const page = "/collections/places/items?limit=1"
	for query, want := range map[string]string{"&f=csv": "text/csv", "&f=html": "text/html", "&f=geojsonl": "application/geo+json-lines"} {
		res, plain := server.get(page+query+"&profile=jsonfg"), server.get(page+query)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), want) {
			t.Errorf("%s: %s %v", query, res.Status, res.Header)
		}
		if strings.Contains(strings.Join(res.Header["Link"], " "), `rel="profile"`) {
			t.Errorf("%s: %v", query, res.Header["Link"])
		}
		if a, b := string(body(t, res)), string(body(t, plain)); query == "&f=csv" && a != b {
			t.Errorf("%s is\n%s\nand with a profile\n%s", query, b, a)
		}
	}
	if res := server.get(page+"&profile=jsonfg", "Accept", "text/csv"); !strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("Accept: text/csv with a profile: %v", res.Header)
	}
}

// TestAcceptProfile asks by the parameter of the media type.
func TestAcceptProfile(t *testing.T) {
	server := newTested(t, Config{})
	const fg = "application/geo+json; profile=jsonfg"
	for accept, want := range map[string]string{
		fg: fg, `application/geo+json;profile="http://www.opengis.net/def/profile/OGC/0/jsonfg"`: fg, "application/fg+json": fg,
		"application/geo+json": "application/geo+json", "application/geo+json;profile=rfc7946": "application/geo+json",
		"application/geo+json;profile=jsonfg;q=0.5, application/json;q=0.4": fg, "application/geo+json, " + fg + ";q=0.9": "application/geo+json",
	} {
		for id, target := range profiled() {
			if res := server.get(target, "Accept", accept); res.StatusCode != 200 || res.Header.Get("Content-Type") != want {
				t.Errorf("%s, Accept: %s: %d %s, want %s", id, accept, res.StatusCode, res.Header.Get("Content-Type"), want)
			}
		}
	}
}

// fgObject is a feature or a collection of JSON-FG.
type fgObject struct {
	Type              string
	ConformsTo        []string
	FeatureType       *string
	CoordRefSys       *string
	GeometryDimension *int
	Time              json.RawMessage
	Place, Geometry   json.RawMessage
	Properties        map[string]any
	Features          []fgObject
	Links             []edge.Link
}

// TestJSONFG holds every answer that is JSON-FG to the requirements of 21-045r1 that no
// schema can tell: core (metadata, interval, geometry-wgs84, place, fallback),
// types-schemas (metadata, feature-type, geometry-dimension) and profiles (jsonfg).
// Plain GeoJSON has nothing of it (profiles/rfc7946).
func TestJSONFG(t *testing.T) {
	server := newTested(t, Config{})
	for id, target := range profiled() {
		for _, crs := range []string{"", "&crs=EPSG:5897", "&crs=EPSG:4326"} {
			if id == "getDiff" && crs != "" {
				continue
			}
			if id == "downloadLayer" {
				target = "/collections/places/download?sortby=id"
			}
			text := body(t, server.get(target+"&f=jsonfg"+crs))
			var root fgObject
			if err := json.Unmarshal(text, &root); err != nil {
				t.Fatalf("%s: %v\n%s", id, err, text)
			}
			checkFG(t, id+crs, &root, crs != "")
			self := ""
			for _, l := range root.Links {
				if l.Rel == "self" {
					self = l.Href
				}
			}
			if id != "downloadLayer" && string(body(t, server.get(self))) != string(text) {
				t.Errorf("%s%s: self is %s", id, crs, self)
			}
		}
		plain := string(body(t, server.get(target+"&f=geojson")))
		if strings.Contains(plain, "conformsTo") || strings.Contains(plain, `"place":`) || !strings.Contains(plain, `OGC/0/rfc7946","rel":"profile"`) {
			t.Errorf("%s as plain GeoJSON: %s", id, plain)
		}
	}
}

func checkFG(t *testing.T, name string, root *fgObject, inPlace bool) {
	t.Helper()
	const spec = "http://www.opengis.net/spec/json-fg-1/1.0/conf/"
	if strings.Join(root.ConformsTo, " ") != spec+"core "+spec+"types-schemas" {
		t.Errorf("%s conforms to %v", name, root.ConformsTo)
	}
	if (root.CoordRefSys != nil) != inPlace {
		t.Errorf("%s: coordRefSys %v", name, root.CoordRefSys)
	}
	profiles := 0
	for _, l := range root.Links {
		if l.Rel == "profile" && l.Href == "http://www.opengis.net/def/profile/OGC/0/jsonfg" {
			profiles++
		}
	}
	if profiles != 1 {
		t.Errorf("%s: %d links to its profile", name, profiles)
	}
	features := root.Features
	if root.Type == "Feature" {
		features = []fgObject{*root}
	}
	for _, f := range features {
		if root.FeatureType == nil && f.FeatureType == nil {
			t.Errorf("%s: a feature of no type", name)
		}
		place, geometry := string(f.Place), string(f.Geometry)
		if f.Place == nil || f.Geometry == nil || f.Time == nil || f.Properties == nil {
			t.Errorf("%s: %+v", name, f)
		}
		if inPlace && (geometry != "null" || place == "null") || !inPlace && (place != "null" || geometry == "null") {
			t.Errorf("%s: place %s, geometry %s", name, place, geometry)
		}
	}
}

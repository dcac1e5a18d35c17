package edit

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/geojson"
)

// draft is a feature on its way from JSON into a layer.
type draft struct {
	at       string // pointer to the feature in the body
	layer    *city.Layer
	extent   orb.Bound // where features of layers without an extent may lie
	limits   Limits
	space    Coordinates   // of the JSON; nil: longitude and latitude
	was      *city.Feature // the feature before, nil for a new one
	merge    bool          // the JSON is a merge patch onto was
	mistakes *Mistakes
}

func (d *draft) bad(at, value, expected, detail string) {
	d.mistakes.add(Mistake{Pointer: at, Value: value, Expected: expected, Detail: detail})
}

// read returns the feature that body describes, with the id of the one before.
// What is wrong with it is noted, all of it; the feature is good when nothing is.
func (d *draft) read(body []byte) *city.Feature {
	f := &city.Feature{Values: make([]city.Value, len(d.layer.Properties))}
	if d.was != nil {
		f.ID = d.was.ID
	}
	if d.merge {
		f.Geometry = d.was.Geometry
		copy(f.Values, d.was.Values)
	}
	members, ok := d.members(d.at, body)
	if !ok {
		return f
	}
	told := d.head(members)
	if text, ok := told["geometry"]; ok {
		f.Geometry = d.readGeometry(text)
	} else if !d.merge {
		d.bad(d.at+"/geometry", "", "a GeoJSON geometry", "is missing")
	}
	if text, ok := told["properties"]; ok {
		d.properties(f, text)
	}
	d.judge(f)
	return f
}

// members cuts an object; ok is false when it is none, which is noted.
func (d *draft) members(at string, text []byte) (members []geojson.Member, ok bool) {
	members, err := geojson.Members(text, maxMembers)
	switch {
	case err == nil:
	case errors.Is(err, geojson.ErrTooMany):
		d.mistakes.add(Mistake{Pointer: at, Expected: fmt.Sprintf("at most %d members", maxMembers), Limit: maxMembers, Detail: "has " + err.Error()})
		return nil, false
	case errors.Is(err, geojson.ErrSyntax) && first(text) != '{' && len(bytes.TrimSpace(text)) > 0:
		d.bad(at, string(text[:min(len(text), 200)]), "a JSON object", errNoObject.Error())
		return nil, false
	default:
		d.bad(at, "", "a JSON object", err.Error())
		return nil, false
	}
	seen := make(map[string]bool, len(members))
	for _, m := range members {
		if seen[m.Name] {
			d.bad(pointer(at, m.Name), "", "once", "is given more than once")
		}
		seen[m.Name] = true
	}
	return members, true
}

// head checks the members of the feature itself and returns their values by name.
func (d *draft) head(members []geojson.Member) map[string][]byte {
	told := make(map[string][]byte, len(members))
	for _, m := range members {
		at := pointer(d.at, m.Name)
		switch m.Name {
		case "type", "geometry", "properties":
			told[m.Name] = m.Value
		case "id":
			d.id(at, m.Value)
		case "crs":
			if !isLonLat(m.Value) {
				d.bad(at, string(m.Value), "no crs: coordinates are WGS 84 longitude and latitude (RFC 7946)", "is another reference system")
			}
		case "links", "bbox", "conformsTo":
			// What an answer of GET, or JSON-FG, has beside the feature.
		default:
			d.bad(at, "", "one of type, id, geometry, properties", "is not known here; properties stand in \"properties\"")
		}
	}
	if text, ok := told["type"]; ok || !d.merge {
		if kind, err := geojson.Text(text); err != nil || kind != "Feature" {
			d.bad(d.at+"/type", string(text), `"Feature"`, "is not \"Feature\"")
		}
	}
	return told
}

// id notes an id that is not the one of the feature before. A new feature gets
// its id from the store, whatever the client calls it.
func (d *draft) id(at string, text []byte) {
	if d.was == nil {
		return
	}
	want := strconv.FormatInt(d.was.ID, 10)
	if got := strings.Trim(string(text), `"`); got != want {
		d.bad(at, string(text), want, "is not the id of the feature; ids never change")
	}
}

// isLonLat reports whether a crs member of old GeoJSON names what RFC 7946 fixes.
func isLonLat(text []byte) bool {
	return bytes.Equal(text, []byte("null")) || bytes.Contains(text, []byte("CRS84")) || bytes.Contains(text, []byte("EPSG::4326")) || bytes.Contains(text, []byte("EPSG:4326"))
}

func (d *draft) readGeometry(text []byte) orb.Geometry {
	var was, told orb.Geometry // as it is kept, and as the client was told it
	if d.was != nil {
		was, told = d.was.Geometry, d.was.Geometry
	}
	if d.space != nil && was != nil {
		var err error
		if told, err = d.space.Out(was); err != nil {
			told = nil // it has no place in that system: whatever is sent is new
		}
	}
	if d.merge && first(text) == '{' {
		merged, err := mergedGeometry(told, text)
		if err != nil {
			d.bad(d.at+"/geometry", "", "a GeoJSON geometry", "cannot be merged: "+err.Error())
			return nil
		}
		text = merged
	}
	return d.geometry(text, was, told)
}

// properties fills f from a properties member. Those that it does not name are
// null, or as before in a merge patch.
func (d *draft) properties(f *city.Feature, text []byte) {
	at := d.at + "/properties"
	if first(text) == 'n' {
		if d.merge { // RFC 7396: the member is removed
			clear(f.Values)
		}
		return
	}
	members, ok := d.members(at, text)
	if !ok {
		return
	}
	for _, m := range members {
		i := d.layer.PropertyIndex(m.Name)
		if i < 0 && d.mistakes.full() {
			d.mistakes.More++
			continue
		}
		if i < 0 {
			d.bad(pointer(at, m.Name), string(m.Value), "one of "+d.names(), "is no property of the layer")
			continue
		}
		if first(m.Value) == 'n' {
			f.Values[i] = city.Null
			continue
		}
		v, why := valueOf(d.layer.Properties[i].Type, m.Value, f.Values[i], d.merge)
		if why != nil {
			d.mistakes.add(Mistake{Pointer: pointer(at, m.Name), Value: string(m.Value), Expected: why.expected, Limit: why.limit, Detail: why.detail})
			v = d.before(i) // so that judge does not speak of it again
		}
		f.Values[i] = v
	}
}

func (d *draft) names() string {
	names := make([]string, len(d.layer.Properties))
	for i := range names {
		names[i] = d.layer.Properties[i].Name
	}
	slices.Sort(names)
	const most = 50
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// before returns property i of the feature before.
func (d *draft) before(i int) city.Value {
	if d.was == nil {
		return city.Null
	}
	return d.was.Value(i)
}

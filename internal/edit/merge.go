package edit

import (
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/ingest/geojson"
)

// mergePatch applies a JSON Merge Patch (RFC 7396) to a JSON value. Members keep
// their places; new ones follow. A nil target is one that is not there. Both must
// be valid JSON.
func mergePatch(target, patch []byte) ([]byte, error) {
	if first(patch) != '{' {
		return patch, nil
	}
	changes, err := geojson.Members(patch, maxMembers)
	if err != nil {
		return nil, err
	}
	var members []geojson.Member
	if first(target) == '{' {
		if members, err = geojson.Members(target, maxMembers); err != nil {
			return nil, err
		}
	}
	places := make(map[string]int, len(members)+len(changes))
	for i := range members {
		places[members[i].Name] = i
	}
	for _, c := range changes {
		at, found := places[c.Name]
		if !found {
			at = len(members)
			members, places[c.Name] = append(members, geojson.Member{Name: c.Name}), at
		}
		if first(c.Value) == 'n' {
			members[at].Value = nil // removed: left out below
			continue
		}
		if members[at].Value, err = mergePatch(members[at].Value, c.Value); err != nil {
			return nil, err
		}
	}
	return joined(members), nil
}

// joined is the inverse of geojson.Members; members without a value are left out.
func joined(members []geojson.Member) []byte {
	out := []byte{'{'}
	for _, m := range members {
		if m.Value == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(city.AppendJSONString(out, m.Name), ':')
		out = append(out, m.Value...)
	}
	return append(out, '}')
}

package check

import (
	"fmt"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// checkDefinition holds the definition of a layer against the rules for layers
// and against the catalogue, if the layer is in it.
func checkDefinition(rec *recorder, layer *city.Layer, catalogue []city.Layer) {
	report := func(s Severity, format string, args ...any) {
		rec.add(Row{Check: LayerDefined, Severity: s, Layer: layer.ID, Message: fmt.Sprintf(format, args...)})
	}
	for _, err := range layer.Faults() {
		report(Error, "%v", err)
	}
	for _, p := range layer.Properties {
		if want, ok := wellKnown(p.Name); ok && p.Type != want {
			report(Error, "property %s is a %s everywhere else, here a %s", p.Name, want, p.Type)
		}
	}
	at := slices.IndexFunc(catalogue, func(l city.Layer) bool { return l.ID == layer.ID })
	if at < 0 {
		return
	}
	known := &catalogue[at]
	if layer.Geometry != known.Geometry {
		report(Warning, "geometry is %s, the catalogue has %s", layer.Geometry, known.Geometry)
	}
	for _, p := range layer.Properties {
		i := known.PropertyIndex(p.Name)
		switch {
		case i < 0:
			report(Warning, "property %s is not in the catalogue", p.Name)
		case known.Properties[i].Type != p.Type:
			report(Error, "property %s is a %s, the catalogue has a %s", p.Name, p.Type, known.Properties[i].Type)
		}
	}
	for _, p := range known.Properties {
		if layer.PropertyIndex(p.Name) < 0 {
			report(Warning, "property %s of the catalogue is missing", p.Name)
		}
	}
}

// wellKnown returns the type of the properties that mean the same in every
// layer.
func wellKnown(name string) (city.Kind, bool) {
	switch name {
	case city.PropCode, city.PropName, city.PropNameEN, city.PropStatus, city.PropSource, city.PropExternalKey:
		return city.KindString, true
	case city.PropValidFrom, city.PropValidTo:
		return city.KindDate, true
	case city.PropAccuracy:
		return city.KindNumber, true
	default:
		return city.KindNull, false
	}
}

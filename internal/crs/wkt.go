package crs

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ParseWKT recognises the system that a well-known text names: the content of a
// .prj or .qpj file, WKT 1 as GDAL and ESRI write it, or WKT 2 (ISO 19162). It
// looks, in this order, at the authority code of the whole system, at its datum
// and projection by their names and parameters. It returns ErrUnknownCRS, with
// the reason, for a text that is none of ours or that leaves the datum open.
func ParseWKT(wkt string) (SRID, error) {
	root, err := parseWKTTree(wkt)
	if err != nil {
		return 0, err
	}
	crs := horizontalPart(root)
	if id, found := authorityOf(crs); found {
		return id, nil
	}
	datum, found := datumOf(root, crs)
	if !found {
		return 0, unknownCRS(fmt.Sprintf("datum %.80q of %.80q", crs.find("DATUM", "GEODETICDATUM", "ENSEMBLE").label(), crs.label()))
	}
	if meridian := crs.find("PRIMEM", "PRIMEMERIDIAN"); meridian.number(0) != 0 {
		return 0, unknownCRS(fmt.Sprintf("prime meridian %.80q", meridian.label()))
	}
	switch crs.keyword {
	case "GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS":
		return geographicOfDatum(crs, datum)
	case "PROJCS", "PROJCRS", "PROJECTEDCRS":
		return projectedOf(crs, datum)
	default:
		return 0, unknownCRS(fmt.Sprintf("WKT keyword %.40q", crs.keyword))
	}
}

// horizontalPart steps through compound and bound systems to the one that x, y
// belong to.
func horizontalPart(n *wktNode) *wktNode {
	switch n.keyword {
	case "COMPD_CS", "COMPOUNDCRS", "BOUNDCRS", "SOURCECRS":
		for _, child := range n.children {
			switch child.keyword {
			case "GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS", "PROJCS", "PROJCRS",
				"PROJECTEDCRS", "COMPD_CS", "COMPOUNDCRS", "BOUNDCRS", "SOURCECRS":
				return horizontalPart(child)
			}
		}
	}
	return n
}

// authorityOf reads AUTHORITY["EPSG","5897"] or ID["EPSG",5897] where it stands
// directly under the system: one further in belongs to a part of it.
func authorityOf(crs *wktNode) (SRID, bool) {
	for _, child := range crs.children {
		if (child.keyword == "AUTHORITY" || child.keyword == "ID") && len(child.values) >= 2 {
			id, err := ParseSRID(child.values[0] + ":" + child.values[1])
			return id, err == nil
		}
	}
	return 0, false
}

// datumOf tells VN-2000 from WGS 84. Both use one ellipsoid, so the ellipsoid
// proves nothing: the text must name the datum or give VN-2000's shift. The
// shift's rotations are not compared, because many texts have their signs wrong
// (see datum.go); whoever wrote them meant VN-2000 all the same.
func datumOf(root, crs *wktNode) (datum, bool) {
	if shift := root.find("TOWGS84"); shift != nil && math.Abs(shift.number(0)-shiftX) < 0.01 {
		return datumVN2000, true
	}
	names := []string{
		crs.find("DATUM", "GEODETICDATUM", "ENSEMBLE").label(),
		crs.find("GEOGCS", "BASEGEOGCRS", "BASEGEODCRS", "GEOGCRS").label(),
		crs.label(),
	}
	for _, name := range names {
		name = squeeze(name)
		switch {
		case strings.Contains(name, "vn2000"), strings.Contains(name, "vietnam2000"):
			return datumVN2000, true
		case strings.Contains(name, "basedon"), strings.Contains(name, "ellipsoid"):
			// "Unknown based on WGS 84 ellipsoid" is not WGS 84.
		case strings.Contains(name, "wgs1984"), strings.Contains(name, "wgs84"),
			strings.Contains(name, "worldgeodeticsystem1984"):
			return datumWGS84, true
		}
	}
	return datumWGS84, false
}

func geographicOfDatum(crs *wktNode, d datum) (SRID, error) {
	if unit := crs.find("UNIT", "ANGLEUNIT"); unit != nil && math.Abs(unit.number(0)/radian-1) > 1e-6 {
		return 0, unknownCRS(fmt.Sprintf("unit %.40q of %.80q", unit.label(), crs.label()))
	}
	if d == datumVN2000 {
		return VN2000, nil
	}
	return WGS84, nil
}

func projectedOf(crs *wktNode, d datum) (SRID, error) {
	if unit := linearUnit(crs); unit != nil && unit.number(0) != 1 {
		return 0, unknownCRS(fmt.Sprintf("unit %.40q of %.80q", unit.label(), crs.label()))
	}
	method := squeeze(crs.find("PROJECTION", "METHOD").label())
	switch {
	case strings.Contains(method, "transversemercator"), method == "gausskruger":
		return transverseMercatorOf(crs, d)
	case d == datumWGS84 && isWebMercator(crs, method):
		return WebMercator, nil
	default:
		return 0, unknownCRS(fmt.Sprintf("projection %.80q of %.80q", method, crs.label()))
	}
}

// linearUnit finds the unit of x and y: a direct child in WKT 1, inside the
// axes or beside them in WKT 2.
func linearUnit(crs *wktNode) *wktNode {
	for _, child := range crs.children {
		if child.keyword == "UNIT" || child.keyword == "LENGTHUNIT" {
			return child
		}
	}
	for _, child := range crs.children {
		if child.keyword == "AXIS" {
			if unit := child.find("LENGTHUNIT", "UNIT"); unit != nil {
				return unit
			}
		}
	}
	return nil
}

func isWebMercator(crs *wktNode, method string) bool {
	switch method {
	case "popularvisualisationpseudomercator", "mercatorauxiliarysphere":
		return true
	}
	// GDAL has written EPSG:3857 as ellipsoidal Mercator, with a PROJ string
	// beside it that makes it spherical or only the name to tell.
	if !strings.HasPrefix(method, "mercator") {
		return false
	}
	extension := strings.Join(crs.find("EXTENSION").text(), " ")
	name := squeeze(crs.label())
	return strings.Contains(extension, "+a=6378137 +b=6378137") ||
		strings.Contains(name, "pseudomercator") || strings.Contains(name, "webmercator")
}

func transverseMercatorOf(crs *wktNode, d datum) (SRID, error) {
	parameters := map[string]float64{}
	for _, child := range crs.all("PARAMETER") {
		parameters[parameterName(child.label())] = child.number(0)
	}
	if parameters["falsenorthing"] != 0 || parameters["latitudeoforigin"] != 0 ||
		parameters["falseeasting"] != falseEasting {
		return 0, unknownCRS(fmt.Sprintf("false origin of %.80q", crs.label()))
	}
	meridian, scale := parameters["centralmeridian"], parameters["scalefactor"]
	for _, known := range definitions() {
		if known.projection == transverseMercator && known.datum == d &&
			math.Abs(known.centralMeridian-meridian) < 1e-7 && math.Abs(known.scale-scale) < 1e-9 {
			return known.srid, nil
		}
	}
	return 0, unknownCRS(fmt.Sprintf("transverse Mercator of %.80q, central meridian %v, scale %v",
		crs.label(), meridian, scale))
}

// parameterName brings the names of WKT 1, ESRI and WKT 2 to one.
func parameterName(name string) string {
	switch name = squeeze(name); name {
	case "longitudeofnaturalorigin", "longitudeoforigin", "longitudeofcenter":
		return "centralmeridian"
	case "latitudeofnaturalorigin":
		return "latitudeoforigin"
	case "scalefactoratnaturalorigin":
		return "scalefactor"
	default:
		return name
	}
}

// squeeze keeps the letters and digits of a name, in lower case: writers differ
// in the rest.
func squeeze(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		default:
			return -1
		}
	}, name)
}

// wktNode is KEYWORD["text",1.5,CHILD[…]]. A nil node answers as an empty one.
type wktNode struct {
	keyword  string   // upper case
	values   []string // texts, numbers and bare words, in order
	children []*wktNode
}

// label returns the node's name: its first value.
func (n *wktNode) label() string {
	if n == nil || len(n.values) == 0 {
		return ""
	}
	return n.values[0]
}

// text returns the values.
func (n *wktNode) text() []string {
	if n == nil {
		return nil
	}
	return n.values
}

// number returns the i-th value that is a number, 0 where there is none.
func (n *wktNode) number(i int) float64 {
	if n == nil {
		return 0
	}
	for _, v := range n.values {
		f, err := strconv.ParseFloat(v, 64)
		if err != nil {
			continue
		}
		if i == 0 {
			return f
		}
		i--
	}
	return 0
}

// find returns the first node, depth first and below n, with one of the
// keywords.
func (n *wktNode) find(keywords ...string) *wktNode {
	if found := n.all(keywords...); len(found) > 0 {
		return found[0]
	}
	return nil
}

// all returns every node below n with one of the keywords, depth first.
func (n *wktNode) all(keywords ...string) []*wktNode {
	if n == nil {
		return nil
	}
	var found []*wktNode
	for _, child := range n.children {
		for _, k := range keywords {
			if child.keyword == k {
				found = append(found, child)
			}
		}
		found = append(found, child.all(keywords...)...)
	}
	return found
}

package crs

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Errors that callers branch on.
var (
	// ErrUnknownCRS says that a coordinate reference system is not one of ours.
	ErrUnknownCRS = errors.New("unknown coordinate reference system")
	// ErrOutside says that a coordinate lies where its CRS is not defined.
	ErrOutside = errors.New("coordinate outside the domain of its reference system")
	// ErrGeometry says that a geometry is nil or of a type without coordinates
	// to convert.
	ErrGeometry = errors.New("not a geometry that can be converted")
)

// SRID is the EPSG code of a coordinate reference system that this package can
// convert. Whatever axis order the EPSG registry gives a system, coordinates
// here are always x, y: longitude, latitude in degrees, or easting, northing in
// metres.
type SRID int

// The systems that can be converted. Central meridians, scales and false
// origins are those of the EPSG registry as PROJ 9.1.1 prints them.
const (
	WGS84        SRID = 4326  // longitude, latitude; also what CRS84 names
	WebMercator  SRID = 3857  // spherical Mercator of web maps
	UTM48N       SRID = 32648 // WGS 84 / UTM zone 48N, 105°E
	VN2000       SRID = 4756  // VN-2000 longitude, latitude
	VN2000UTM48N SRID = 3405  // VN-2000 / UTM zone 48N, 105°E
	VN2000UTM49N SRID = 3406  // VN-2000 / UTM zone 49N, 111°E
	VN2000TM3481 SRID = 5896  // VN-2000 / TM-3 zone 481, 102°E
	VN2000TM3482 SRID = 5897  // VN-2000 / TM-3 zone 482, 105°E: Hanoi's engineers
	VN2000TM3491 SRID = 5898  // VN-2000 / TM-3 zone 491, 108°E
	VN2000DN     SRID = 5899  // VN-2000 / TM-3 107-45, 107°45'E
)

// projection says how a system's x, y come from longitude and latitude.
type projection uint8

const (
	geographic projection = iota
	sphericalMercator
	transverseMercator
)

// datum says to what a system's longitudes and latitudes refer.
type datum uint8

const (
	datumWGS84 datum = iota
	datumVN2000
)

// definition is one row of the table of systems. The last two fields hold for
// transverse Mercator only: false easting is 500 km, false northing 0 and the
// latitude of origin 0 in all of them.
type definition struct {
	srid            SRID
	name            string
	datum           datum
	projection      projection
	centralMeridian float64 // degrees
	scale           float64
}

const falseEasting = 500000.0 // metres

func definitions() []definition {
	return []definition{
		{WGS84, "WGS 84", datumWGS84, geographic, 0, 0},
		{WebMercator, "WGS 84 / Pseudo-Mercator", datumWGS84, sphericalMercator, 0, 0},
		{UTM48N, "WGS 84 / UTM zone 48N", datumWGS84, transverseMercator, 105, 0.9996},
		{VN2000, "VN-2000", datumVN2000, geographic, 0, 0},
		{VN2000UTM48N, "VN-2000 / UTM zone 48N", datumVN2000, transverseMercator, 105, 0.9996},
		{VN2000UTM49N, "VN-2000 / UTM zone 49N", datumVN2000, transverseMercator, 111, 0.9996},
		{VN2000TM3481, "VN-2000 / TM-3 zone 481", datumVN2000, transverseMercator, 102, 0.9999},
		{VN2000TM3482, "VN-2000 / TM-3 zone 482", datumVN2000, transverseMercator, 105, 0.9999},
		{VN2000TM3491, "VN-2000 / TM-3 zone 491", datumVN2000, transverseMercator, 108, 0.9999},
		{VN2000DN, "VN-2000 / TM-3 107-45", datumVN2000, transverseMercator, 107.75, 0.9999},
	}
}

func define(id SRID) (definition, error) {
	for _, d := range definitions() {
		if d.srid == id {
			return d, nil
		}
	}
	return definition{}, unknownCRS("EPSG:" + strconv.Itoa(int(id)))
}

// SRIDs lists the systems that can be converted.
func SRIDs() []SRID {
	var all []SRID
	for _, d := range definitions() {
		all = append(all, d.srid)
	}
	return all
}

// String returns the code as EPSG:5897.
func (id SRID) String() string { return "EPSG:" + strconv.Itoa(int(id)) }

// Name returns the name that the EPSG registry gives the system, or the code
// when it is not one of ours.
func (id SRID) Name() string {
	d, err := define(id)
	if err != nil {
		return id.String()
	}
	return d.name
}

// Geographic reports whether x, y are longitude, latitude in degrees.
func (id SRID) Geographic() bool { return id == WGS84 || id == VN2000 }

func unknownCRS(what string) error {
	var known []string
	for _, id := range SRIDs() {
		known = append(known, strconv.Itoa(int(id)))
	}
	return fmt.Errorf("%s: %w (known: EPSG %s)", what, ErrUnknownCRS, strings.Join(known, ", "))
}

// ParseSRID reads the ways in which files and requests name a system: 5897,
// EPSG:5897, [EPSG:5897], urn:ogc:def:crs:EPSG::5897,
// http://www.opengis.net/def/crs/EPSG/0/5897, and the OGC and ESRI names of the
// same systems (CRS84, ESRI:102100). It returns ErrUnknownCRS for others.
func ParseSRID(text string) (SRID, error) {
	name := strings.ToUpper(strings.TrimSpace(text))
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	authority, code := splitCRSName(name)
	if authority == "OGC" || authority == "" {
		switch code {
		case "CRS84", "CRS84H":
			return WGS84, nil
		}
	}
	number, err := strconv.ParseUint(code, 10, 31)
	if err != nil || authority == "OGC" {
		return 0, unknownCRS(fmt.Sprintf("%.80q", text))
	}
	id := alias(int(number))
	if _, err := define(id); err != nil {
		return 0, unknownCRS(fmt.Sprintf("%.80q", text))
	}
	return id, nil
}

// splitCRSName takes an upper-case name apart into the authority (EPSG, OGC,
// ESRI or nothing) and the code. A name of another shape gives no code.
func splitCRSName(name string) (authority, code string) {
	for _, prefix := range []string{"HTTP://WWW.OPENGIS.NET/DEF/CRS/", "HTTPS://WWW.OPENGIS.NET/DEF/CRS/"} {
		if rest, found := strings.CutPrefix(name, prefix); found {
			return authorityVersionCode(strings.Split(rest, "/"))
		}
	}
	if rest, found := strings.CutPrefix(name, "HTTP://WWW.OPENGIS.NET/GML/SRS/EPSG.XML#"); found {
		return "EPSG", rest
	}
	for _, prefix := range []string{"URN:OGC:DEF:CRS:", "URN:X-OGC:DEF:CRS:"} {
		if rest, found := strings.CutPrefix(name, prefix); found {
			return authorityVersionCode(strings.Split(rest, ":"))
		}
	}
	if authority, code, found := strings.Cut(name, ":"); found {
		return knownAuthority(authority, code)
	}
	return "", name
}

// authorityVersionCode reads the tail of an OGC name: authority, version, code.
func authorityVersionCode(parts []string) (authority, code string) {
	if len(parts) != 3 {
		return "", ""
	}
	return knownAuthority(parts[0], parts[2])
}

func knownAuthority(authority, code string) (string, string) {
	switch authority {
	case "EPSG", "OGC", "ESRI":
		return authority, code
	default:
		return "", ""
	}
}

// alias maps other codes of the same systems, as old or ESRI software writes
// them: Web Mercator before it had a code of its own, and WGS 84 with height,
// whose horizontal part is WGS 84.
func alias(code int) SRID {
	switch code {
	case 900913, 3785, 102100, 102113:
		return WebMercator
	case 4979:
		return WGS84
	default:
		return SRID(code)
	}
}

package refsys

import (
	"strconv"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/crs"
)

// System is a coordinate reference system with its official order of axes. The
// zero System is CRS84: longitude, latitude of WGS 84, as everything is stored.
// Systems are comparable.
type System struct {
	srid crs.SRID // 0: CRS84
}

const (
	crs84      = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	epsgPrefix = "http://www.opengis.net/def/crs/EPSG/0/"
)

// CRS84 is the system of what is stored, and the default of OGC API Features.
func CRS84() System { return System{} }

// All lists the systems, the default first.
func All() []System {
	all := []System{CRS84()}
	for _, id := range crs.SRIDs() {
		all = append(all, System{id})
	}
	return all
}

// URIs lists the names of All.
func URIs() []string {
	var all []string
	for _, s := range All() {
		all = append(all, s.URI())
	}
	return all
}

// Parse reads the name of a system: its URI, such as
// http://www.opengis.net/def/crs/EPSG/0/5897, or in short EPSG:5897, [EPSG:5897],
// 5897, urn:ogc:def:crs:EPSG::5897, CRS84 and OGC:CRS84. However EPSG:4326 is
// written, latitude comes first in it. The error is crs.ErrUnknownCRS.
func Parse(text string) (System, error) {
	id, err := crs.ParseSRID(text)
	if err != nil {
		return System{}, err
	}
	if strings.Contains(strings.ToUpper(text), "CRS84") {
		return CRS84(), nil
	}
	return System{id}, nil
}

// URI is the name that the OGC gives the system.
func (s System) URI() string {
	if s.srid == 0 {
		return crs84
	}
	return epsgPrefix + strconv.Itoa(int(s.srid))
}

// Name is what people call the system.
func (s System) Name() string {
	if s.srid == 0 {
		return "WGS 84 longitude-latitude"
	}
	return s.srid.Name()
}

// SRID is the EPSG code. CRS84 has that of WGS 84.
func (s System) SRID() crs.SRID {
	if s.srid == 0 {
		return crs.WGS84
	}
	return s.srid
}

// LatitudeFirst tells whether the first axis of the system points north.
func (s System) LatitudeFirst() bool { return s.srid != 0 && s.srid.Geographic() }

// Metres tells whether the axes are in metres rather than degrees.
func (s System) Metres() bool { return !s.SRID().Geographic() }

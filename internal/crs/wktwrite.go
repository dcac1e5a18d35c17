package crs

import (
	"strconv"
	"strings"
)

// WKT returns the system as well-known text, version 1, in the dialect that GDAL
// and GeoPackage share, x before y, with the codes of the EPSG registry. It is
// empty for a system that is not one of ours. ParseWKT reads it.
func (id SRID) WKT() string {
	d, err := define(id)
	if err != nil {
		return ""
	}
	var out strings.Builder
	switch d.projection {
	case geographic:
		d.writeGeographic(&out)
	case sphericalMercator:
		d.writeProjected(&out, "Mercator_1SP", [][2]string{
			{"central_meridian", "0"}, {"scale_factor", "1"}, {"false_easting", "0"}, {"false_northing", "0"}})
	case transverseMercator:
		d.writeProjected(&out, "Transverse_Mercator", [][2]string{
			{"latitude_of_origin", "0"}, {"central_meridian", number(d.centralMeridian)}, {"scale_factor", number(d.scale)},
			{"false_easting", number(falseEasting)}, {"false_northing", "0"}})
	}
	return out.String()
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (d *definition) writeProjected(out *strings.Builder, method string, parameters [][2]string) {
	out.WriteString(`PROJCS["` + d.name + `",`)
	base, _ := define(WGS84) // it is in the table
	if d.datum == datumVN2000 {
		base, _ = define(VN2000)
	}
	base.writeGeographic(out)
	out.WriteString(`,PROJECTION["` + method + `"]`)
	for _, p := range parameters {
		out.WriteString(`,PARAMETER["` + p[0] + `",` + p[1] + `]`)
	}
	out.WriteString(`,UNIT["metre",1,AUTHORITY["EPSG","9001"]],AXIS["Easting",EAST],AXIS["Northing",NORTH]`)
	out.WriteString(`,AUTHORITY["EPSG","` + strconv.Itoa(int(d.srid)) + `"]]`)
}

func (d *definition) writeGeographic(out *strings.Builder) {
	datum, code := "WGS_1984", "6326"
	if d.datum == datumVN2000 {
		datum, code = "Vietnam_2000", "6756"
	}
	out.WriteString(`GEOGCS["` + d.name + `",DATUM["` + datum + `",` +
		`SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","` + code + `"]],` +
		`PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],` +
		`AUTHORITY["EPSG","` + strconv.Itoa(int(d.srid)) + `"]]`)
}

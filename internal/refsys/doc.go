// Package refsys names coordinate reference systems as clients of OGC APIs do, and
// converts between the longitude, latitude that is stored and the coordinates that
// they send and get. It is the only place where the order of axes changes.
//
//	                            OGC/1.3/CRS84   as it is stored: lon, lat
//	stored lon, lat  ◄──────►   EPSG/0/4326     lat, lon
//	(WGS 84)                    EPSG/0/5897     easting, northing: 585 612.345, 2 325 112.345
//
// Which axis comes first is what the EPSG registry says of the system's coordinate
// system (dataset 10.076, as PROJ 9.1.1 carries it): ellipsoidal CS 6422, latitude
// then longitude, for 4326 and 4756; Cartesian CS 4400, easting then northing, for
// 32648, 3405, 3406 and the TM-3 zones 5896 to 5899; CS 4499, X east then Y north,
// for 3857. So only the two geographic ones are swapped. CRS84 is longitude first
// by its own definition (OGC 18-058r1, clause 5).
package refsys

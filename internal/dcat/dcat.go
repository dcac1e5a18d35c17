package dcat

import (
	"fmt"
	"time"
)

// mediaTypes is where IANA names media types.
const mediaTypes = "https://www.iana.org/assignments/media-types/"

// theme is "Regions and cities" of the data themes of the European Union.
const theme = "http://publications.europa.eu/resource/authority/data-theme/REGI"

// crs84 is longitude and latitude of WGS 84.
const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// Document returns the catalogue as DCAT-AP 3.
func (c *Catalogue) Document() Object {
	publisher := Object{"@id": c.Base + "/#publisher", "@type": "foaf:Agent", "foaf:name": c.Title}
	datasets, served := []any{}, []any{}
	for i := range c.Datasets {
		datasets = append(datasets, c.dataset(&c.Datasets[i]))
		served = append(served, Object{"@id": c.Datasets[i].url(c.Base)})
	}
	return Object{
		"@context": Object{
			"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
			"geo": "http://www.opengis.net/ont/geosparql#", "xsd": "http://www.w3.org/2001/XMLSchema#",
		},
		"@id": c.Base + "/dcat", "@type": "dcat:Catalog",
		"dct:title": c.Title, "dct:description": c.Description,
		"dct:publisher": publisher, "dct:license": reference(c.LicenceURL), "foaf:homepage": reference(c.Base + "/"),
		"dct:modified": moment(c.Modified), "dcat:version": c.Version,
		"dct:language": []any{
			reference("http://publications.europa.eu/resource/authority/language/VIE"),
			reference("http://publications.europa.eu/resource/authority/language/ENG"),
		},
		"dcat:dataset": datasets,
		"dcat:service": []any{Object{
			"@id": c.Base + "/#api", "@type": "dcat:DataService", "dct:title": c.Title,
			"dcat:endpointURL": reference(c.Base + "/"), "dcat:endpointDescription": reference(c.Base + "/api"),
			"dct:conformsTo":     reference("http://www.opengis.net/spec/ogcapi-features-1/1.0"),
			"dct:license":        reference(c.LicenceURL),
			"dcat:servesDataset": served,
		}},
	}
}

func reference(address string) Object { return Object{"@id": address} }

func moment(t time.Time) Object {
	return Object{"@type": "xsd:dateTime", "@value": t.UTC().Format(time.RFC3339)}
}

func (c *Catalogue) dataset(d *Dataset) Object {
	self := d.url(c.Base)
	o := Object{
		"@id": self, "@type": "dcat:Dataset", "dct:identifier": string(d.Layer.ID),
		"dct:title": titles(d.Layer), "dct:description": descriptions(d.Layer),
		"dct:publisher": reference(c.Base + "/#publisher"), "dct:modified": moment(c.Modified), "dcat:version": c.Version,
		"dcat:theme": reference(theme), "dcat:landingPage": reference(self), "dct:conformsTo": reference(crs84),
	}
	if d.Layer.Attribution != "" {
		o["dct:rights"] = Object{"@type": "dct:RightsStatement", "dct:description": d.Layer.Attribution}
	}
	if b := d.Bounds; len(b) == 4 {
		o["dct:spatial"] = Object{"@type": "dct:Location", "dcat:bbox": Object{
			"@type": "geo:wktLiteral",
			"@value": fmt.Sprintf("POLYGON((%[1]v %[2]v, %[3]v %[2]v, %[3]v %[4]v, %[1]v %[4]v, %[1]v %[2]v))",
				b[0], b[1], b[2], b[3]),
		}}
	}
	forms := []any{}
	for _, f := range d.Distributions {
		form := Object{
			"@type": "dcat:Distribution", "dct:title": f.Title, "dcat:accessURL": reference(f.URL), "dcat:mediaType": reference(mediaTypes + f.Type),
			"dct:license": reference(c.LicenceURL), "dcat:accessService": reference(c.Base + "/#api"),
		}
		if !f.Tiles {
			form["dcat:downloadURL"] = reference(f.URL)
		}
		forms = append(forms, form)
	}
	o["dcat:distribution"] = forms
	return o
}

package dcat

import (
	"fmt"
	"time"
)

// SchemaOrg returns the catalogue as a DataCatalog of schema.org, which search
// engines read.
func (c *Catalogue) SchemaOrg() Object {
	datasets := []any{}
	for i := range c.Datasets {
		d := &c.Datasets[i]
		datasets = append(datasets, Object{"@type": "Dataset", "@id": d.url(c.Base), "name": plain(titles(d.Layer)), "description": plain(descriptions(d.Layer)), "license": c.LicenceURL, "url": d.url(c.Base)})
	}
	return Object{
		"@context": "https://schema.org/", "@type": "DataCatalog", "@id": c.Base + "/", "url": c.Base + "/",
		"name": c.Title, "description": c.Description, "license": c.LicenceURL, "dataset": datasets,
	}
}

// SchemaOrgOf returns one of the datasets as a Dataset of schema.org.
func (c *Catalogue) SchemaOrgOf(d *Dataset) Object {
	o := Object{
		"@context": "https://schema.org/", "@type": "Dataset", "@id": d.url(c.Base), "url": d.url(c.Base), "identifier": string(d.Layer.ID),
		"name": plain(titles(d.Layer)), "description": plain(descriptions(d.Layer)), "inLanguage": []any{"vi", "en"},
		"license": c.LicenceURL, "isAccessibleForFree": true, "version": c.Version, "dateModified": c.Modified.UTC().Format(time.RFC3339),
		"creator":               Object{"@type": "Organization", "name": c.Title, "url": c.Base + "/"},
		"includedInDataCatalog": Object{"@type": "DataCatalog", "@id": c.Base + "/"},
	}
	if d.Layer.Attribution != "" {
		o["creditText"] = d.Layer.Attribution
	}
	if b := d.Bounds; len(b) == 4 {
		// GeoShape has latitude first.
		o["spatialCoverage"] = Object{"@type": "Place", "geo": Object{"@type": "GeoShape", "box": fmt.Sprintf("%v %v %v %v", b[1], b[0], b[3], b[2])}}
	}
	var measured, forms []any
	for i := range d.Layer.Properties {
		p := &d.Layer.Properties[i]
		one := Object{"@type": "PropertyValue", "name": p.Name}
		if text := words(p.Title, p.TitleEN); len(text) > 0 {
			one["description"] = plain(text)
		}
		if p.Unit != "" {
			one["unitText"] = p.Unit
		}
		measured = append(measured, one)
	}
	for _, f := range d.Distributions {
		forms = append(forms, Object{"@type": "DataDownload", "name": f.Title, "encodingFormat": f.Type, "contentUrl": f.URL})
	}
	if len(measured) > 0 {
		o["variableMeasured"] = measured
	}
	if len(forms) > 0 {
		o["distribution"] = forms
	}
	return o
}

// plain puts texts of several languages beside each other, for readers that know no
// languages.
func plain(texts []any) string {
	all := ""
	for _, t := range texts {
		if all != "" {
			all += " · "
		}
		switch t := t.(type) {
		case string:
			all += t
		case Object:
			all += fmt.Sprint(t["@value"])
		}
	}
	return all
}

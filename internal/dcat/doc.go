// Package dcat describes the layers to catalogues of data and to search engines: as
// DCAT-AP 3 and as schema.org, both in JSON-LD 1.1.
//
//	Catalogue ─► Datasets ─► Distributions      a layer; a form in which it can be had
//	    └──────► DataService                    the interface to all of them
//
// Sources: Data Catalog Vocabulary, version 3 (W3C, 2024); DCAT-AP 3.0; schema.org
// types DataCatalog, Dataset and DataDownload.
package dcat

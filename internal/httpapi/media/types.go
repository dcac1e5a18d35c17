package media

// Media types, as headers and links name them.
const (
	TypeJSON       = "application/json"
	TypeGeoJSON    = "application/geo+json"
	TypeMergePatch = "application/merge-patch+json"
	TypeMVT        = "application/vnd.mapbox-vector-tile"
	TypeTileJSON   = "application/vnd.mapbox.tile+json"
	TypeHTML       = "text/html"
	TypeOpenAPI    = "application/vnd.oai.openapi+json"
	TypeJSONLD     = "application/ld+json"
	typeLinkset    = "application/linkset+json"
	// ProfileFG is the profile of GeoJSON that is JSON-FG.
	ProfileFG = "jsonfg"
)

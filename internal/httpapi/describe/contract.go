package describe

import (
	"net/http"
	"slices"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/openapi"
)

// contract is what an operation promises beside what its declaration says of it:
// only the description of the API reads it.
type contract struct {
	tag string
	// schema names the schema of the answer; without, that of the format.
	schema string
	// types are the media types of an operation that has no formats.
	types []string
	// statuses are those of answers that are no problem, when they are others than
	// 200, and 304 for what only reads.
	statuses []int
	// problems are statuses beside those that scope and path bring.
	problems []int
	body     *openapi.Body
	headers  []openapi.Parameter // of the request
	answered []string            // headers of the answer
	key      bool                // nobody is answered who does not say who they are
	events   map[string][]string // see openapi.Answer
}

// contractOf returns what is promised of an operation. One that is not in the
// table promises what its declaration says.
func contractOf(id string) contract {
	notFound := []int{http.StatusNotFound}
	switch id {
	case "getLandingPage":
		return contract{tag: "Capabilities", schema: "Landing"}
	case "getConformance":
		return contract{tag: "Capabilities", schema: "Conformance"}
	case "getCatalogue", "getAPICatalogue":
		return contract{tag: "Metadata"}
	case "getRobots":
		return contract{tag: "Metadata", types: []string{"text/plain"}}
	case "getCollections":
		return contract{tag: "Data", schema: "Collections"}
	case "getCollection":
		return contract{tag: "Data", schema: "Collection"}
	case "getItems":
		return contract{tag: "Data", schema: "FeatureCollection", answered: []string{"Content-Crs", "Content-Disposition"}, problems: []int{http.StatusInsufficientStorage}}
	case "downloadLayer":
		return contract{tag: "Data", schema: "FeatureCollection", answered: []string{"Content-Crs", "Content-Disposition", "Accept-Ranges"}, problems: []int{http.StatusInsufficientStorage}}
	case "getSchema", "getQueryables", "getSortables":
		return contract{tag: "Data", schema: "LayerSchema"}
	case "getFunctions":
		return contract{tag: "Data", schema: "Functions"}
	case "getItem":
		return contract{tag: "Data", schema: "Feature", answered: []string{"Content-Crs", "Content-Disposition"}}
	case "getNearby", "getNearbyItem":
		return contract{tag: "Proximity", schema: "Nearby", problems: notFound, answered: []string{"Content-Crs"}}
	case "getHistory":
		return contract{tag: "Time", schema: "History", problems: []int{http.StatusGone}}
	case "getDiff":
		return contract{tag: "Time", schema: "FeatureCollection", problems: notFound}
	case "getDiffTileJSON", "getTileJSON":
		return contract{tag: "Tiles", schema: "TileJSON"}
	case "getDiffTile", "getTile", "getTilesetTile", "getCollectionTile":
		return contract{tag: "Tiles"}
	case "getTileMatrixSets":
		return contract{tag: "Tiles", schema: "TileMatrixSetList"}
	case "getTileMatrixSet":
		return contract{tag: "Tiles", schema: "TileMatrixSet"}
	case "getTilesets", "getCollectionTilesets":
		return contract{tag: "Tiles", schema: "TilesetList"}
	case "getTileset", "getCollectionTileset":
		return contract{tag: "Tiles", schema: "Tileset"}
	case "getEvents":
		return contract{tag: "Events", problems: notFound, statuses: []int{http.StatusOK}, events: eventSchemas()}
	case "search":
		return contract{tag: "Data", schema: "SearchResults", problems: notFound}
	case "getStyle":
		return contract{tag: "Tiles", schema: "Style", types: []string{media.TypeJSON, "image/png"}}
	case "getViewerFile":
		return contract{tag: "Operation", types: []string{"*/*"}}
	case "getHealth":
		return contract{tag: "Operation", schema: "Health", types: []string{media.TypeJSON}}
	case "getReadiness":
		return contract{tag: "Operation", schema: "Readiness", types: []string{media.TypeJSON}}
	case "getMetrics":
		return contract{tag: "Operation", types: []string{"text/plain"}}
	}
	if c, ok := changeContract(id); ok {
		return c
	}
	return watchContract(id)
}

// changeContract is contractOf for what is there when there is a Changer.
func changeContract(id string) (c contract, ok bool) {
	item := []int{http.StatusOK, http.StatusNoContent}
	feature := openapi.Body{Schema: "FeatureInput", Required: true}
	patch := openapi.Body{Schema: "FeaturePatch", Required: true}
	crs := openapi.Parameter{Name: "Content-Crs", About: "The coordinate reference system of the body; <http://www.opengis.net/def/crs/OGC/1.3/CRS84> without."}
	tagged := []string{"ETag", "Content-Crs"}
	switch id {
	case "createItem":
		c = contract{schema: "Feature", statuses: []int{http.StatusCreated}, body: &feature, headers: []openapi.Parameter{messageHeader(), crs}, answered: []string{"ETag", "Location", "Content-Crs"}}
	case "replaceItem":
		c = contract{schema: "Feature", statuses: item, body: &feature, headers: []openapi.Parameter{matchHeader(true), messageHeader(), crs}, answered: tagged}
	case "updateItem":
		c = contract{schema: "Feature", statuses: item, body: &patch, headers: []openapi.Parameter{matchHeader(true), messageHeader(), crs}, answered: tagged}
	case "deleteItem":
		c = contract{statuses: item[1:], headers: []openapi.Parameter{matchHeader(true), messageHeader()}}
	case "createChangeset":
		c = contract{
			schema: "Commit", statuses: []int{http.StatusOK, http.StatusCreated}, answered: []string{"Location"}, headers: []openapi.Parameter{messageHeader()},
			body: &openapi.Body{Schema: "ChangesetRequest", Required: true}, problems: []int{http.StatusNotFound},
		}
	case "revertChangeset":
		c = contract{
			schema: "Commit", statuses: []int{http.StatusOK, http.StatusCreated}, answered: []string{"Location"}, headers: []openapi.Parameter{messageHeader()},
			body: &openapi.Body{Schema: "RevertRequest"}, problems: []int{http.StatusGone},
		}
	case "putLayer":
		c = contract{
			tag: "Layers", schema: "LayerDefinition", statuses: []int{http.StatusOK, http.StatusCreated, http.StatusNoContent}, answered: []string{"ETag", "Location"},
			body: &openapi.Body{Schema: "LayerInput", Required: true}, headers: []openapi.Parameter{matchHeader(false), messageHeader()},
		}
	case "deleteLayer":
		c = contract{tag: "Layers", statuses: item[1:], headers: []openapi.Parameter{matchHeader(true), messageHeader()}}
	case "getWhoami":
		c = contract{schema: "Whoami"}
	case "getChangesets":
		return contract{tag: "Time", schema: "ChangesetList", problems: []int{http.StatusNotFound}}, true
	case "getChangeset":
		return contract{tag: "Time", schema: "Changeset", problems: []int{http.StatusGone}}, true
	case "whoami":
		return contract{tag: "Capabilities", schema: "Whoami"}, true
	case "getLayers":
		return contract{tag: "Layers", schema: "LayerList"}, true
	case "getLayer":
		return contract{tag: "Layers", schema: "LayerDefinition"}, true
	default:
		return c, false
	}
	if c.tag == "" {
		c.tag = "Writing"
	}
	return c, true
}

// eventSchemas are those of the data of the events of GET /events, those of watches
// among them.
func eventSchemas() map[string][]string {
	return map[string][]string{
		"hello": {"VersionMark"}, "version": {"VersionEvent"}, "reset": {"VersionMark", "WatchMessage"},
		"watch": {"WatchMessage"}, "gone": {"WatchGone"},
	}
}

// watchContract is contractOf for what is there when there are watches.
func watchContract(id string) contract {
	switch id {
	case "getWatches":
		return contract{tag: "Events", schema: "WatchList", key: true}
	case "getWatch":
		return contract{tag: "Events", schema: "Watch", key: true}
	case "createWatch":
		return contract{
			tag: "Events", schema: "Watch", statuses: []int{http.StatusCreated}, answered: []string{"Location"},
			body: &openapi.Body{Schema: "WatchRequest", Required: true},
		}
	case "deleteWatch":
		return contract{tag: "Events", statuses: []int{http.StatusNoContent}}
	}
	return contract{tag: "Capabilities"}
}

func matchHeader(required bool) openapi.Parameter {
	return openapi.Parameter{Name: "If-Match", About: "The ETag of what was read, or * for whatever is there.", Required: required, Example: `*`}
}

func messageHeader() openapi.Parameter {
	return openapi.Parameter{Name: edge.HeaderMessage, About: "Why the change is made, percent-encoded UTF-8 of at most " + params.Plain(edit.MaxMessage) + " bytes.", Example: "Th%C3%B4ng%20xe"}
}

// usualStatuses are those of an operation's answers that are no problem.
func (c *contract) usualStatuses(op *edge.Operation) []int {
	switch {
	case len(c.statuses) > 0:
		return c.statuses
	case slices.Contains(op.Formats, media.MVT): // with nothing in it, it is empty
		return []int{http.StatusOK, http.StatusNoContent, http.StatusNotModified}
	case op.Method == http.MethodGet:
		return []int{http.StatusOK, http.StatusNotModified}
	}
	return []int{http.StatusOK}
}

// problemsOf are the statuses of all problems that an operation can have.
func problemsOf(op *edge.Operation, c *contract) []int {
	all := []int{
		http.StatusBadRequest, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong,
		http.StatusRequestHeaderFieldsTooLarge, http.StatusInternalServerError, http.StatusServiceUnavailable,
	}
	if strings.ContainsAny(op.Path, "{*") {
		all = append(all, http.StatusNotFound)
	}
	if op.Scope != edge.Always { // somebody may be asked who they are
		all = append(all, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests)
	}
	switch op.Scope {
	case edge.State, edge.Dated:
		all = append(all, http.StatusNotFound, http.StatusGone) // the state that is asked for
	case edge.Change:
		all = append(all, http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
		if c.body != nil {
			all = append(all, http.StatusRequestTimeout, http.StatusUnsupportedMediaType)
		}
	}
	all = append(all, c.problems...)
	slices.Sort(all)
	return slices.Compact(all)
}

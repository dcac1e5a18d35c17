package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/proximity"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

type nearCommand struct {
	storeFlags
	Place  string   `arg:"" help:"LON,LAT in degrees, or LAYER/ID or LAYER/CODE of a feature."`
	Radius *float64 `short:"r" placeholder:"METRES" help:"How far to look, in metres."`
	K      *int     `short:"k" placeholder:"N" help:"How many to list (default 10 where no radius is given)."`
	Layers []string `short:"l" placeholder:"NAME,…" help:"Look in these layers only."`
	Status []string `placeholder:"STATUS,…" help:"planned, under_construction, in_operation or retired."`
	JSON   bool     `name:"json" help:"Print JSON."`
}

func (nearCommand) Help() string {
	return `Distances are metres on the WGS 84 ellipsoid to the nearest point of each feature; 0 inside a polygon.

Examples:
  hanoitwin near 105.8523,21.0287 --radius 500
  hanoitwin near intersections/NG01 --radius 800 --layers roads,ring_roads
  hanoitwin near ring_roads/VD3-4 -k 5 --status planned --json`
}

// neighbour is one line of the answer.
type neighbour struct {
	DistanceMetres float64      `json:"distance_m"`
	BearingDegrees *float64     `json:"bearing_deg"` // null at no distance
	NearestPoint   orb.Point    `json:"nearest_point"`
	Layer          city.LayerID `json:"layer"`
	ID             int64        `json:"id"`
	Code           string       `json:"code,omitempty"`
	Name           string       `json:"name,omitempty"`
}

func (c *nearCommand) Run(ctx context.Context, con console) error {
	store, err := c.openToRead(ctx)
	if err != nil {
		return err
	}
	snap, _, err := twin.Load(ctx, store)
	if err := errors.Join(err, store.Close()); err != nil {
		return exitWith(exitStore, err)
	}
	query, err := c.query(snap)
	if err != nil {
		return exitWith(exitUsage, err)
	}
	hits, err := new(proximity.Searcher).Nearby(ctx, snap, query, nil)
	if p := query.Point; errors.Is(err, proximity.ErrPlace) && math.Abs(p[0]) <= 90 && math.Abs(p[1]) <= 180 {
		err = fmt.Errorf("%w; longitude comes first: %v,%v", err, p[1], p[0])
	}
	if err != nil {
		return exitWith(exitUsage, err)
	}
	answer := make([]neighbour, 0, len(hits))
	for _, h := range hits {
		bearing := &h.BearingDegrees
		if h.DistanceMetres == 0 {
			bearing = nil
		}
		answer = append(answer, neighbour{
			h.DistanceMetres, bearing, h.NearestPoint, h.Layer.ID(), h.Feature.ID(), h.Layer.Code(h.Feature),
			h.Layer.Value(h.Feature, h.Layer.Definition().PropertyIndex(city.PropName)).Text(),
		})
	}
	if c.JSON {
		return printJSON(con.out, answer)
	}
	return c.table(con, answer)
}

func (c *nearCommand) table(con console, answer []neighbour) error {
	if len(answer) == 0 {
		fmt.Fprintln(con.err, "nothing there")
		return nil
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "METRES\tBEARING\tLAYER\tCODE\tNAME")
	for _, n := range answer {
		code := n.Code
		if code == "" {
			code = "#" + strconv.FormatInt(n.ID, 10)
		}
		bearing := ""
		if n.BearingDegrees != nil {
			bearing = fmt.Sprintf("%3.0f° %s", *n.BearingDegrees, compass(*n.BearingDegrees))
		}
		fmt.Fprintf(w, "%8.1f\t%s\t%s\t%s\t%s\n", n.DistanceMetres, bearing, n.Layer, city.OneLine(code), city.OneLine(n.Name))
	}
	return w.Flush()
}

// compass names the direction as Vietnamese maps abbreviate it: B, ĐB, Đ, ĐN,
// N, TN, T, TB (Bắc, Đông, Nam, Tây).
func compass(bearing float64) string {
	names := [...]string{"B", "ĐB", "Đ", "ĐN", "N", "TN", "T", "TB"}
	return names[int((bearing+22.5)/45)%len(names)]
}

func (c *nearCommand) query(snap *snapshot.Snapshot) (proximity.Query, error) {
	q := proximity.Query{}
	if c.Radius == nil && c.K == nil {
		q.K = 10
	}
	// To a query 0 is none given.
	if c.Radius != nil {
		if q.RadiusMetres = *c.Radius; q.RadiusMetres == 0 {
			return q, fmt.Errorf("radius 0: %w", proximity.ErrRadius)
		}
	}
	if c.K != nil {
		if q.K = *c.K; q.K == 0 {
			return q, fmt.Errorf("k 0: %w", proximity.ErrK)
		}
	}
	for _, name := range c.Layers {
		q.Layers = append(q.Layers, city.LayerID(name))
	}
	for _, name := range c.Status {
		q.Statuses = append(q.Statuses, city.Status(name))
	}
	if layer, key, ok := strings.Cut(c.Place, "/"); ok {
		l := snap.Layer(city.LayerID(layer))
		if l == nil {
			return q, fmt.Errorf("layer %q: %w; there are: %s", layer, city.ErrNotFound, layerNames(snap))
		}
		if q.Feature = l.Find(key); q.Feature == nil {
			return q, fmt.Errorf("feature %q of layer %s: %w", key, layer, city.ErrNotFound)
		}
		return q, nil
	}
	lon, lat, ok := strings.Cut(c.Place, ",")
	x, errX := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	y, errY := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	if !ok || errX != nil || errY != nil {
		return q, fmt.Errorf("place %q is neither LON,LAT nor LAYER/ID", c.Place)
	}
	q.Point = orb.Point{x, y}
	return q, nil
}

func layerNames(snap *snapshot.Snapshot) string {
	var names []string
	for _, l := range snap.Layers() {
		names = append(names, string(l.ID()))
	}
	return strings.Join(names, ", ")
}

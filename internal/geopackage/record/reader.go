package record

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/codec"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

// Reader reads the record inside one transaction.
type Reader struct {
	c       *lite.Conn
	cat     *schema.Catalogue
	version city.Version // the newest, a pending one among them
	since   city.Version
	pending *city.ChangeSet // what others did and nobody has given a number yet
	lives   []*life
	sources map[*life]*source
}

// New makes a reader for the state that cat describes. Pending is the change set
// that edits of others since then will be, nil when there are none.
func New(ctx context.Context, c *lite.Conn, cat *schema.Catalogue, pending *city.ChangeSet) (*Reader, error) {
	r := &Reader{c: c, cat: cat, version: cat.Version, since: cat.Since, pending: pending, sources: map[*life]*source{}}
	if pending != nil {
		r.version = pending.Version
	}
	if cat.Format < schema.Format { // there is no record yet
		r.since = r.version
		for _, layer := range cat.Layers {
			r.lives = append(r.lives, &life{id: layer.ID, table: cat.Tables[layer.ID]})
		}
		return r, nil
	}
	var err error
	r.lives, err = readLives(ctx, c, cat)
	return r, err
}

// reach checks that the record tells of a version.
func (r *Reader) reach(v city.Version) error {
	if v < 0 || v > r.version {
		return fmt.Errorf("version %d of %d: %w", v, r.version, city.ErrNotFound)
	}
	if v < r.since {
		return fmt.Errorf("version %d; the record begins at %d: %w", v, r.since, city.ErrHistoryGone)
	}
	return nil
}

// ChangeSets returns who, when and why of at most limit versions after a version.
func (r *Reader) ChangeSets(ctx context.Context, after city.Version, limit int) ([]city.ChangeSet, error) {
	var sets []city.ChangeSet
	author := "author"
	if r.cat.Format < schema.Format {
		author = "''"
	}
	err := r.c.Lookup(ctx, "SELECT version, +committed, "+author+", message FROM twin_versions WHERE version > ? ORDER BY version LIMIT ?",
		[]driver.Value{int64(after), int64(max(limit, 0))}, func(row []driver.Value) error {
			sets = append(sets, changeSet(row))
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read twin_versions: %w", err)
	}
	if r.pending != nil && r.pending.Version > after && len(sets) < limit {
		sets = append(sets, *r.pending)
	}
	return sets, nil
}

func changeSet(row []driver.Value) city.ChangeSet {
	version, _ := row[0].(int64)
	set := city.ChangeSet{Version: city.Version(version), At: codec.DecodeValue(city.KindInstant, row[1]).Time()}
	set.Author, _ = row[2].(string)
	set.Message, _ = row[3].(string)
	return set
}

// header returns who, when and why of one version.
func (r *Reader) header(ctx context.Context, v city.Version) (city.ChangeSet, error) {
	sets, err := r.ChangeSets(ctx, v-1, 1)
	if err != nil || len(sets) == 0 || sets[0].Version != v {
		return city.ChangeSet{Version: v}, err
	}
	return sets[0], nil
}

// VersionAt returns the newest version that was committed at or before t, 0 when
// there was none. Times grow with the versions, so it is searched for.
func (r *Reader) VersionAt(ctx context.Context, t time.Time) (city.Version, error) {
	if r.pending != nil && !r.pending.At.After(t) {
		return r.pending.Version, nil
	}
	low, high := city.Version(0), r.cat.Version // of low it holds, or it is 0
	for low < high {
		middle := low + (high-low+1)/2
		set, err := r.header(ctx, middle)
		if err != nil {
			return 0, err
		}
		if set.At.After(t) {
			high = middle - 1
		} else {
			low = middle
		}
	}
	return low, nil
}

// LayersAt returns the definitions as of a version, by id. Of a layer that was
// changed since, the properties stand in the order of the newest definition.
func (r *Reader) LayersAt(ctx context.Context, v city.Version) ([]city.Layer, error) {
	if err := r.reach(v); err != nil {
		return nil, err
	}
	layers := []city.Layer{}
	for _, id := range r.ids() {
		l := r.at(id, v)
		if l == nil {
			continue
		}
		layer, err := r.definition(ctx, l, v)
		if err != nil {
			return nil, err
		}
		newest, err := r.newest(ctx, l)
		if err != nil {
			return nil, err
		}
		align(layer, newest)
		layers = append(layers, *layer)
	}
	return layers, nil
}

// align gives a former definition the first properties of the newest one, up to
// the last of those that it had, so that values in the order of the newest fit.
func align(layer, newest *city.Layer) {
	var aligned []city.Property
	had := 0
	for _, p := range newest.Properties {
		if i := layer.PropertyIndex(p.Name); i >= 0 && layer.Properties[i].Type == p.Type {
			p = layer.Properties[i]
			had = len(aligned) + 1
		}
		aligned = append(aligned, p)
	}
	layer.Properties = aligned[:had:had]
	schema.ForgetMissing(layer)
}

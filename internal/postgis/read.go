package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
	"github.com/hanoitwin/hanoitwin/internal/postgis/reader"
)

// Reader is twin.Reader, said again: this package lies below twin and cannot
// import it, and a function type that has the same literal is the same type.
type Reader = interface {
	Version() city.Version
	Layers() []city.Layer
	Features(ctx context.Context, layer city.LayerID, yield func(*city.Feature) error) error
	Changes(ctx context.Context, after city.Version, most int) ([]city.ChangeSet, error)
	ChangeSets(ctx context.Context, after city.Version, limit int) ([]city.ChangeSet, error)
	Revisions(ctx context.Context, version city.Version, layer city.LayerID, id int64, yield func(*city.Revision) error) error
	History(ctx context.Context, layer city.LayerID, id int64, after city.Version, limit int) ([]city.State, error)
	Undo(ctx context.Context, version city.Version, yield func(*city.Change) error) error
	LayersAt(ctx context.Context, version city.Version) ([]city.Layer, error)
	VersionAt(ctx context.Context, t time.Time) (city.Version, error)
}

var _ Reader = (*reader.Reader)(nil)

// Read calls read with one consistent state of all layers: a REPEATABLE READ
// transaction, which neither waits for writers nor makes them wait.
func (s *Store) Read(ctx context.Context, read func(Reader) error) error {
	conn, tx, err := s.begin(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer conn.Release()
	defer rollback(ctx, tx)
	v, err := catalogue.Version(ctx, tx)
	if err != nil {
		return explain(ctx, conn.Conn(), err)
	}
	entries, err := s.catalogue.Load(ctx, tx)
	if err != nil {
		return explain(ctx, conn.Conn(), err)
	}
	return explain(ctx, conn.Conn(), read(reader.New(tx, v, entries)))
}

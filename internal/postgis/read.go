package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hanoitwin/hanoitwin/internal/postgis/reader"
	"github.com/hanoitwin/hanoitwin/internal/store"
)

// Reader reads one consistent state.
type Reader = store.Reader

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
	v, entries, err := s.catalogue.LoadVersion(ctx, tx)
	if err != nil {
		return explain(ctx, conn.Conn(), err)
	}
	return explain(ctx, conn.Conn(), read(reader.New(tx, v, entries)))
}

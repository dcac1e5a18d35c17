package postgis

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
)

// maxDocument bounds a document, in bytes.
const maxDocument = 64 << 10

// maxDocumentName bounds kind and name, in bytes.
const maxDocumentName = 255

// Documents returns the small records of a kind by name.
func (s *Store) Documents(ctx context.Context, kind string) (map[string][]byte, error) {
	documents := map[string][]byte{}
	err := s.do(ctx, func(conn *pgxpool.Conn) error {
		clear(documents)
		rows, err := conn.Query(ctx, `SELECT name, body FROM twin.twin_document WHERE kind = $1`, pgx.QueryExecModeExec, kind)
		if err != nil {
			return err
		}
		var name string
		var body []byte
		_, err = pgx.ForEachRow(rows, []any{&name, &body}, func() error {
			documents[name] = append([]byte{}, body...)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("documents of kind %q: %w", kind, err)
	}
	return documents, nil
}

// PutDocument writes a small record, of at most 64 KiB; a nil body removes it.
func (s *Store) PutDocument(ctx context.Context, kind, name string, body []byte) error {
	for _, text := range []string{kind, name} {
		if text == "" || len(text) > maxDocumentName || !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
			return fmt.Errorf("document %q of kind %q: the name is not 1 to %d bytes of text: %w", name, kind, maxDocumentName, catalogue.ErrValue)
		}
	}
	if len(body) > maxDocument {
		return fmt.Errorf("document %q of kind %q: %d bytes, at most %d: %w", name, kind, len(body), maxDocument, catalogue.ErrValue)
	}
	sql, args := `INSERT INTO twin.twin_document (kind, name, body) VALUES ($1, $2, $3)
		ON CONFLICT (kind, name) DO UPDATE SET body = EXCLUDED.body`, []any{pgx.QueryExecModeExec, kind, name, body}
	if body == nil {
		sql, args = `DELETE FROM twin.twin_document WHERE kind = $1 AND name = $2`, args[:3]
	}
	err := s.do(ctx, func(conn *pgxpool.Conn) error {
		_, err := conn.Exec(ctx, sql, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("document %q of kind %q: %w", name, kind, err)
	}
	return nil
}

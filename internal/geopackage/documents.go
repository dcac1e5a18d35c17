package geopackage

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/hanoitwin/hanoitwin/internal/geopackage/lite"
	"github.com/hanoitwin/hanoitwin/internal/geopackage/schema"
)

const (
	maxDocument     = 64 << 10 // bytes of a body
	maxDocumentName = 200      // bytes of a kind and of a name
)

// Documents returns the records of a kind by name. They belong to no version.
func (s *Store) Documents(ctx context.Context, kind string) (map[string][]byte, error) {
	documents := map[string][]byte{}
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.ops.Done()
	c, err := s.acquire(ctx)
	if err != nil {
		return nil, lite.Explain(err)
	}
	defer s.release(c, false)
	state, err := schema.ReadState(ctx, c)
	if err == nil && state.Format >= schema.Format { // a file of before has none
		err = c.Each(ctx, "SELECT name, body FROM twin_documents WHERE kind = ?", []driver.Value{kind}, func(row []driver.Value) error {
			name, _ := row[0].(string)
			body, _ := row[1].([]byte)
			documents[name] = body
			return nil
		})
	}
	if err != nil {
		return nil, fmt.Errorf("documents of kind %q: %w", kind, lite.Explain(err))
	}
	return documents, nil
}

// PutDocument writes a record, durably; a nil body removes it. The error wraps
// ErrTooLarge when the body has more than 64 KiB or the kind or name more than
// 200 bytes.
func (s *Store) PutDocument(ctx context.Context, kind, name string, body []byte) error {
	if len(body) > maxDocument || len(kind) > maxDocumentName || len(name) > maxDocumentName {
		return fmt.Errorf("document of kind %.40q, %d bytes: %w", kind, len(body), ErrTooLarge)
	}
	err := s.alone(ctx, func(c *lite.Conn) error {
		if err := s.inPlace(); err != nil {
			return err
		}
		if body == nil {
			return c.Exec(context.WithoutCancel(ctx), "DELETE FROM twin_documents WHERE kind = ? AND name = ?", kind, name)
		}
		return c.Exec(context.WithoutCancel(ctx), "INSERT OR REPLACE INTO twin_documents (kind, name, body) VALUES (?, ?, ?)", kind, name, body)
	})
	if err != nil {
		return fmt.Errorf("document of kind %q: %w", kind, err)
	}
	return nil
}

package browser

import (
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

// onStores does a job on a server of its own over each store: what is kept, told
// and found must not depend on which it is.
func onStores(t *testing.T, job func(t *testing.T, s *server)) {
	t.Run("GeoPackage", func(t *testing.T) { job(t, own(t)) })
	t.Run("PostGIS", func(t *testing.T) { job(t, onPostGIS(t)) })
}

// onPostGIS starts the program with the seed data in a new database. The test is
// skipped, or fails in CI, where there is no PostGIS.
func onPostGIS(t *testing.T) *server {
	t.Helper()
	return start(t, pgtest.DSN(t))
}

package httpapi

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/logtest"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/snapshot/snapshottest"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// fixtureTime is what the clock of tested servers says for ever.
func fixtureTime() time.Time { return time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC) }

// source is a Source whose state the test sets. It keeps that one version.
type source struct {
	current atomic.Pointer[twin.State]
	lost    atomic.Pointer[time.Time]
	record  *record // older states, and histories; nil: there are none
}

func (s *source) set(snap *snapshot.Snapshot) {
	if snap == nil {
		s.current.Store(nil)
		return
	}
	s.current.Store(&twin.State{Snapshot: snap, At: fixtureTime(), Published: fixtureTime()})
}

func (s *source) State() *twin.State { return s.current.Load() }

func (s *source) At(v city.Version) (*twin.State, error) {
	if now := s.State(); now.Version() != v {
		return nil, &twin.GoneError{Asked: v, Oldest: now.Version(), Newest: now.Version()}
	}
	return s.State(), nil
}

func (s *source) AsOf(_ context.Context, at time.Time) (*twin.State, error) {
	if at.Before(s.State().At) {
		return nil, city.ErrHistoryGone
	}
	return s.State(), nil
}

func (s *source) Since(v city.Version) ([]*twin.State, <-chan struct{}, error) {
	return nil, make(chan struct{}), nil
}

func (s *source) Stale() (time.Time, bool) {
	if lost := s.lost.Load(); lost != nil {
		return *lost, true
	}
	return time.Time{}, false
}

func stringProperties(names ...string) []city.Property {
	var all []city.Property
	for _, name := range names {
		all = append(all, city.Property{Name: name, Type: city.KindString})
	}
	return all
}

func placesLayer() city.Layer {
	return city.Layer{
		ID: "places", Title: "Địa điểm", TitleEN: "Places", Geometry: city.GeometryPoint,
		Properties: append(stringProperties("code", "name", "status"),
			city.Property{Name: "lanes", Type: city.KindInteger},
			city.Property{Name: "open", Type: city.KindBoolean}),
		Key: "code", Attribution: "© OpenStreetMap contributors",
	}
}

func roadsLayer() city.Layer {
	return city.Layer{
		ID: "roads", Title: "Đường", TitleEN: "Roads", Geometry: city.GeometryLineString,
		Properties: stringProperties("name", "class", "status"),
		Tiles: city.TileRules{
			MinZoom: 14,
			Classes: []city.ZoomClass{{Property: "class", Values: []string{"trunk"}, MinZoom: 6}},
		},
		Attribution: "© OpenStreetMap contributors",
	}
}

func zonesLayer() city.Layer {
	return city.Layer{
		ID: "zones", Title: "Khu", TitleEN: "Zones", Geometry: city.GeometryPolygon,
		Properties: append(stringProperties("code", "name"), city.Property{Name: "area_ha", Type: city.KindNumber, Unit: "ha"}),
	}
}

func text(s string) city.Value { return city.String(s) }

func square(west, south, side float64) orb.Ring {
	east, north := west+side, south+side
	return orb.Ring{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}
}

// fixtures keeps the fixture of each version: a snapshot does not change, so that all
// tests may share it.
var fixtures sync.Map

// fixture is a city of three layers and an empty one.
func fixture(tb testing.TB, version city.Version) *snapshot.Snapshot {
	tb.Helper()
	if s, ok := fixtures.Load(version); ok {
		return s.(*snapshot.Snapshot)
	}
	s, _ := fixtures.LoadOrStore(version, buildFixture(tb, version))
	return s.(*snapshot.Snapshot)
}

func buildFixture(tb testing.TB, version city.Version) *snapshot.Snapshot {
	tb.Helper()
	return build(tb, version, map[city.LayerID][]city.Feature{
		"places": {
			{ID: 1, Geometry: orb.Point{105.8524, 21.0288}, Values: []city.Value{text("HK"), text("Hồ Hoàn Kiếm"), text("in_operation"), city.Null, city.Boolean(true)}},
			{ID: 2, Geometry: orb.Point{105.8412, 21.0021}, Values: []city.Value{text("NT/1"), text("Ngã tư Vọng"), text("in_operation"), city.Integer(6)}},
			{ID: 3, Geometry: orb.Point{105.8412, 20.9621}, Values: []city.Value{text("PV"), text(`Nút "Pháp Vân"`), text("planned")}},
			{ID: 4, Geometry: orb.Point{105.8600, 21.0288}, Values: []city.Value{text("17"), text("Cầu Chương Dương"), text("retired")}},
		},
		"roads": {
			{ID: 10, Geometry: orb.LineString{{105.84, 20.96}, {105.842, 21.003}, {105.85, 21.03}}, Values: []city.Value{text("Giải Phóng"), text("trunk"), text("in_operation")}},
			{ID: 11, Geometry: orb.LineString{{105.851, 21.0288}, {105.8535, 21.0287}}, Values: []city.Value{text("Tràng Tiền"), text("street")}},
		},
		"zones": {
			{ID: 7, Geometry: orb.Polygon{square(105.5, 21.0, 0.05), square(105.52, 21.02, 0.01)}, Values: []city.Value{text("HL"), text("Hòa Lạc"), city.Number(1586.5)}},
		},
	})
}

func build(tb testing.TB, version city.Version, features map[city.LayerID][]city.Feature) *snapshot.Snapshot {
	tb.Helper()
	return snapshottest.Build(tb, version, []city.Layer{placesLayer(), roadsLayer(), zonesLayer(), {ID: "empty", Geometry: city.GeometryAny}}, features)
}

// tested is a server over the fixture.
type tested struct {
	held
	source *source
	log    *logtest.Buffer
}

func newTested(tb testing.TB, config Config) *tested {
	tb.Helper()
	return newTestedOver(tb, config, fixture(tb, 42))
}

// newTestedOver is newTested over another city, nil for one that is not loaded.
func newTestedOver(tb testing.TB, config Config, state *snapshot.Snapshot) *tested {
	tb.Helper()
	t := &tested{source: &source{}, log: &logtest.Buffer{}}
	t.source.set(state)
	var err error
	t.tb = tb
	t.Server, err = newServer(config, t.source, slog.New(slog.NewTextHandler(t.log, nil)), fixtureTime)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(t.Close)
	return t
}

// get asks the server; headers are pairs of name and value.
func (t *tested) get(target string, headers ...string) *http.Response {
	return t.ask(http.MethodGet, target, headers...)
}

func (t *tested) ask(method, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		if headers[i] == "Peer" {
			r.RemoteAddr = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	return t.answer(r)
}

func (t *tested) answer(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	t.ServeHTTP(w, r)
	return w.Result()
}

// requestOf parses a target as net/http does when it reads a request.
func requestOf(target string) (*http.Request, error) {
	return http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n")))
}

// body reads an answer, decompressed.
func body(tb testing.TB, res *http.Response) []byte {
	tb.Helper()
	plain, err := decompressed(res)
	if err != nil {
		tb.Fatal(err)
	}
	return plain
}

func decompressed(res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	switch c := res.Header.Get("Content-Encoding"); c {
	case "":
		return io.ReadAll(res.Body)
	case "gzip":
		r, err := gzip.NewReader(res.Body)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	case "zstd":
		r, err := zstd.NewReader(res.Body)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	default:
		return nil, fmt.Errorf("unknown coding %q", c)
	}
}

package check_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/check"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

func TestEmptyStore(t *testing.T) {
	report := run(t, &store{})
	if len(report.Rows) != 0 || !report.OK() || len(report.Summary.Checks) != len(check.Checks()) {
		t.Errorf("an empty store gives %+v", report)
	}
	var got bytes.Buffer
	if err := report.WriteTable(&got); err != nil {
		t.Fatal(err)
	}
	if want := "0 layers, 0 features: 0 errors, 0 warnings, 0 notes\n"; got.String() != want {
		t.Errorf("table %q, want %q", got.String(), want)
	}
}

// TestStoreWithoutReferences: layers of users need neither rings nor outline.
func TestStoreWithoutReferences(t *testing.T) {
	s := seedStore(t)
	s.layers = []city.Layer{*s.layer(t, "intersections")} // they name rings
	if report := run(t, s); !report.OK() || report.Summary.Warnings != 0 {
		t.Errorf("intersections alone give %+v", report.Rows)
	}
}

func TestMaxRows(t *testing.T) {
	s := seedStore(t)
	for _, f := range s.features["wards"] {
		f.Geometry = nil
	}
	for _, c := range []struct{ max, rows int }{{0, 51}, {3, 4}, {126, 126}, {-1, 126}} {
		report, err := check.Run(context.Background(), s, check.Options{Today: today, MaxRows: c.max})
		if err != nil {
			t.Fatal(err)
		}
		rows, last := 0, check.Row{}
		for _, r := range report.Rows {
			if r.Check == check.GeometryValid {
				rows, last = rows+1, r
			}
		}
		if rows != c.rows || report.Summary.Errors != 126 {
			t.Errorf("MaxRows %d: %d rows and %d errors, want %d and 126", c.max, rows, report.Summary.Errors, c.rows)
		}
		if want := fmt.Sprintf("… and %d more", 126-(c.rows-1)); c.rows < 126 && last.Message != want {
			t.Errorf("MaxRows %d: last row %q, want %q", c.max, last.Message, want)
		}
	}
}

func TestReportIsJSON(t *testing.T) {
	s := seedStore(t)
	s.set(t, "roads", "QL5", "status", city.Null)
	report := run(t, s)
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	var back check.Report
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(back) != fmt.Sprint(report) {
		t.Errorf("the report changes on the way through JSON:\n%v\n%v", back, report)
	}
}

// failing is a store whose reading fails.
type failing struct {
	*store
	err error
}

func (f failing) Features(context.Context, city.LayerID, func(*city.Feature) error) error {
	return f.err
}

func TestReadingFails(t *testing.T) {
	broken := errors.New("disk gone")
	if _, err := check.Run(context.Background(), failing{seedStore(t), broken}, check.Options{}); !errors.Is(err, broken) {
		t.Errorf("Run = %v, want the error of the store", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := check.Run(ctx, replicas(seedStore(t), 2000), check.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want context.Canceled", err)
	}
}

// replicas adds a synthetic layer of n roads of six vertices, and one of n
// points that name rings, around Hanoi.
func replicas(s *store, n int) *store {
	rng := rand.New(rand.NewPCG(1, 2))
	place := func() orb.Point { return orb.Point{105.3 + 0.7*rng.Float64(), 20.6 + 0.8*rng.Float64()} }
	props := []city.Property{
		{Name: "code", Type: city.KindString}, {Name: "name", Type: city.KindString},
		{Name: "ring", Type: city.KindString}, {Name: "status", Type: city.KindString}, {Name: "accuracy_m", Type: city.KindNumber},
	}
	for _, id := range []city.LayerID{"many_roads", "many_points"} {
		features := make([]*city.Feature, n)
		for i := range features {
			f := &city.Feature{ID: int64(i + 1), Values: []city.Value{
				city.String(fmt.Sprintf("%s-%d", id, i)), city.String("Đường Giải Phóng"), city.Null,
				city.String("in_operation"), city.Number(25),
			}}
			p := place()
			f.Geometry = p
			if id == "many_roads" {
				line := orb.LineString{p}
				for range 5 {
					p = orb.Point{p[0] + 0.001*rng.Float64(), p[1] + 0.001*rng.Float64()}
					line = append(line, p)
				}
				f.Geometry = line
			} else {
				f.Values[2] = city.String("VD3")
			}
			features[i] = f
		}
		s.layers = append(s.layers, city.Layer{ID: id, Title: "t", TitleEN: "t", Geometry: city.GeometryAny, Properties: props, Key: "code"})
		s.features[id] = features
	}
	return s
}

// BenchmarkRun holds the seed, 50,000 roads and 50,000 points that name a ring
// against all checks.
func BenchmarkRun(b *testing.B) {
	s := replicas(seedStore(b), 50_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := check.Run(context.Background(), s, check.Options{Today: today}); err != nil {
			b.Fatal(err)
		}
	}
}

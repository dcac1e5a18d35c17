package postgis_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/catalogue"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

func putLayer(t testing.TB, s *postgis.Store, layer city.Layer) city.Version {
	t.Helper()
	v, err := s.Write(t.Context(), "layer", func(w postgis.Writer) error { return w.PutLayer(t.Context(), layer) })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// eventually waits for a query that must become true.
func eventually(t *testing.T, db *pgtest.DB, what, sql string, args ...any) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var yes bool
		if db.QueryRow(sql, args...).Scan(&yes); yes {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still not: %s", what)
		}
	}
}

// TestManyWritersLeaveConnections lets more writers wait than there are
// connections, and the one whose turn it is read.
func TestManyWritersLeaveConnections(t *testing.T) {
	s, err := postgis.Open(t.Context(), pgtest.DSN(t), postgis.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	first := putLayer(t, s, stops())
	errs := make([]error, 6)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			_, errs[i] = s.Write(t.Context(), "reads", func(w postgis.Writer) error {
				f := stop(0, fmt.Sprint("W", i))
				return errors.Join(w.Put(t.Context(), "stops", &f), s.Read(t.Context(), func(postgis.Reader) error { return nil }))
			})
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if got := version(t, s); got != first+6 {
		t.Errorf("version %d, want %d", got, first+6)
	}
}

// TestTwoServersWrite writes through two stores on one database at once: each
// Write gets a version of its own.
func TestTwoServersWrite(t *testing.T) {
	dsn := pgtest.DSN(t)
	stores := []*postgis.Store{open(t, dsn), open(t, dsn)}
	first := putLayer(t, stores[0], stops())
	const each = 15
	versions := make([][]city.Version, 2)
	var all sync.WaitGroup
	for i, s := range stores {
		all.Go(func() {
			for n := range each {
				f := stop(0, fmt.Sprint(i, "/", n))
				v, err := s.Write(t.Context(), "turn", func(w postgis.Writer) error { return w.Put(t.Context(), "stops", &f) })
				if err != nil {
					t.Error(err)
				}
				versions[i] = append(versions[i], v)
			}
		})
	}
	all.Wait()
	got := slices.Sorted(slices.Values(slices.Concat(versions...)))
	for i, v := range got {
		if v != first+1+city.Version(i) {
			t.Fatalf("versions %v after %d", got, first)
		}
	}
}

// TestKilledHalfWay kills a process in the middle of a Write, after its rows
// reached the server.
func TestKilledHalfWay(t *testing.T) {
	if dsn := os.Getenv("POSTGIS_TEST_KILLED"); dsn != "" {
		writeAndWait(t, dsn)
		return
	}
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(0, "A"))
	before := version(t, s)
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledHalfWay$")
	cmd.Env = append(os.Environ(), "POSTGIS_TEST_KILLED="+db.DSN())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	err = errors.Join(err, cmd.Process.Kill())
	cmd.Wait() // an error, for it was killed
	if err != nil || line != "halfway\n" {
		t.Fatalf("child said %q: %v", line, err)
	}
	if got := version(t, s); got != before {
		t.Errorf("version %d, want %d", got, before)
	}
	if fs := features(t, s, "stops"); len(fs) != 1 {
		t.Errorf("%d features, want 1", len(fs))
	}
	// The dead writer's turn is over.
	if got := put(t, s, stop(0, "A"), stop(0, "B")); got != (city.Tally{Created: 1, Unchanged: 1}) {
		t.Errorf("tally %+v", got)
	}
	if fs := features(t, s, "stops"); fs[1].ID != 2 {
		t.Errorf("the next id is %d: the dead writer used some up", fs[1].ID)
	}
}

func writeAndWait(t *testing.T, dsn string) {
	s := open(t, dsn)
	_, err := s.Write(t.Context(), "never", func(w postgis.Writer) error {
		for i := range 1000 {
			f := stop(0, fmt.Sprint("killed ", i))
			if err := w.Put(t.Context(), "stops", &f); err != nil {
				return err
			}
		}
		if _, err := w.Tally(t.Context()); err != nil {
			return err
		}
		os.Stdout.WriteString("halfway\n")
		<-t.Context().Done() // never: the parent kills us
		return nil
	})
	t.Fatal(err)
}

// TestRefused puts what PostgreSQL could not keep; the error says what and why.
func TestRefused(t *testing.T) {
	t.Parallel()
	s := open(t, pgtest.DSN(t))
	put(t, s)
	nul, latin, line, future := stop(0, "A\x00B"), stop(0, "Hu\xea"), stop(0, "A"), stop(0, "A")
	line.Geometry = orb.LineString{{1, 2}, {3, 4}}
	future.Values[1] = city.Date(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	for part, f := range map[string]city.Feature{
		`"code": text with NUL or invalid UTF-8`: nul, `"code": text with NUL`: latin,
		"a LineString in a layer of Point": line, `"name" is a string, not a date`: future,
	} {
		_, err := s.Write(t.Context(), "bad", func(w postgis.Writer) error { return w.Put(t.Context(), "stops", &f) })
		if !errors.Is(err, catalogue.ErrValue) || !strings.Contains(fmt.Sprint(err), part) {
			t.Errorf("error %v, want %q", err, part)
		}
	}
}

// model does what twin.Writer.Put says, one feature after the other.
type model struct {
	rows []city.Feature
	last int64
}

func (m *model) put(f city.Feature) {
	key := f.Value(0)
	at := slices.IndexFunc(m.rows, func(r city.Feature) bool {
		if key.IsNull() {
			return f.ID != 0 && r.ID == f.ID
		}
		return r.Value(0) == key
	})
	if at >= 0 {
		f.ID = m.rows[at].ID
		m.rows[at] = f
		return
	}
	if f.ID == 0 || slices.ContainsFunc(m.rows, func(r city.Feature) bool { return r.ID == f.ID }) {
		f.ID = m.last + 1
	}
	m.last = max(m.last, f.ID)
	m.rows = append(m.rows, f)
}

// TestMergeIsPutOneByOne holds the merging by sets against the model on random
// puts: keys and ids that repeat, collide and lack. In one transaction no keyed
// and keyless put ask for the same new id, which is the one case that differs.
func TestMergeIsPutOneByOne(t *testing.T) {
	t.Parallel()
	const seed = 23
	r := rand.New(rand.NewPCG(seed, 0))
	s := open(t, pgtest.DSN(t))
	var m model
	for round := range 40 {
		var batch []city.Feature
		keyedIDs := round%2 == 0 // else explicit ids belong to the keyless
		for n := r.IntN(12); n >= 0; n-- {
			f := stop(0, fmt.Sprint("K", r.IntN(25)))
			f.Values[1] = city.String(fmt.Sprint(r.IntN(3)))
			keyless := r.IntN(3) == 0
			if keyless {
				f.Values[0] = city.Null
			}
			if keyless != keyedIDs && r.IntN(2) == 0 {
				f.ID = int64(1 + r.IntN(60))
			}
			batch = append(batch, f)
			m.put(f)
		}
		put(t, s, batch...)
		want := slices.Clone(m.rows)
		slices.SortFunc(want, func(a, b city.Feature) int { return int(a.ID - b.ID) })
		if got := features(t, s, "stops"); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, round %d: after %v\n got %v\nwant %v", seed, round, batch, got, want)
		}
		before := version(t, s)
		put(t, s, batch[len(batch)-1])
		if after := version(t, s); batch[len(batch)-1].Value(0).IsNull() == false && after != before {
			t.Fatalf("seed %d, round %d: the last put again is version %d after %d", seed, round, after, before)
		}
		if f := batch[len(batch)-1]; f.Value(0).IsNull() {
			m.put(f)
		}
	}
}

// TestOddNames has layers and properties whose names clash with columns of ours
// and of PostgreSQL, at creation and later.
func TestOddNames(t *testing.T) {
	t.Parallel()
	s := open(t, pgtest.DSN(t))
	layer := city.Layer{ID: "user", Geometry: city.GeometryPoint, Key: "ID"}
	f := city.Feature{ID: 5, Geometry: orb.Point{105.8, 21}}
	for _, batch := range [][]string{{"id", "ID_", "xmin", "geom"}, {"geom_", "tableoid", `back\slash`, "it's", "id_x", "order by 1; --"}} {
		for _, name := range batch {
			layer.Properties = append(layer.Properties, city.Property{Name: name, Type: city.KindString})
			f.Values = append(f.Values, city.String(name+"!"))
		}
		layer.Key = "id"
		putLayer(t, s, layer)
		for range 2 {
			_, err := s.Write(t.Context(), "odd", func(w postgis.Writer) error { return w.Put(t.Context(), "user", &f) })
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := features(t, s, "user"); len(got) != 1 || !reflect.DeepEqual(got[0], f) {
			t.Errorf("features %v, want %v", got, f)
		}
	}
}

// TestDurable writes to databases that are set up to answer before a commit is
// durable, and to others.
func TestDurable(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	put(t, open(t, db.DSN()), stop(1, "A"))
	db.Exec(`CREATE TABLE public.noted (setting text);
		CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS
			'BEGIN INSERT INTO public.noted VALUES (current_setting(''synchronous_commit'')); RETURN NULL; END';
		CREATE TRIGGER note AFTER UPDATE ON twin.stops EXECUTE FUNCTION public.note()`)
	var name string
	db.QueryRow(`SELECT current_database()`).Scan(&name)
	for setting, want := range map[string]string{"off": "on", "on": "on", "local": "local", "remote_apply": "remote_apply"} {
		db.Exec(`TRUNCATE public.noted; ALTER DATABASE ` + name + ` SET synchronous_commit = ` + setting)
		s := open(t, db.DSN())
		f := stop(1, "A")
		f.Values[1] = city.String(setting)
		put(t, s, f)
		var got string
		db.QueryRow(`SELECT DISTINCT setting FROM public.noted`).Scan(&got)
		if got != want {
			t.Errorf("with synchronous_commit = %s writes commit with %s, want %s", setting, got, want)
		}
	}
}

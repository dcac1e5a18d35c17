package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
)

func wantChanges(t *testing.T, s *postgis.Store, after city.Version, want ...string) {
	t.Helper()
	if got := changes(t, s, after); !slices.Equal(got, want) {
		t.Errorf("changes\n got %q\nwant %q", got, want)
	}
}

// TestCommitOrder lets transactions commit in the other order than they began,
// in every isolation level, and lets the one that began first change what the
// other committed meanwhile: the order is that of the commits, and what was
// before fits.
func TestCommitOrder(t *testing.T) {
	for _, level := range []string{"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"} {
		t.Run(level, func(t *testing.T) {
			dsn := pgtest.DSN(t)
			s := open(t, dsn)
			put(t, s, stop(1, "A"), stop(2, "B"), stop(3, "C"))
			v := version(t, s)
			first, second := pgtest.Connect(t, dsn), pgtest.Connect(t, dsn)
			// Reading the whole table would be a conflict of their own.
			first.Exec(`SET enable_seqscan = off`)
			second.Exec(`SET enable_seqscan = off`)
			first.Exec(`BEGIN ISOLATION LEVEL ` + level + `; UPDATE twin.stops SET name = 'first' WHERE id = 1`)
			second.Exec(`BEGIN ISOLATION LEVEL ` + level + `; UPDATE twin.stops SET name = 'second' WHERE id = 2`)
			wantChanges(t, s, v)
			second.Exec(`COMMIT`)
			const later = "1: stops/2 Bến xe Mỹ Đình>second"
			wantChanges(t, s, v, later)
			if level == "READ COMMITTED" { // the others would be refused, rightly
				first.Exec(`UPDATE twin.stops SET name = name || ', then first' WHERE id = 2`)
			}
			// A third one that comes and goes leaves a gap in the places, none in
			// the versions.
			second.Exec(`BEGIN; UPDATE twin.stops SET name = 'third' WHERE id = 3; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK`)
			first.Exec(`COMMIT`)
			want := "2: stops/1 Bến xe Mỹ Đình>first"
			if level == "READ COMMITTED" {
				want += " stops/2 second>second, then first"
			}
			wantChanges(t, s, v, later, want)
			wantChanges(t, s, v+1, "1"+want[1:])
			second.Exec(`UPDATE twin.stops SET name = 'last' WHERE id = 3`)
			wantChanges(t, s, v+2, "1: stops/3 Bến xe Mỹ Đình>last")
			if got := version(t, s); got != v+3 {
				t.Errorf("version %d, want %d", got, v+3)
			}
		})
	}
}

// TestReversedCommits commits transactions in exactly the other order than they
// began, each of which changes what the one before it has committed.
func TestReversedCommits(t *testing.T) {
	const n = 5
	dsn := pgtest.DSN(t)
	s := open(t, dsn)
	var all []city.Feature
	for id := range int64(n + 1) {
		f := stop(id+1, fmt.Sprint("K", id))
		f.Values[1] = city.String("0")
		all = append(all, f)
	}
	put(t, s, all...)
	first := version(t, s)
	editors := make([]*pgtest.DB, n)
	for i := range editors {
		editors[i] = pgtest.Connect(t, dsn)
		editors[i].Exec(`BEGIN`)
		editors[i].Exec(`UPDATE twin.stops SET name = 'own' WHERE id = $1`, i+2)
	}
	var want, states []string
	for i := n - 1; i >= 0; i-- {
		editors[i].Exec(`UPDATE twin.stops SET name = name || $1::text WHERE id = 1`, fmt.Sprint(i))
		editors[i].Exec(`COMMIT`)
		before := "0"
		if len(states) > 0 {
			before = states[len(states)-1]
		}
		states = append(states, before+fmt.Sprint(i))
		want = append(want, fmt.Sprintf("%d: stops/1 %s>%s%d stops/%d 0>own", len(want)+1, before, before, i, i+2))
	}
	wantChanges(t, s, first, want...)
	err := s.Read(t.Context(), func(r postgis.Reader) error {
		history, err := r.History(t.Context(), "stops", 1, first, 99)
		var told []string
		for i, state := range history {
			if state.Version != first+1+city.Version(i) {
				t.Errorf("state %d has version %d", i, state.Version)
			}
			told = append(told, nameOf(state.Feature))
		}
		if !slices.Equal(told, states) {
			t.Errorf("history %q, want %q", told, states)
		}
		for i := range n {
			errUndo := r.Undo(t.Context(), first+city.Version(i)+1, func(c *city.Change) error {
				if c.ID == 1 && nameOf(c.Feature) != states[i] {
					t.Errorf("undo of all but %d: %q, want %q", i+1, nameOf(c.Feature), states[i])
				}
				return nil
			})
			err = errors.Join(err, errUndo)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestVersionsWithoutRanks has change sets whose transactions could not see their
// rank, between others that could, and asks for every version by its number.
func TestVersionsWithoutRanks(t *testing.T) {
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	put(t, s, stop(1, "A"))
	v := version(t, s)
	const n = 12
	for i := range n {
		level := "REPEATABLE READ"
		if i%5 == 4 {
			level = "READ COMMITTED"
		}
		db.Exec(fmt.Sprintf(`BEGIN ISOLATION LEVEL %s; UPDATE twin.stops SET name = '%d'; COMMIT`, level, i))
	}
	for i := range n {
		lines := changes(t, s, v+city.Version(i))
		if len(lines) != n-i || !strings.HasSuffix(lines[0], fmt.Sprintf(">%d", i)) {
			t.Errorf("after %d: %q", i, lines)
		}
		err := s.Read(t.Context(), func(r postgis.Reader) error {
			sets, err := r.ChangeSets(t.Context(), v+city.Version(i), 1)
			if err != nil {
				return err
			}
			at, err := r.VersionAt(t.Context(), sets[0].At)
			if sets[0].Version != v+city.Version(i)+1 || at != sets[0].Version {
				t.Errorf("version %d is at %d", sets[0].Version, at)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestImmediateAndPrepared does to the order of commits what SQL can: asks for
// the place at once, and prepares for a two-phase commit.
func TestImmediateAndPrepared(t *testing.T) {
	dsn := pgtest.DSN(t)
	s := open(t, dsn)
	put(t, s, stop(1, "A"), stop(2, "B"))
	v := version(t, s)
	hasty, other, watch := pgtest.Connect(t, dsn), pgtest.Connect(t, dsn), pgtest.Connect(t, dsn)
	hasty.Exec(`BEGIN; UPDATE twin.stops SET name = 'x' WHERE id = 1; SET CONSTRAINTS ALL IMMEDIATE; UPDATE twin.stops SET name = 'y' WHERE id = 1`)
	done := make(chan error, 1)
	go func() {
		_, err := s.Write(t.Context(), "waits", func(w postgis.Writer) error {
			f := stop(2, "C")
			_, err := w.Save(t.Context(), "stops", &f)
			return err
		})
		done <- err
	}()
	eventually(t, watch, "the commit waits", `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)`)
	hasty.Exec(`COMMIT`)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantChanges(t, s, v, "1: stops/1 Bến xe Mỹ Đình>y", "2: stops/2 Bến xe Mỹ Đình>Bến xe Mỹ Đình")

	// PostgreSQL refuses it, and nobody waits for what will never be committed.
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), `BEGIN; UPDATE twin.stops SET name = 'z'; PREPARE TRANSACTION 'edit'`)
	if err == nil || !strings.Contains(err.Error(), "NOTIFY") {
		t.Errorf("PREPARE TRANSACTION: %v", err)
	}
	other.Exec(`UPDATE twin.stops SET name = 'w' WHERE id = 1`)
	wantChanges(t, s, v+2, "1: stops/1 y>w")
}

// TestManyEditors lets many connections edit the same features at once, in
// transactions that overlap at random and commit, roll back or fail, and follows
// them as a server does. Every commit arrives, once, whole, and each fits to the
// state that those before it led to.
func TestManyEditors(t *testing.T) {
	const editors, edits, features = 8, 25, 12
	dsn := pgtest.DSN(t)
	s := open(t, dsn)
	var all []city.Feature
	for id := range int64(features) {
		all = append(all, stop(id+1, fmt.Sprint("K", id)))
	}
	put(t, s, all...)
	first := version(t, s)
	committed := make([]map[string][]int64, editors) // what each did: message, ids
	var busy sync.WaitGroup
	for i := range editors {
		committed[i] = map[string][]int64{}
		e := &editor{t: t, dsn: dsn, name: fmt.Sprint("E", i), r: rand.New(rand.NewPCG(99, uint64(i))), features: features}
		busy.Go(func() { e.edit(edits, committed[i]) })
	}
	ctx, stopFollowing := context.WithCancel(t.Context())
	f := &follower{t: t, s: s, now: map[int64]string{}, version: first, seen: map[string][]int64{}}
	for i := range all {
		f.now[all[i].ID] = nameOf(&all[i])
	}
	following := make(chan struct{})
	go func() {
		defer close(following)
		for s.Await(ctx, f.version) == nil {
			f.follow()
		}
	}()
	busy.Wait()
	stopFollowing()
	<-following
	f.follow()
	want := map[string][]int64{}
	for _, mine := range committed {
		for message, ids := range mine {
			want[message] = ids
		}
	}
	for message, ids := range want {
		if !slices.Equal(f.seen[message], ids) {
			t.Errorf("%s changed %v, told as %v", message, ids, f.seen[message])
		}
	}
	if len(f.seen) != len(want) || int(f.version-first) != len(want) {
		t.Errorf("%d change sets told, %d versions, %d commits", len(f.seen), f.version-first, len(want))
	}
	for _, feature := range featuresOf(t, s) {
		if f.now[feature.ID] != nameOf(&feature) {
			t.Errorf("feature %d is %q, followed to %q", feature.ID, nameOf(&feature), f.now[feature.ID])
		}
	}
	t.Logf("%d commits by %d editors", len(want), editors)
}

func featuresOf(t *testing.T, s *postgis.Store) []city.Feature { return features(t, s, "stops") }

// editor edits by SQL on a connection of its own.
type editor struct {
	t        *testing.T
	dsn      string
	name     string
	r        *rand.Rand
	features int
}

func (e *editor) edit(n int, committed map[string][]int64) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, e.dsn)
	if err == nil {
		_, err = conn.Exec(ctx, `SET enable_seqscan = off`) // else every two SERIALIZABLE ones conflict
	}
	if err != nil {
		e.t.Error(err)
		return
	}
	defer conn.Close(ctx)
	levels := []pgx.TxIsoLevel{pgx.ReadCommitted, pgx.RepeatableRead, pgx.Serializable}
	for i := range n {
		message := fmt.Sprint(e.name, "/", i)
		ids := e.r.Perm(e.features)[:1+e.r.IntN(3)]
		err := pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: levels[e.r.IntN(len(levels))]}, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `SELECT set_config('twin.message', $1, true)`, message); err != nil {
				return err
			}
			for _, id := range ids {
				// Sometimes twice, the first time in vain.
				for range 1 + e.r.IntN(2) {
					_, err := tx.Exec(ctx, `UPDATE twin.stops SET name = $1 WHERE id = $2`, fmt.Sprint(message, "#", e.r.Int()), id+1)
					if err != nil {
						return err
					}
				}
			}
			if e.r.IntN(8) == 0 {
				return errRollback
			}
			return nil
		})
		var pg *pgconn.PgError
		switch {
		case err == nil:
			var sorted []int64
			for _, id := range ids {
				sorted = append(sorted, int64(id)+1)
			}
			slices.Sort(sorted)
			committed[message] = sorted
		case errors.Is(err, errRollback):
		case errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01"):
		default:
			e.t.Errorf("%s: %v", message, err)
		}
	}
}

var errRollback = errors.New("rolled back on purpose")

// follower applies changes to what it knows.
type follower struct {
	t       *testing.T
	s       *postgis.Store
	now     map[int64]string
	version city.Version
	seen    map[string][]int64
}

func (f *follower) follow() {
	err := f.s.Read(context.Background(), func(r postgis.Reader) error {
		sets, err := r.Changes(context.Background(), f.version, 10_000)
		for _, c := range sets {
			if f.version++; c.Version != f.version {
				f.t.Errorf("version %d after %d", c.Version, f.version-1)
			}
			if f.seen[c.Message] != nil {
				f.t.Errorf("%s is told twice", c.Message)
			}
			for _, v := range c.Revisions {
				if nameOf(v.Before) != f.now[v.ID] {
					f.t.Errorf("version %d: feature %d was %q before, told as %q", c.Version, v.ID, f.now[v.ID], nameOf(v.Before))
				}
				if message, _, _ := strings.Cut(nameOf(v.After), "#"); message != c.Message {
					f.t.Errorf("version %d: %s made feature %d %q", c.Version, c.Message, v.ID, nameOf(v.After))
				}
				f.now[v.ID] = nameOf(v.After)
				f.seen[c.Message] = append(f.seen[c.Message], v.ID)
			}
		}
		if f.version != r.Version() {
			f.t.Errorf("changes lead to %d, the state is %d", f.version, r.Version())
		}
		return err
	})
	if err != nil {
		f.t.Error(err)
	}
}

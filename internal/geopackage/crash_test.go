package geopackage

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/rounds"
)

// ledgers are two layers that each change set edits alike.
func ledgers() []city.Layer {
	var layers []city.Layer
	for _, id := range []city.LayerID{"left", "right"} {
		layers = append(layers, city.Layer{ID: id, Geometry: city.GeometryPoint, Key: "code", Properties: []city.Property{
			{Name: "code", Type: city.KindString}, {Name: "n", Type: city.KindInteger}, {Name: "text", Type: city.KindString}}})
	}
	return layers
}

// diligent writes change sets in a loop and says the number of each that is
// acknowledged, until it is killed. The n-th sets the feature 1 of both layers to
// n, adds the feature n + 1 to both, and removes an old one.
func diligent(path string) error {
	ctx, cancel := contextOfVictim()
	defer cancel()
	s, err := Open(ctx, path, Options{})
	if err != nil {
		return err
	}
	n := int64(0)
	err = s.Read(ctx, func(r Reader) error { n = int64(r.Version()) - 1; return nil })
	for err == nil {
		n++
		_, err = s.Write(ctx, fmt.Sprint(n), func(w Writer) error {
			for _, layer := range []city.LayerID{"left", "right"} {
				for _, f := range []city.Feature{entry(1, n), entry(n+1, n)} {
					if _, err := w.Save(ctx, layer, &f); err != nil {
						return err
					}
				}
				if n > 20 {
					if err := w.Delete(ctx, layer, n-19); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err == nil {
			fmt.Println(n)
			if err = s.PutDocument(ctx, "last", "n", []byte(fmt.Sprint(n))); err == nil {
				fmt.Println("document", n)
			}
		}
	}
	return err
}

func entry(id, n int64) city.Feature {
	return city.Feature{ID: id, Geometry: orb.Point{105 + float64(n%100)/100, 21}, Values: []city.Value{
		city.String(fmt.Sprint("E", id)), city.Integer(n), city.String(strings.Repeat("sổ ", int(n*37%900)))}}
}

// TestKilledAtRandom kills a process that writes, a hundred times (a quarter of that
// with the race detector) at random moments: what was acknowledged is there, whole, and nothing is half there.
func TestKilledAtRandom(t *testing.T) {
	kills := rounds.Of(100)
	path := filepath.Join(t.TempDir(), "hanoi.gpkg")
	s := mustOpen(t, path)
	if _, err := s.Write(t.Context(), "layers", func(w Writer) error {
		return errors.Join(w.PutLayer(t.Context(), ledgers()[0]), w.PutLayer(t.Context(), ledgers()[1]))
	}); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)
	r := rand.New(rand.NewPCG(rounds.Seed(t), 0))
	var said word
	between := 0
	for kill := range kills {
		killWhileWriting(t, path, r, &said)
		present := checkLedgers(t, path, said)
		if t.Failed() {
			t.Fatalf("after kill %d", kill)
		}
		if present > said.set {
			between++ // killed after the commit, before the word of it
		}
		said.set = present
	}
	t.Logf("%d kills, %d change sets, %d kills between commit and word", kills, said.set, between)
	wantSound(t, path)
}

// word is what the process has acknowledged: its last change set and document.
type word struct{ set, document int64 }

func (w *word) hear(t *testing.T, line string) {
	t.Helper()
	text, isDocument := strings.CutPrefix(line, "document ")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatalf("the process says %q", line)
	}
	if isDocument {
		w.document = n
	} else {
		w.set = n
	}
}

func killWhileWriting(t *testing.T, path string, r *rand.Rand, said *word) {
	t.Helper()
	cmd, stdout := startVictim(t, killedOften, path)
	lines := bufio.NewScanner(stdout)
	for range 1 + r.IntN(8) {
		if !lines.Scan() {
			break
		}
		said.hear(t, lines.Text())
	}
	// Not at the same point of each change set.
	<-time.After(time.Duration(r.IntN(3000)) * time.Microsecond)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		said.hear(t, lines.Text())
	}
	_ = cmd.Wait() // reports the kill
}

// checkLedgers returns the number of the last change set, of which all must be
// there.
func checkLedgers(t *testing.T, path string, said word) (n int64) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, s)
	w, v := worldOf(t, s)
	n = int64(v) - 1
	if n < said.set {
		t.Errorf("change set %d was acknowledged, the last is %d", said.set, n)
	}
	for layer, features := range w {
		want := map[int64]*city.Feature{}
		for id := max(2, n-18); id <= n+1; id++ {
			f := entry(id, id-1)
			want[id] = &f
		}
		if n > 0 {
			f := entry(1, n)
			want[1] = &f
		}
		if d := diffWorlds(world{layer: want}, world{layer: features}); len(d) > 0 {
			t.Errorf("version %d: %q", v, d)
		}
	}
	documents, err := s.Documents(t.Context(), "last")
	if err != nil {
		t.Fatal(err)
	}
	if d, err := strconv.ParseInt(string(documents["n"]), 10, 64); said.document > 0 && (err != nil || d < said.document || d > n) {
		t.Errorf("document %d at change set %d, %d was acknowledged: %v", d, n, said.document, err)
	}
	err = s.Read(t.Context(), func(r Reader) error {
		sets, err := r.ChangeSets(t.Context(), 1, 1_000_000)
		if int64(len(sets)) != n {
			t.Errorf("%d change sets, want %d", len(sets), n)
		}
		for i, set := range sets {
			if set.Message != fmt.Sprint(i+1) {
				t.Errorf("change set %d says %q", i+1, set.Message)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

package postgis_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/postgis/pgtest"
	"github.com/hanoitwin/hanoitwin/internal/rounds"
)

const killedWriter = "POSTGIS_TEST_KILLED_WRITER"

// TestKilledWhileWriting kills a process that writes, without warning and at a
// random moment, a hundred times (a quarter with the race detector): every change set that it had acknowledged is
// there, whole, under the version that it told; none is half there.
func TestKilledWhileWriting(t *testing.T) {
	if dsn := os.Getenv(killedWriter); dsn != "" {
		writeUntilKilled(t, dsn)
		return
	}
	t.Parallel()
	const atOnce = 4
	victims := rounds.Of(100/atOnce) * atOnce
	seed := rounds.Seed(t)
	db := pgtest.Open(t)
	s := open(t, db.DSN())
	twoLayers(t, s)
	first := version(t, s)
	var mu sync.Mutex
	acknowledged := map[string]city.Version{}
	var all sync.WaitGroup
	for worker := range atOnce {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(worker)))
			for n := range victims / atOnce {
				told := killWriter(t, db.DSN(), fmt.Sprint(worker, ".", n), r)
				mu.Lock()
				for name, v := range told {
					acknowledged[name] = v
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	eventually(t, db, "the dead have left", `SELECT count(*) <= 1 FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = 'hanoitwin'`)
	got := pairs(t, s, first)
	for name, v := range acknowledged {
		if got[name] != v {
			t.Errorf("%s was acknowledged as version %d, is %d", name, v, got[name])
		}
	}
	// Each may have been killed between its commit and telling.
	if unheard := len(got) - len(acknowledged); unheard < 0 || unheard > victims || len(acknowledged) < victims {
		t.Errorf("%d change sets, %d acknowledged by %d victims", len(got), len(acknowledged), victims)
	}
	t.Logf("%d change sets, %d acknowledged by %d victims", len(got), len(acknowledged), victims)
}

// killWriter starts a writer, kills it after a few of its writes, and returns
// what it said.
func killWriter(t *testing.T, dsn, name string, r *rand.Rand) map[string]city.Version {
	told := map[string]city.Version{}
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWhileWriting$")
	cmd.Env = append(os.Environ(), killedWriter+"="+dsn, "NAME="+name)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Error(err)
		return nil
	}
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return nil
	}
	lines := bufio.NewScanner(out)
	for after := 1 + r.IntN(4); lines.Scan(); after-- {
		word, number, ok := strings.Cut(lines.Text(), " ")
		v, err := strconv.Atoi(number)
		if !ok || err != nil {
			t.Errorf("the victim said %q", lines.Text())
			break
		}
		told[word] = city.Version(v)
		if after == 0 {
			// The next write is under way; the moment is what is random here.
			time.Sleep(time.Duration(r.IntN(4000)) * time.Microsecond)
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	cmd.Wait() // an error, for it was killed
	return told
}

func writeUntilKilled(t *testing.T, dsn string) {
	s := open(t, dsn)
	for n := 0; ; n++ {
		name := fmt.Sprint(os.Getenv("NAME"), "/", n)
		v, err := writePair(t.Context(), s, name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(name, int64(v))
	}
}

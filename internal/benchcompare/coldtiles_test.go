//go:build compare

package benchcompare

import (
	"fmt"
	"os"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata/tilelist"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/wiretest"
)

// coldRounds is how often the whole list is asked for; the slowest contender
// takes half a minute each time.
const coldRounds = 3

// contender is a server that is asked for every tile of the list.
type contender struct {
	name, addr string
	requests   [][]byte
	took       []result
}

// compareTiles asks for every tile of the list, none of them cached: ours with
// everything in them and with the catalogue's zoom rules, and PostGIS's.
func compareTiles(t *testing.T, out *table, layers []layer, plain, ruled *snapshot.Snapshot) {
	list := tilelist.Read(t)
	requests := func(format string) [][]byte {
		var all [][]byte
		for _, tile := range list {
			all = append(all, request(fmt.Sprintf(format, tile)))
		}
		return all
	}
	ours, theirs := requests("/tiles/roads,intersections,wards,buildings/%s.mvt"), requests("/%s")
	r := newRival(t, layers)
	installed, tuned, projected := r.installed(t), r.tuned(t), r.projected(t)
	contenders := []*contender{
		{name: "all", addr: wiretest.Serve(t, newServer(t, plain, noCache)), requests: ours},
		{name: "rules", addr: wiretest.Serve(t, newServer(t, ruled, noCache)), requests: ours},
		{name: "PostGIS as installed", addr: wiretest.Serve(t, installed), requests: theirs},
		{name: "PostGIS without JIT, prepared", addr: wiretest.Serve(t, tuned), requests: theirs},
		{name: "the same, projected beforehand", addr: wiretest.Serve(t, projected), requests: theirs},
	}
	if program := os.Getenv(tegola); program != "" {
		for _, jit := range []string{"on", "off"} {
			contenders = append(contenders, &contender{
				name: "Tegola, JIT " + jit, addr: startTegola(t, program, r, layers, jit), requests: requests("/maps/hanoi/%s.pbf")})
		}
	}
	for n := range coldRounds + 1 {
		for _, c := range contenders {
			r := round(t, c.addr, c.requests, clients)
			if n > 0 { // the first round warms PostgreSQL's buffers and grows ours
				c.took = append(c.took, r)
			}
		}
	}
	coldRows(out, contenders)
	encode, compress := splitTile(t, plain, list)
	out.row("a cold tile: compression, and the rest", fmt.Sprintf("rest %s ms", ms(encode)), fmt.Sprintf("gzip level 1 %s ms", ms(compress)),
		fmt.Sprintf("%.0f %% is compression; rest %.2f ×", 100*float64(compress)/float64(encode+compress), float64(encode)/float64(compress)), "rest ≤ 1 ×")
}

// coldRows writes one row for each pair of ours, the first two, and theirs. The
// bars are those for PostGIS as it is installed.
func coldRows(out *table, contenders []*contender) {
	rate := func(r result) string {
		return fmt.Sprintf("%.0f tiles/s, p95 %s ms, %.1f MB", r.rate, ms(r.p95), float64(r.bytes)/1e6)
	}
	for i, c := range contenders[2:] {
		theirs := median(c.took)
		for j, what := range []string{"cold tiles over HTTP, everything in them", "the same with the catalogue's zoom rules"} {
			m, bar := median(contenders[j].took), ""
			if i == 0 {
				bar = []string{"≥ 25 ×, p95 ≤ 1/25", "≥ 100 ×"}[j]
			}
			out.row(what, rate(m), c.name+": "+rate(theirs),
				fmt.Sprintf("%.0f × rate, p95 1/%.0f", m.rate/theirs.rate, float64(theirs.p95)/float64(m.p95)), bar)
		}
	}
}

package twin

import (
	"fmt"
	"slices"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// State is one published version of the city with how it came from the one
// before. It never changes.
type State struct {
	Snapshot  *snapshot.Snapshot
	At        time.Time // when the store committed it
	Published time.Time // when this process published it
	// Since is the version of the state that this one came from: one less,
	// unless several versions were read at once.
	Since city.Version
	// Sets tell who, when and why, without revisions: one a version since Since.
	// The first state after a start has none.
	Sets []city.ChangeSet
	// Edits are the features that differ from the state before, by layer and id;
	// those of the layers in Whole are not told.
	Edits []snapshot.Edit
	// Whole names the layers that were made, redefined, removed or read anew:
	// everything in them may differ. Everything names all.
	Whole      []city.LayerID
	Everything bool
	// Rejected are the features of the store that cannot be served, as far as
	// they were seen since the last complete load.
	Rejected []snapshot.Rejected

	// bytes is the weight of a published state. It is looked at with each version,
	// for all that are kept, and so must not be worked out each time.
	bytes int64
}

// Version returns the version that s is.
func (s *State) Version() city.Version { return s.Snapshot.Version() }

// Touches tells whether s may differ from the state before in the layer as a
// whole, so that Edits does not say all.
func (s *State) Touches(layer city.LayerID) bool {
	return s.Everything || slices.Contains(s.Whole, layer)
}

// weight estimates the bytes that keeping s costs beside its successor: the
// nodes of the trees on the paths to what changed (measured: 7–16 kB a change
// at 100,000 and at 1,000,000 features), and layers that it alone has.
func (s *State) weight() int64 {
	const perEdit, perFeature, least = 12 << 10, 500, 1 << 10
	w := int64(least)
	for i := range s.Edits {
		if i < 64 { // further changes share most of their paths
			w += perEdit
		} else {
			w += 1 << 10
		}
	}
	for _, l := range s.Snapshot.Layers() {
		if s.Touches(l.ID()) {
			w += int64(l.Len()) * perFeature
		}
	}
	return w
}

// Retention bounds the versions that are kept in memory. Zero fields mean the
// defaults. The newest version is always kept.
type Retention struct {
	Versions int           // default 1,000
	For      time.Duration // default 24 h
	Bytes    int64         // an estimate of their memory; default 256 MiB
}

func (r Retention) withDefaults() Retention {
	if r.Versions == 0 {
		r.Versions = 1000
	}
	if r.For == 0 {
		r.For = 24 * time.Hour
	}
	if r.Bytes == 0 {
		r.Bytes = 256 << 20
	}
	return r
}

// Validate reports values out of range.
func (r Retention) Validate() error {
	if r.Versions < 0 || r.Versions > 1_000_000 || r.For < 0 || r.Bytes < 0 {
		return fmt.Errorf("keep %d versions for %s in %d bytes: out of range (0–1,000,000 versions, nothing negative)", r.Versions, r.For, r.Bytes)
	}
	return nil
}

// kept is the versions in memory, oldest first, at least one. It is immutable:
// publishing makes another.
type kept struct {
	states []*State
	next   chan struct{} // closed when there is a newer kept
}

func (k *kept) newest() *State { return k.states[len(k.states)-1] }

// with returns k with one state more and without those that r does not keep.
func (k *kept) with(s *State, r Retention) *kept {
	first := 0
	if n := len(k.states) + 1 - r.Versions; n > 0 {
		first = n
	}
	for first < len(k.states) && s.Published.Sub(k.states[first].Published) > r.For {
		first++
	}
	weight := int64(0)
	for i := len(k.states) - 1; i >= first; i-- {
		if weight += k.states[i].bytes; weight > r.Bytes {
			first = i + 1
		}
	}
	s.bytes = s.weight()
	states := make([]*State, 0, len(k.states)-first+1)
	states = append(append(states, k.states[first:]...), s)
	return &kept{states: states, next: make(chan struct{})}
}

// at returns the state of a version, or nil when it is not among those kept.
func (k *kept) at(v city.Version) *State {
	i, found := slices.BinarySearchFunc(k.states, v, compareVersion)
	if !found {
		return nil
	}
	return k.states[i]
}

func compareVersion(s *State, v city.Version) int {
	switch {
	case s.Version() < v:
		return -1
	case s.Version() > v:
		return 1
	default:
		return 0
	}
}

// GoneError says that a version is not kept any more, or was never published
// alone because it was read together with later ones.
type GoneError struct {
	Asked, Oldest, Newest city.Version
}

// Error names what is kept.
func (e *GoneError) Error() string {
	return fmt.Sprintf("version %d is not kept; the oldest is %d, the newest %d", e.Asked, e.Oldest, e.Newest)
}

// Unwrap lets errors.Is find city.ErrHistoryGone, and city.ErrNotFound for a
// version that does not exist yet.
func (e *GoneError) Unwrap() error {
	if e.Asked > e.Newest || e.Asked < 0 {
		return city.ErrNotFound
	}
	return city.ErrHistoryGone
}

// State returns the newest published state: one atomic load.
func (t *Twin) State() *State { return t.kept.Load().newest() }

// At returns the state of a version; a *GoneError when it is not kept.
func (t *Twin) At(v city.Version) (*State, error) {
	k := t.kept.Load()
	if s := k.at(v); s != nil {
		return s, nil
	}
	return nil, &GoneError{Asked: v, Oldest: k.states[0].Version(), Newest: k.newest().Version()}
}

// Oldest returns the oldest version that is kept.
func (t *Twin) Oldest() city.Version { return t.kept.Load().states[0].Version() }

// Since returns the states after version v, oldest first, and a channel that is
// closed when there are more. When the states do not reach back to v, so that
// changes would be missed, the error is a *GoneError, and the channel is good
// all the same. The slice must not be changed.
func (t *Twin) Since(v city.Version) ([]*State, <-chan struct{}, error) {
	k := t.kept.Load()
	// Most know the last version, or one of a moment ago.
	for i := len(k.states) - 1; i >= max(len(k.states)-4, 0); i-- {
		if k.states[i].Version() == v {
			return k.states[i+1:], k.next, nil
		}
	}
	i, found := slices.BinarySearchFunc(k.states, v, compareVersion)
	if found {
		return k.states[i+1:], k.next, nil
	}
	if i == 0 || i == len(k.states) || k.states[i].Since > v {
		return nil, k.next, &GoneError{Asked: v, Oldest: k.states[0].Version(), Newest: k.newest().Version()}
	}
	// v was read together with later versions: what is told of them includes
	// what changed before v, which does no harm.
	return k.states[i:], k.next, nil
}

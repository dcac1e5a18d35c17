package changes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/view"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// maxAttempts is how often a change that holds for a feature as it was read is
// planned anew when another was faster. Of n writers of one feature one gets
// through each time, so that this is about how many there may be.
const maxAttempts = 50

// written is what a change has come to.
type written struct {
	version city.Version
	ids     []int64 // of the features, in the order of the edits
	changed bool    // false when nothing differed, as far as can be told
}

// mayWriteSteps reports the first step that the client may not make. Layers that
// it may not see are for the planner not to find.
func (x request) mayWriteSteps(steps []edit.Step) error {
	if !x.Who.MayWriteSomething() {
		return problem.Forbidden(&x.Who, "write; that takes an editor")
	}
	for i := range steps {
		if l := x.View.Snapshot.Layer(steps[i].Layer); l != nil {
			if err := problem.MayWrite(&x.Who, l.Definition()); err != nil {
				return err
			}
		}
	}
	return nil
}

// commitSteps plans steps against the newest state and commits them, again when
// the state moved on meanwhile. It notes the version in the answer.
func (x request) commitSteps(ctx context.Context, message string, steps []edit.Step) (written, error) {
	var out written
	// refused is what is wrong with the steps in a state that is as new as the
	// store: no attempt will change that.
	var refused error
	attempts := 0
	err := x.changer.Retry(ctx, maxAttempts, func(*twin.State) error {
		attempts++
		x.View = x.views.Load(x.Who.Role)
		if err := x.mayWriteSteps(steps); err != nil {
			return err
		}
		changes, err := x.planner().Plan(ctx, steps)
		if err != nil && attempts > 1 {
			refused = err
			return nil
		}
		if err != nil {
			return err
		}
		return stepProblem(x.commit(ctx, &out, twin.Commit{Message: message, Edits: editsOf(changes)}), steps)
	})
	if err == nil {
		err = refused
	}
	return out, err
}

// planner checks steps against the state that the client sees.
func (x request) planner() *edit.Planner {
	p := &edit.Planner{Snapshot: x.View.Snapshot, Extent: edit.DefaultExtent(x.View.State.Snapshot), Limits: x.config.Limits, Matches: x.matchesItem}
	if x.Shown.Converter != nil {
		p.Coordinates = x.Shown.Converter
	}
	return p
}

// stepMistakes tells all that is wrong with steps some of which could not be read.
func (x request) stepMistakes(ctx context.Context, steps []edit.Step, read *edit.Mistakes) error {
	if err := x.mayWriteSteps(steps); err != nil {
		return err
	}
	return x.planner().Mistakes(ctx, steps, read)
}

// commit commits once. What is in the store is committed, also when the context
// ended before it was published here.
func (x request) commit(ctx context.Context, out *written, c twin.Commit) error {
	c.Author = x.Who.Name
	before := x.View.State.Version()
	version, ids, err := x.changer.Commit(ctx, c)
	if err != nil && version == 0 {
		return err
	}
	if err != nil {
		x.log.Warn("committed, but not yet published", "request_id", x.ID, "version", int64(version), "error", err)
	}
	*out = written{version: version, ids: ids, changed: version > before}
	x.SetVersion(version)
	return nil
}

func editsOf(changes []edit.Change) []twin.Edit {
	edits := make([]twin.Edit, len(changes))
	for i, c := range changes {
		edits[i] = twin.Edit{Layer: c.Layer, ID: c.ID, Feature: c.Is}
		if c.Exact {
			edits[i].Expect = c.Was
		}
	}
	return edits
}

// stepProblem turns the error of a commit into mistakes that point to the step
// that failed, where the client can do something about it.
func stepProblem(err error, steps []edit.Step) error {
	var failed *twin.EditError
	if !errors.As(err, &failed) || failed.Index >= len(steps) {
		return err
	}
	s := &steps[failed.Index]
	m := edit.Mistake{Pointer: s.At}
	switch {
	case errors.Is(err, city.ErrConflict):
		m.Kind, m.Detail = edit.Changed, "was changed by someone else meanwhile"
	case errors.Is(err, city.ErrTaken):
		m.Kind, m.Pointer, m.Detail = edit.Taken, s.BodyAt+"/properties", "has a code or key that belongs to another feature"
	case errors.Is(err, city.ErrNotFound):
		m.Kind, m.Detail = edit.Unknown, "is about a feature that is not there any more"
	default:
		return err
	}
	return &edit.Mistakes{List: []edit.Mistake{m}}
}

// at returns the view of a version that has just been committed, or nil when it
// was not published alone.
func (x request) at(v city.Version) *view.View {
	if now := x.views.Load(x.Who.Role); now.State.Version() == v {
		return now
	}
	state, err := x.changer.At(v)
	if err != nil {
		return nil
	}
	return x.views.Of(state, x.Who.Role)
}

// answerItem answers a change of one feature with the feature as it is in the
// version of the change, and its ETag as GET has it: the client can go on editing.
// When that version cannot be told alone, the answer is empty.
func (x request) answerItem(status int, out written, layer city.LayerID) error {
	id := out.ids[0]
	if status == http.StatusCreated {
		x.Headers["Location"] = []string{x.Base() + "/collections/" + string(layer) + "/items/" + strconv.FormatInt(id, 10)}
	}
	var f *snapshot.Feature
	var l *snapshot.Layer
	if v := x.at(out.version); v != nil {
		if l = v.Snapshot.Layer(layer); l != nil {
			f = l.Feature(id)
		}
	}
	if f == nil {
		if status == http.StatusOK {
			status = http.StatusNoContent
		}
		x.WriteHeader(status)
		return nil
	}
	x.Buf = x.Buf[:0]
	if err := x.items.AppendItem(x.Exchange, l, f, x.Shown, x.shownQuery()); err != nil {
		return err
	}
	x.SetCRS(x.Shown.System())
	x.SendChanged(status, x.Fixed.GeoJSON, true)
	return nil
}

// reason is the message of a change for which the client gives none.
func (x request) reason(layer city.LayerID, feature string) string {
	if feature == "" {
		return fmt.Sprintf("%s %s", x.Request.Method, layer)
	}
	return fmt.Sprintf("%s %s/%s", x.Request.Method, layer, feature)
}

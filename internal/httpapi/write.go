package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/coding"
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

// changing calls work when this request may change something, with the context
// of the change. The context ends with the request, or when the change takes too
// long; a change that is committed by then is answered as committed.
func (x *exchange) changing(work func(context.Context) error) error {
	if _, err := x.negotiate(); err != nil {
		return err // before anything is changed
	}
	if err := x.noParameters(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), x.server.config.WorkTimeout)
	defer cancel()
	select {
	case x.server.writes <- struct{}{}:
		defer func() { <-x.server.writes }()
	case <-ctx.Done():
		return ctx.Err()
	}
	x.header["Cache-Control"] = x.server.fixed.noStore
	return work(ctx)
}

// mayWriteSteps reports the first step that the client may not make. Layers that
// it may not see are for the planner not to find.
func (x *exchange) mayWriteSteps(steps []edit.Step) error {
	if !x.who.MayWriteSomething() {
		return problem.Forbidden(&x.who, "write; that takes an editor")
	}
	for i := range steps {
		if l := x.view.Snapshot.Layer(steps[i].Layer); l != nil {
			if err := problem.MayWrite(&x.who, l.Definition()); err != nil {
				return err
			}
		}
	}
	return nil
}

// commitSteps plans steps against the newest state and commits them, again when
// the state moved on meanwhile. It notes the version in the answer.
func (x *exchange) commitSteps(ctx context.Context, message string, steps []edit.Step) (written, error) {
	var out written
	// refused is what is wrong with the steps in a state that is as new as the
	// store: no attempt will change that.
	var refused error
	attempts := 0
	err := x.server.changer.Retry(ctx, maxAttempts, func(*twin.State) error {
		attempts++
		x.view = x.server.views.Load(x.who.Role)
		if err := x.mayWriteSteps(steps); err != nil {
			return err
		}
		planner := edit.Planner{Snapshot: x.view.Snapshot, Extent: edit.DefaultExtent(x.view.State.Snapshot), Matches: x.matchesItem}
		if x.shown.converter != nil {
			planner.Coordinates = x.shown.converter
		}
		changes, err := planner.Plan(ctx, steps)
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

// commit commits once. What is in the store is committed, also when the context
// ended before it was published here.
func (x *exchange) commit(ctx context.Context, out *written, c twin.Commit) error {
	c.Author = x.who.Name
	before := x.view.State.Version()
	version, ids, err := x.server.changer.Commit(ctx, c)
	if err != nil && version == 0 {
		return err
	}
	if err != nil {
		x.server.log.Warn("committed, but not yet published", "request_id", x.id, "version", int64(version), "error", err)
	}
	*out = written{version: version, ids: ids, changed: version > before}
	x.setVersion(version)
	return nil
}

// setVersion says which version the answer is about.
func (x *exchange) setVersion(v city.Version) {
	x.header["Twin-Version"] = []string{strconv.FormatInt(int64(v), 10)}
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
func (x *exchange) at(v city.Version) *view.View {
	if now := x.server.views.Load(x.who.Role); now.State.Version() == v {
		return now
	}
	state, err := x.server.views.Source.At(v)
	if err != nil {
		return nil
	}
	return x.server.views.Of(state, x.who.Role)
}

// answerItem answers a change of one feature with the feature as it is in the
// version of the change, and its ETag as GET has it: the client can go on editing.
// When that version cannot be told alone, the answer is empty.
func (x *exchange) answerItem(status int, out written, layer city.LayerID) error {
	id := out.ids[0]
	if status == http.StatusCreated {
		x.header["Location"] = []string{x.base() + "/collections/" + string(layer) + "/items/" + strconv.FormatInt(id, 10)}
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
	x.buf = x.buf[:0]
	if err := x.appendItem(l, f, f.Tags(), x.shown, x.shownQuery()); err != nil {
		return err
	}
	x.setCRS(x.shown.system())
	x.sendChanged(status, x.server.fixed.geoJSON, true)
	return nil
}

// sendChanged answers a change with x.buf. Nothing in it can fail: the change is
// committed. Tagged says that x.buf is what GET of the thing changed would answer.
func (x *exchange) sendChanged(status int, contentType []string, tagged bool) {
	accepted := coding.Negotiate(x.r.Header["Accept-Encoding"])
	c := accepted.Best
	if len(x.buf) < minCompressed && accepted.Identity || accepted.None {
		c = coding.Identity
	}
	h := x.header
	body := x.buf
	if c != coding.Identity {
		x.coded = x.server.codecs.Append(x.coded[:0], x.buf, c)
		body = x.coded
		h["Content-Encoding"] = x.server.fixed.coding[c]
	}
	if tagged {
		x.values.etag[0] = coding.ETag(x.buf, c)
		h["Etag"] = x.values.etag[:]
	}
	x.values.length[0] = strconv.Itoa(len(body))
	h["Content-Length"] = x.values.length[:]
	h["Content-Type"] = contentType
	x.WriteHeader(status)
	_, _ = x.Write(body)
}

// reason is the message of a change for which the client gives none.
func (x *exchange) reason(layer city.LayerID, feature string) string {
	if feature == "" {
		return fmt.Sprintf("%s %s", x.r.Method, layer)
	}
	return fmt.Sprintf("%s %s/%s", x.r.Method, layer, feature)
}

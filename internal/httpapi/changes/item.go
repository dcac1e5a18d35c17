package changes

import (
	"context"
	"net/http"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
)

// The transactions of OGC API Features, part 4 (draft 20-002). A body is a GeoJSON
// Feature as GET answers it, or a merge patch onto that.

// createItem answers POST /collections/{layer}/items.
func (x request) createItem() error {
	return x.Changing(func(ctx context.Context) error {
		l, err := x.layerToWrite()
		if err != nil {
			return err
		}
		return x.changeItem(ctx, http.StatusCreated, edit.Step{Op: edit.Create, Layer: l.ID()})
	})
}

// replaceItem answers PUT /collections/{layer}/items/{id-or-code}.
func (x request) replaceItem() error { return x.editItem(edit.Update) }

// patchItem answers PATCH of the same.
func (x request) patchItem() error { return x.editItem(edit.Patch) }

// deleteItem answers DELETE of the same.
func (x request) deleteItem() error { return x.editItem(edit.Delete) }

// editItem changes the feature that the path names, as op says, under the
// condition that If-Match sets.
func (x request) editItem(op edit.Op) error {
	return x.Changing(func(ctx context.Context) error {
		l, err := x.layerToWrite()
		if err != nil {
			return err
		}
		text := x.PathParameter("feature")
		f := l.Find(text)
		if f == nil {
			return problem.NoFeature(l.ID(), text)
		}
		tags, err := x.ifMatch()
		if err != nil {
			return err
		}
		// By its id: another feature may have the code by the time of the commit.
		step := edit.Step{Op: op, Layer: l.ID(), Feature: strconv.FormatInt(f.ID(), 10), IfMatch: tags}
		return x.changeItem(ctx, http.StatusOK, step)
	})
}

// layerToWrite returns the layer that the path names, which the client may write.
func (x request) layerToWrite() (*snapshot.Layer, error) {
	l, err := x.View.Layer(x.PathParameter("layer"))
	if err != nil {
		return nil, err
	}
	return l, problem.MayWrite(&x.Who, l.Definition())
}

// changeItem reads the body that a step needs, makes the step, and answers.
func (x request) changeItem(ctx context.Context, status int, step edit.Step) error {
	message, err := x.message(x.reason(step.Layer, step.Feature))
	if err != nil {
		return err
	}
	if err := x.ReadBodySystem(); err != nil {
		return err
	}
	if step.Op != edit.Delete {
		if step.Body, err = x.Body(); err != nil {
			return err
		}
	}
	out, err := x.commitSteps(ctx, message, []edit.Step{step})
	if mistakes, ok := edit.AsMistakes(err); ok {
		return itemProblem(mistakes, &step)
	}
	if err != nil {
		return err
	}
	if step.Op == edit.Delete {
		x.WriteHeader(http.StatusNoContent)
		return nil
	}
	return x.answerItem(status, out, step.Layer)
}

// itemProblem is problem.BadBody for a request that is about one feature: what the path
// and the header say has no place in the body to point to.
func itemProblem(mistakes *edit.Mistakes, step *edit.Step) *problem.Problem {
	p := problem.BadBody(mistakes)
	switch {
	case mistakes.Only(edit.Changed):
		p = problem.ChangedMeanwhile("The feature is not as If-Match says: somebody else has changed it. Get it again.")
	case mistakes.Only(edit.Unknown):
		p = problem.NoFeature(step.Layer, step.Feature)
	}
	p.Cause = mistakes
	return p
}

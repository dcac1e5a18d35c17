package changes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// commitDocument answers a change set.
type commitDocument struct {
	Version city.Version `json:"version"`
	IDs     []int64      `json:"ids"` // of the features, in the order of the edits
	Links   []edge.Link  `json:"links"`
}

// commitChangeset answers POST /changesets: all edits or none, one new version.
func (x request) commitChangeset() error {
	return x.Changing(func(ctx context.Context) error {
		if err := x.mayWriteSteps(nil); err != nil {
			return err
		}
		if err := x.ReadBodySystem(); err != nil {
			return err
		}
		body, err := x.Body()
		if err != nil {
			return err
		}
		set, err := edit.ReadSet(body, x.config.Limits)
		if mistakes, ok := edit.AsMistakes(err); ok && set != nil {
			return x.stepMistakes(ctx, set.Steps, mistakes)
		}
		if err != nil {
			return err
		}
		if set.Message == "" {
			if set.Message, err = x.message(""); err != nil {
				return err
			}
		}
		out, err := x.commitSteps(ctx, set.Message, set.Steps)
		if err != nil {
			return err
		}
		return x.answerCommit(out)
	})
}

func (x request) answerCommit(out written) error {
	self := x.Base() + "/changesets/" + strconv.FormatInt(int64(out.version), 10)
	status := http.StatusOK
	if out.changed {
		status = http.StatusCreated
		x.Headers["Location"] = []string{self}
	}
	err := x.Encode(commitDocument{
		Version: out.version, IDs: append([]int64{}, out.ids...), // [] where there are none
		Links: []edge.Link{{Href: self, Rel: "describedby", Type: media.TypeJSON, Title: x.Say("Ai, khi nào, vì sao, điều gì", "Who, when, why, what")}},
	})
	if err != nil {
		return err
	}
	x.SendChanged(status, x.Fixed.JSON, false)
	return nil
}

// revertChangeset answers POST /changesets/{version}/revert: a new version that
// takes back what that one did, if nothing of it was changed since.
func (x request) revertChangeset() error {
	return x.Changing(func(ctx context.Context) error {
		if err := x.mayWriteSteps(nil); err != nil {
			return err
		}
		e, err := x.entryAsked(ctx)
		if err != nil {
			return err
		}
		message, err := x.revertMessage(e.Set.Version)
		if err != nil {
			return err
		}
		edits, err := x.wayBack(ctx, e)
		if err != nil {
			return err
		}
		var out written
		err = x.changer.Retry(ctx, maxAttempts, func(s *twin.State) error {
			x.View = x.views.Load(x.Who.Role)
			if err := x.hold(edits, s); err != nil {
				return err
			}
			return x.commit(ctx, &out, twin.Commit{Message: message, Edits: edits})
		})
		if err != nil {
			return err
		}
		return x.answerCommit(out)
	})
}

// revertMessage returns why a version is taken back: what the body says, if there
// is one, or the header.
func (x request) revertMessage(v city.Version) (string, error) {
	if x.Request.ContentLength != 0 {
		body, err := x.Body()
		if err != nil {
			return "", err
		}
		if message, err := edit.ReadMessage(body); err != nil || message != "" {
			return message, err
		}
	}
	return x.message(fmt.Sprintf("Revert version %d", v))
}

// wayBack returns the edits that take a change set back, features that it made
// first: what they are called is free then for those that come back.
func (x request) wayBack(ctx context.Context, e *twin.Entry) ([]twin.Edit, error) {
	switch {
	case e.Lost:
		return nil, city.ErrHistoryGone
	case len(e.Set.Definitions) > 0:
		return nil, notReverted("It also made, changed or removed layers, which cannot be taken back so.")
	}
	for i := range e.Layers {
		if !e.Layers[i].VisibleAt(x.Who.Role) || !e.Then[i].VisibleAt(x.Who.Role) {
			return nil, notReverted("It also changed what you may not.")
		}
		if err := problem.MayWrite(&x.Who, &e.Layers[i]); err != nil {
			return nil, err
		}
		if x.View.Snapshot.Layer(e.Layers[i].ID) == nil {
			return nil, notReverted(fmt.Sprintf("The layer %s has been removed since.", e.Layers[i].ID))
		}
	}
	var revisions []city.Revision
	err := x.changer.Revisions(ctx, e.Set.Version, "", 0, func(r *city.Revision) error {
		if most := x.config.Limits.Edits; len(revisions) == most {
			return notReverted(fmt.Sprintf("It changed more than %d features, which is the most that a change set may have here; who runs the server sets that (--max-edits).", most))
		}
		if r.Was != nil || r.Is != nil {
			return notReverted(fmt.Sprintf("The layer %s has been removed and made again since.", r.Layer))
		}
		revisions = append(revisions, *r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(revisions) == 0 {
		return nil, notReverted("It changed no feature.")
	}
	edits := twin.Revert(revisions)
	slices.SortStableFunc(edits, func(a, b twin.Edit) int {
		switch {
		case a.Feature == nil && b.Feature != nil:
			return -1
		case a.Feature != nil && b.Feature == nil:
			return 1
		}
		return 0
	})
	return edits, nil
}

func notReverted(detail string) *problem.Problem {
	return problem.New(http.StatusConflict, "not-reverted", "The change set cannot be taken back", detail)
}

// hold tells of all features that are no longer as the change set left them.
func (x request) hold(edits []twin.Edit, s *twin.State) error {
	const most = 100
	var changed []problem.Mistake
	for i := range edits {
		if edits[i].Holds(s.Snapshot) {
			continue
		}
		if len(changed) < most {
			changed = append(changed, problem.Mistake{Value: fmt.Sprintf("%s/%d", edits[i].Layer, edits[i].ID), Detail: "was changed since"})
		}
	}
	if len(changed) == 0 {
		return nil
	}
	p := notReverted("Features of it were changed since; errors names them.")
	p.Errors, p.Cause = changed, city.ErrConflict
	return p
}

var errPageFull = errors.New("the page is full")

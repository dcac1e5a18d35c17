package changes

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/snapshot"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

// published returns a definition as clients see and send it. Which table of a
// database a layer is served from is not among that.
func published(l *city.Layer) *city.Layer {
	if l == nil {
		return nil
	}
	out := *l
	out.Table = ""
	if out.Properties == nil {
		out.Properties = []city.Property{}
	}
	return &out
}

// layerList answers GET /layers.
func (x request) layerList() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	document := struct {
		Layers []*city.Layer `json:"layers"`
		Links  []edge.Link   `json:"links"`
	}{[]*city.Layer{}, []edge.Link{{Href: x.Base() + "/layers" + x.PinQuery("?"), Rel: "self", Type: media.TypeJSON}}}
	for _, l := range x.View.All.Layers {
		document.Layers = append(document.Layers, published(l.Definition()))
	}
	return x.SendJSON(document)
}

// layerDefinition answers GET /layers/{layer} with what PUT takes.
func (x request) layerDefinition() error {
	if err := x.NoParameters(); err != nil {
		return err
	}
	l, err := x.View.Layer(x.PathParameter("layer"))
	if err != nil {
		return err
	}
	return x.SendJSON(published(l.Definition()))
}

// putLayer answers PUT /layers/{layer}: it makes a layer, or changes the words
// and rules of one and adds properties.
func (x request) putLayer() error {
	return x.Changing(func(ctx context.Context) error {
		id, err := x.layerToAdmin()
		if err != nil {
			return err
		}
		if err := x.layerCondition(x.View.Snapshot.Layer(id)); err != nil {
			return err
		}
		message, err := x.message(x.reason(id, ""))
		if err != nil {
			return err
		}
		body, err := x.Body()
		if err != nil {
			return err
		}
		status := http.StatusOK
		var out written
		err = x.changer.Retry(ctx, maxAttempts, func(*twin.State) error {
			x.View = x.views.Load(x.Who.Role)
			now := x.View.Snapshot.Layer(id)
			if err := x.layerCondition(now); err != nil {
				return err
			}
			layer, err := x.definition(id, now, body)
			if err != nil {
				return err
			}
			c := twin.Commit{Message: message, Put: []city.Layer{*layer}}
			if now == nil {
				status, c.New = http.StatusCreated, []city.LayerID{id}
			} else {
				status, c.Known = http.StatusOK, []city.Layer{*now.Definition()}
			}
			return x.commit(ctx, &out, c)
		})
		if err != nil {
			return layerProblem(err)
		}
		return x.answerLayer(status, out, id)
	})
}

// answerLayer answers with the definition as it is after a change.
func (x request) answerLayer(status int, out written, id city.LayerID) error {
	if status == http.StatusCreated {
		x.Headers["Location"] = []string{x.Base() + "/layers/" + string(id)}
	}
	v := x.at(out.version)
	if v == nil || v.Snapshot.Layer(id) == nil {
		if status == http.StatusOK {
			status = http.StatusNoContent
		}
		x.WriteHeader(status)
		return nil
	}
	if err := x.Encode(published(v.Snapshot.Layer(id).Definition())); err != nil {
		return err
	}
	x.SendChanged(status, x.Fixed.JSON, true)
	return nil
}

// dropLayer answers DELETE /layers/{layer}. History keeps what was in it.
func (x request) dropLayer() error {
	return x.Changing(func(ctx context.Context) error {
		id, err := x.layerToAdmin()
		if err != nil {
			return err
		}
		if _, err := x.View.Layer(string(id)); err != nil {
			return err
		}
		message, err := x.message(x.reason(id, ""))
		if err != nil {
			return err
		}
		var out written
		err = x.changer.Retry(ctx, maxAttempts, func(*twin.State) error {
			x.View = x.views.Load(x.Who.Role)
			now, err := x.View.Layer(string(id))
			if err != nil {
				return err
			}
			if err := x.layerCondition(now); err != nil {
				return err
			}
			return x.commit(ctx, &out, twin.Commit{Message: message, Drop: []city.LayerID{id}, Known: []city.Layer{*now.Definition()}})
		})
		if err != nil {
			return err
		}
		x.WriteHeader(http.StatusNoContent)
		return nil
	})
}

// layerToAdmin returns the name in the path, of a layer that is there or not.
func (x request) layerToAdmin() (city.LayerID, error) {
	if err := problem.MayAdmin(&x.Who); err != nil {
		return "", err
	}
	id, err := city.ParseLayerID(x.PathParameter("layer"))
	if err != nil {
		return "", problem.BadParameters([]problem.Mistake{{Parameter: "layer", Value: problem.Clip(x.PathParameter("layer")), Expected: "a name", Detail: err.Error()}})
	}
	return id, nil
}

// layerCondition holds If-Match and If-None-Match against a layer, which is nil
// when there is none.
func (x request) layerCondition(now *snapshot.Layer) error {
	if now == nil {
		if len(x.Request.Header["If-Match"]) > 0 {
			return problem.ChangedMeanwhile("There is no such layer, whatever If-Match says.")
		}
		return nil
	}
	if strings.TrimSpace(x.Request.Header.Get("If-None-Match")) == "*" {
		return problem.ChangedMeanwhile("There is a layer of this name already.")
	}
	tags, err := x.ifMatch()
	if err != nil {
		return err
	}
	if err := x.Encode(published(now.Definition())); err != nil {
		return err
	}
	if !matchesStrongly(tags, x.Buf) {
		p := problem.ChangedMeanwhile("The definition is not as If-Match says: somebody else has changed it. Get it again.")
		p.Cause = city.ErrConflict
		return p
	}
	return nil
}

// layerProblem says what a store has against a definition.
func layerProblem(err error) error {
	if errors.Is(err, city.ErrBadLayer) {
		return badDefinition("", err.Error())
	}
	return err
}

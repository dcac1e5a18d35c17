package events

import (
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/watch"
)

// paramWatch makes /events tell of one watch rather than of all changes.
const paramWatch = "watch"

func watchEventParameters() []params.Parameter {
	return []params.Parameter{
		{Name: paramWatch, Syntax: "the id of a watch", About: "Tell only what concerns this watch.", Example: "w1"},
		params.AfterVersion(),
	}
}

// asksForWatch reports whether the query names a watch, also wrongly.
func (x request) asksForWatch() bool {
	if x.config.Watches == nil {
		return false
	}
	values, err := url.ParseQuery(x.Raw)
	return err == nil && values.Has(paramWatch)
}

// watchEvents answers GET /events?watch=ID for its owner and for admins.
//
//	event: hello      the version from which on events are told
//	event: watch      what a version means to the watch, as webhooks get it
//	event: reset      events were lost: look at the state anew
//	event: gone       the watch was deleted; the stream ends
func (x request) watchEvents() error {
	q := &x.Query
	q.Reset(x.Raw, watchEventParameters()...)
	sub := subscription{after: x.View.Snapshot.Version()}
	x.resume(&sub)
	id, _ := q.Get(paramWatch)
	if err := q.Problem(); err != nil {
		return err
	}
	w, err := x.watchAsked(id)
	if err != nil {
		return err
	}
	return x.listen(func() {
		x.stream(feed{
			greeting: greeting(&sub),
			next:     func() ([]byte, <-chan struct{}) { return watchNews(x.config.Watches, w.ID, &sub.after) },
			// An id without data moves the reader on, so that a watch that is
			// silent for long has nothing to catch up with.
			beat: func() []byte { return fmt.Appendf(nil, "id: %d\n\n", sub.after) },
		})
	})
}

// watchNews returns the events of a watch after a version as text, and moves the
// version on; a nil channel ends the stream.
func watchNews(watches *watch.Manager, id string, after *city.Version) ([]byte, <-chan struct{}) {
	b, err := watches.Since(id, *after)
	if err != nil {
		return []byte("event: gone\ndata: {}\n\n"), nil
	}
	var text []byte
	for _, m := range b.Messages {
		name := paramWatch
		if m.Reset != "" {
			name = "reset"
		}
		body, err := json.Marshal(m)
		if err != nil { // it holds nothing that JSON cannot
			continue
		}
		text = fmt.Appendf(text, "event: %s\nid: %d\ndata: %s\n\n", name, m.Version, body)
	}
	*after = b.UpTo
	return text, b.More
}

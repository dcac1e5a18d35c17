package events

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/bbox"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/params"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/tiles"
)

// subscription is what one client of /events asked for.
type subscription struct {
	topic topic
	after city.Version // the last version that the client has
	// resumed tells that the client named after itself.
	resumed bool
}

// events answers GET /events: Server-Sent Events (HTML standard, section 9.2),
// one a version, for as long as the client stays.
//
//	event: hello      the version from which on changes are told
//	event: version    what a version changed
//	event: reset      versions were missed: load everything anew
//
// There is no queue a subscriber. Each has a place in the versions that the twin
// keeps anyway; whoever falls behind them gets a reset. So a slow reader costs
// the writer and the other readers nothing.
func (x request) events() error {
	if x.asksForWatch() {
		return x.watchEvents()
	}
	sub, err := x.subscriptionAsked()
	if err != nil {
		return err
	}
	return x.listen(func() { x.stream(x.newsFeed(&sub)) })
}

// listen begins an answer of events and lets stream write it, if there is room
// for one more subscriber.
func (x request) listen(stream func()) error {
	s := x.Service
	if n := s.subscribers.Add(1); n > int64(s.config.MaxSubscribers) {
		s.subscribers.Add(-1)
		return tooManySubscribers(s.config.MaxSubscribers)
	}
	defer s.subscribers.Add(-1)
	defer x.Linger()()

	h := x.Headers
	h["Content-Type"] = x.Fixed.Events
	h["Cache-Control"] = x.Fixed.NoStore
	h["X-Accel-Buffering"] = x.Fixed.No // a proxy that collects events delays them
	x.WriteHeader(http.StatusOK)
	if x.Request.Method == http.MethodHead {
		return nil
	}
	stream()
	return nil
}

func tooManySubscribers(limit int) *problem.Problem {
	return problem.New(http.StatusServiceUnavailable, "too-many-subscribers", "Too many subscribers",
		fmt.Sprintf("%d clients listen already, which is the limit; try again later.", limit))
}

const (
	// heartbeat is after how long without news a comment is sent, so that
	// proxies keep the connection and both ends notice when it is gone.
	heartbeat = 15 * time.Second
	// eventPatience is how long a client may take to accept what is sent.
	eventPatience = 20 * time.Second
	// reconnectMillis is what clients are told to wait before they reconnect.
	reconnectMillis = 1000
)

// feed is what one subscriber is told.
type feed struct {
	greeting []byte
	// next returns the events since the last call, and a channel that is closed
	// when there are more; nil ends the stream.
	next func() ([]byte, <-chan struct{})
	beat func() []byte // what is sent when there is nothing to tell
}

// newsFeed tells what versions changed.
func (s *Service) newsFeed(sub *subscription) feed {
	return feed{
		greeting: greeting(sub),
		next: func() ([]byte, <-chan struct{}) {
			states, more, err := s.source.Since(sub.after)
			if err == nil && len(states) == 0 {
				return nil, more
			}
			return s.news.since(sub, states, err), more
		},
		beat: func() []byte { return []byte(": \n\n") },
	}
}

// stream sends events until the client is gone or the server stops.
func (x request) stream(f feed) {
	control := http.NewResponseController(x)
	// The connection outlives the time in which a request must be read.
	_ = control.SetReadDeadline(time.Time{})
	send := func(text []byte) bool {
		_ = control.SetWriteDeadline(time.Now().Add(eventPatience))
		if _, err := x.Write(text); err != nil {
			return false
		}
		return control.Flush() == nil
	}
	if !send(f.greeting) {
		return
	}
	checked := x.Now()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		if !x.StillKnown(&checked) {
			return
		}
		text, more := f.next()
		if len(text) > 0 && !send(text) || more == nil {
			return
		}
		if len(text) > 0 {
			continue
		}
		select {
		case <-more:
		case <-beat.C:
			if !send(f.beat()) {
				return
			}
		case <-x.Stopping():
			return
		case <-x.Request.Context().Done():
			return
		}
	}
}

// greeting opens the stream: for a new client with the version that it may
// start from; one that comes back knows that.
func greeting(sub *subscription) []byte {
	text := fmt.Appendf(nil, "retry: %d\n", reconnectMillis)
	if sub.resumed {
		return append(text, ": welcome back\n\n"...)
	}
	return fmt.Appendf(text, "event: hello\nid: %d\ndata: {\"version\":%[1]d}\n\n", sub.after)
}

func eventParameters() []params.Parameter {
	bbox := params.BBox()
	bbox.About, bbox.Beside = "Only tiles that have a point in common with the box.", "zooms"
	return []params.Parameter{
		params.Layers(),
		{Name: "zooms", Syntax: "a zoom such as 12, or a range such as 6-14, from 0 to 22", About: "Tell which tiles of these zooms changed.", Example: "9-14"},
		bbox,
		{Name: "after", Kind: params.Integer, High: 1 << 53, About: "Go on after this version; Last-Event-ID overrules it.", Example: "0"},
	}
}

// subscriptionAsked reads the parameters of /events.
func (x request) subscriptionAsked() (subscription, error) {
	q := &x.Query
	q.Reset(x.Raw, eventParameters()...)
	sub := subscription{topic: topic{role: x.View.Role}, after: x.View.Snapshot.Version()}
	set, unknown, _ := x.ListedLayers(x.config.MaxLayers)
	sub.topic.layers = set.Name
	if text, ok := q.Get("zooms"); ok {
		low, high, ok := parseZooms(text)
		if !ok {
			q.Mistake(problem.Mistake{Parameter: "zooms", Value: problem.Clip(text), Limit: tiles.MaxZoom,
				Expected: "a zoom such as 12, or a range such as 6-14, from 0 to 22", Detail: "is no range of zooms"})
		}
		sub.topic.tiles, sub.topic.low, sub.topic.high = true, low, high
	}
	if text, ok := q.Get("bbox"); ok {
		if _, err := bbox.Parse(text); err != nil {
			q.Mistake(problem.Mistake{Parameter: "bbox", Value: problem.Clip(text), Expected: bbox.Syntax, Detail: err.Error()})
		}
		if !sub.topic.tiles {
			q.Mistake(problem.Mistake{Parameter: "bbox", Value: problem.Clip(text), Expected: "zooms beside it", Detail: "limits tiles, which only zooms asks for"})
		}
		sub.topic.box = text
	}
	x.resume(&sub)
	return sub, x.Wrong(unknown)
}

// resume reads from which version on the client wants to be told: the id of the
// last event that it got, which browsers send by themselves.
func (x request) resume(sub *subscription) {
	q := &x.Query
	text, where := x.Request.Header.Get("Last-Event-ID"), "Last-Event-ID"
	if text == "" {
		var ok bool
		if text, ok = q.Get("after"); !ok {
			return
		}
		where = "after"
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < 0 {
		q.Mistake(problem.Mistake{Parameter: where, Value: problem.Clip(text), Expected: "a version, the id of an event", Detail: "is no version"})
		return
	}
	sub.after, sub.resumed = city.Version(v), true
}

// parseZooms reads 12 or 6-14.
func parseZooms(text string) (low, high uint8, ok bool) {
	first, last, ranged := strings.Cut(text, "-")
	if !ranged {
		last = first
	}
	a, errA := strconv.ParseUint(first, 10, 8)
	b, errB := strconv.ParseUint(last, 10, 8)
	return uint8(a), uint8(b), errA == nil && errB == nil && a <= b && b <= tiles.MaxZoom
}

// since returns the events of states as text and moves the subscription on.
// gone is the error of asking for them.
func (n *news) since(sub *subscription, states []*twin.State, gone error) []byte {
	if gone != nil {
		now := n.source.State()
		sub.after = now.Version()
		return fmt.Appendf(nil, "event: reset\nid: %d\ndata: {\"version\":%[1]d}\n\n", now.Version())
	}
	var text []byte
	for _, s := range states {
		text = append(text, n.event(sub.topic, s)...)
		sub.after = s.Version()
	}
	return text
}

package watch

import (
	"container/list"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// messageLog is the latest messages of one watch, oldest first: all after from,
// which is where a reader must have come to in order not to have lost any.
type messageLog struct {
	from     city.Version
	messages []*Message
	places   []*list.Element // of the messages, on the shelf
}

// after returns the messages after a version, and false when some are lost.
func (l *messageLog) after(v city.Version) ([]*Message, bool) {
	if v < l.from {
		return nil, false
	}
	i, _ := slices.BinarySearchFunc(l.messages, v+1, func(m *Message, v city.Version) int { return int(m.Version - v) })
	return l.messages[i:], true
}

// next returns the first message after a version, the reset when some are lost,
// or nil when there is none.
func (l *messageLog) next(watch string, v city.Version) *Message {
	messages, whole := l.after(v)
	switch {
	case !whole:
		return lost(watch, l.from)
	case len(messages) > 0:
		return messages[0]
	}
	return nil
}

// shelf bounds the logs of all watches together: the oldest messages go first.
type shelf struct {
	perWatch int // messages of one watch
	most     int // bytes, of all
	bytes    int
	order    list.List // of *messageLog, one for each message, oldest first
}

// keep appends m to a log and lets go of what is too much.
func (s *shelf) keep(l *messageLog, m *Message) {
	l.messages = append(l.messages, m)
	l.places = append(l.places, s.order.PushBack(l))
	s.bytes += m.weight()
	if len(l.messages) > s.perWatch {
		s.drop(l)
	}
	for s.bytes > s.most {
		// A log's messages stand in order as they arrived, so that the first of
		// all is the first of its log.
		s.drop(s.order.Front().Value.(*messageLog))
	}
}

// drop forgets the oldest message of a log.
func (s *shelf) drop(l *messageLog) {
	m := l.messages[0]
	s.order.Remove(l.places[0])
	l.messages[0], l.places[0] = nil, nil
	l.messages, l.places = l.messages[1:], l.places[1:]
	l.from = m.Version
	s.bytes -= m.weight()
}

// clear forgets all messages of a log up to a version.
func (s *shelf) clear(l *messageLog, upTo city.Version) {
	for len(l.messages) > 0 {
		s.drop(l)
	}
	l.from = upTo
}

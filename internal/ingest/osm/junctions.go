package osm

import (
	"encoding/json"
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/ingest/extsort"
)

// network collects the edges of ways that meet and finds the nodes with
// enough arms. An arm is a distinct neighbour node: two ways over the same
// pair of nodes are one arm.
//
//	     n2
//	     │            sorted:  (n5 n1) (n5 n2) (n5 n3)   ─►  n5 has 3 arms
//	n1 ──n5── n3
type network struct {
	rule  *Junctions
	edges extsort.Sorter

	ids   map[string]uint32 // names and classes, each once
	texts []string
}

func newNetwork(rule *Junctions) *network {
	return &network{rule: rule, ids: map[string]uint32{"": 0}, texts: []string{""}}
}

func (n *network) intern(text string) uint64 {
	id, ok := n.ids[text]
	if !ok {
		id = uint32(len(n.texts))
		n.ids[text] = id
		n.texts = append(n.texts, text)
	}
	return uint64(id)
}

// add takes the edges of a way that belongs to the network.
func (n *network) add(w *Way) error {
	if !anyHolds(n.rule.Of, w.Tags) {
		return nil
	}
	label := n.intern(w.Tags.Find("name"))<<32 | n.intern(w.Tags.Find("highway"))
	for i := 1; i < len(w.Refs); i++ {
		a, b := w.Refs[i-1], w.Refs[i]
		if a == b {
			continue
		}
		if err := n.edges.Add(extsort.Record{Key: sortable(a), A: sortable(b), B: label}); err != nil {
			return err
		}
		if err := n.edges.Add(extsort.Record{Key: sortable(b), A: sortable(a), B: label}); err != nil {
			return err
		}
	}
	return nil
}

// junction is a node where enough arms meet.
type junction struct {
	node    int64
	degree  int
	roads   []string // distinct names, sorted
	classes []string // distinct values of highway, sorted
}

// each visits the junctions in the order of node ids. The junction's slices
// are reused.
func (n *network) each(yield func(*junction) error) error {
	var current junction
	var neighbour uint64
	started := false
	flush := func() error {
		if !started || current.degree < n.rule.Arms {
			return nil
		}
		slices.Sort(current.roads)
		slices.Sort(current.classes)
		return yield(&current)
	}
	err := n.edges.Each(func(r extsort.Record) error {
		node := int64(r.Key ^ 1<<63)
		if !started || node != current.node {
			if err := flush(); err != nil {
				return err
			}
			started = true
			current = junction{node: node, degree: 1, roads: current.roads[:0], classes: current.classes[:0]}
			neighbour = r.A
		}
		if r.A != neighbour {
			current.degree++
			neighbour = r.A
		}
		current.roads = insert(current.roads, n.texts[r.B>>32])
		current.classes = insert(current.classes, n.texts[r.B&0xFFFFFFFF])
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

func insert(set []string, text string) []string {
	if text == "" || slices.Contains(set, text) {
		return set
	}
	return append(set, text)
}

// tags returns what the junction offers to properties, beside the node's tags.
func (j *junction) tags(node Tags) (Tags, error) {
	roads, err := json.Marshal(append([]string{}, j.roads...))
	if err != nil {
		return nil, err
	}
	classes, err := json.Marshal(append([]string{}, j.classes...))
	if err != nil {
		return nil, err
	}
	degree, err := json.Marshal(j.degree)
	if err != nil {
		return nil, err
	}
	return append(Tags{
		{junctionDegree, string(degree)}, {junctionRoads, string(roads)}, {junctionClasses, string(classes)},
	}, node...), nil
}

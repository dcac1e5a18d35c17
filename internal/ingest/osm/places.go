package osm

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sort"

	"github.com/hanoitwin/hanoitwin/internal/ingest/extsort"
)

// placesInMemory is how many node positions are kept in memory, 16 bytes each:
// 64 MB, which holds Hanoi ten times over. More go to a temporary file.
const placesInMemory = 4 << 20

// placesPerBlock positions are read from the file at once: one 4 kB page.
const placesPerBlock = 256

// cachedBlocks is the number of pages kept: 4 MB. Ways visit places that lie
// together, and ids given together lie together.
const cachedBlocks = 1024

// places finds the position of a node by its id. Positions are added in any
// order; then build, then find. The usual file is sorted by id, so adding is
// appending; a file that is not goes through a sort on disk.
//
//	memory:  ids  [3 7 8 …]        above the limit:  index [3 900 …]   every 256th id
//	         at   [p p p …]                          file  (id,p)(id,p)…
type places struct {
	limit int // of positions in memory

	ids    []int64
	at     []uint64
	sorter *extsort.Sorter // not nil once the order was broken

	file   *os.File
	writer *bufio.Writer
	stored int64
	last   int64
	index  []int64
	cache  map[int64][]byte
}

func newPlaces(limit int) *places { return &places{limit: limit} }

// sortable maps int64 to uint64 with the same order.
func sortable(id int64) uint64 { return uint64(id) ^ 1<<63 }

func (p *places) add(id int64, at Place) error {
	switch {
	case p.sorter != nil:
		return p.sorter.Add(extsort.Record{Key: sortable(id), A: uint64(p.sorter.Len()), B: at.pack()})
	case p.stored > 0 && id <= p.last:
		if err := p.unsorted(); err != nil {
			return err
		}
		return p.add(id, at)
	}
	return p.append(id, at.pack())
}

// append stores the next position in the order of ids.
func (p *places) append(id int64, at uint64) error {
	if p.file == nil && len(p.ids) < p.limit {
		p.ids, p.at = append(p.ids, id), append(p.at, at)
		p.stored, p.last = p.stored+1, id
		return nil
	}
	if p.file == nil {
		if err := p.spill(); err != nil {
			return err
		}
	}
	if p.stored%placesPerBlock == 0 {
		p.index = append(p.index, id)
	}
	var raw [16]byte
	binary.LittleEndian.PutUint64(raw[0:], uint64(id))
	binary.LittleEndian.PutUint64(raw[8:], at)
	if _, err := p.writer.Write(raw[:]); err != nil {
		return fmt.Errorf("node positions on disk: %w", err)
	}
	p.stored, p.last = p.stored+1, id
	return nil
}

// spill moves what is in memory to a temporary file.
func (p *places) spill() error {
	file, err := os.CreateTemp("", "hanoitwin-nodes-*")
	if err != nil {
		return fmt.Errorf("node positions on disk: %w", err)
	}
	p.file, p.writer = file, bufio.NewWriterSize(file, 256<<10)
	ids, at := p.ids, p.at
	p.ids, p.at, p.stored = nil, nil, 0
	for i := range ids {
		if err := p.append(ids[i], at[i]); err != nil {
			return err
		}
	}
	return nil
}

// unsorted moves everything to a sorter, because an id came out of order.
func (p *places) unsorted() error {
	sorter := &extsort.Sorter{}
	err := p.each(func(id int64, at uint64) error {
		return sorter.Add(extsort.Record{Key: sortable(id), A: uint64(sorter.Len()), B: at})
	})
	if err != nil {
		return errors.Join(err, sorter.Close())
	}
	if err := p.close(); err != nil {
		return errors.Join(err, sorter.Close())
	}
	p.sorter = sorter
	return nil
}

// each visits the stored positions in order.
func (p *places) each(yield func(id int64, at uint64) error) error {
	if p.file == nil {
		for i := range p.ids {
			if err := yield(p.ids[i], p.at[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if err := p.writer.Flush(); err != nil {
		return fmt.Errorf("node positions on disk: %w", err)
	}
	for block := range int64(len(p.index)) {
		raw, err := p.block(block)
		if err != nil {
			return err
		}
		for ; len(raw) >= 16; raw = raw[16:] {
			if err := yield(int64(binary.LittleEndian.Uint64(raw)), binary.LittleEndian.Uint64(raw[8:])); err != nil {
				return err
			}
		}
	}
	return nil
}

// build ends the adding.
func (p *places) build() error {
	if p.sorter != nil {
		sorter := p.sorter
		p.sorter = nil
		var held extsort.Record
		have := false
		// Of positions with one id the one added last counts.
		err := sorter.Each(func(r extsort.Record) error {
			var err error
			if have && r.Key != held.Key {
				err = p.append(int64(held.Key^1<<63), held.B)
			}
			held, have = r, true
			return err
		})
		if err == nil && have {
			err = p.append(int64(held.Key^1<<63), held.B)
		}
		if err := errors.Join(err, sorter.Close()); err != nil {
			return err
		}
	}
	if p.writer != nil {
		if err := p.writer.Flush(); err != nil {
			return fmt.Errorf("node positions on disk: %w", err)
		}
	}
	return nil
}

// find returns the position of a node; false when the file has no such node
// or its position was not valid.
func (p *places) find(id int64) (Place, bool, error) {
	if p.file == nil {
		i := sort.Search(len(p.ids), func(i int) bool { return p.ids[i] >= id })
		if i == len(p.ids) || p.ids[i] != id {
			return Place{}, false, nil
		}
		return unpack(p.at[i]), true, nil
	}
	block := sort.Search(len(p.index), func(i int) bool { return p.index[i] > id }) - 1
	if block < 0 {
		return Place{}, false, nil
	}
	raw, err := p.block(int64(block))
	if err != nil {
		return Place{}, false, err
	}
	n := len(raw) / 16
	i := sort.Search(n, func(i int) bool { return int64(binary.LittleEndian.Uint64(raw[16*i:])) >= id })
	if i == n || int64(binary.LittleEndian.Uint64(raw[16*i:])) != id {
		return Place{}, false, nil
	}
	return unpack(binary.LittleEndian.Uint64(raw[16*i+8:])), true, nil
}

// block reads one page of the file. It is kept until the cache is full, which
// then starts anew: simpler than ageing and, on real ways, hardly worse.
func (p *places) block(i int64) ([]byte, error) {
	if raw, ok := p.cache[i]; ok {
		return raw, nil
	}
	if p.cache == nil || len(p.cache) >= cachedBlocks {
		p.cache = make(map[int64][]byte, cachedBlocks)
	}
	size := min(placesPerBlock, p.stored-i*placesPerBlock) * 16
	raw := make([]byte, size)
	if _, err := p.file.ReadAt(raw, i*placesPerBlock*16); err != nil {
		return nil, fmt.Errorf("node positions on disk: %w", err)
	}
	p.cache[i] = raw
	return raw, nil
}

// close removes the temporary files and empties p.
func (p *places) close() error {
	var err error
	if p.sorter != nil {
		err = p.sorter.Close()
	}
	if p.file != nil {
		name := p.file.Name()
		err = errors.Join(err, p.file.Close(), os.Remove(name))
	}
	*p = places{limit: p.limit}
	return err
}

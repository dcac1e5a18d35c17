package extsort

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Record is what is sorted: by Key, then A, then B.
type Record struct{ Key, A, B uint64 }

const recordSize = 24

// DefaultBuffer is the number of records held in memory: 6 MB.
const DefaultBuffer = 256 << 10

// Sorter collects records and gives them back in order. It is not safe for
// concurrent use. The zero value is ready and holds DefaultBuffer records.
type Sorter struct {
	// Buffer is the number of records held in memory at once; 0 means
	// DefaultBuffer.
	Buffer int

	buffer []Record
	file   *os.File
	runs   []int64 // number of records in each run
	count  int64
}

// Len is the number of records added.
func (s *Sorter) Len() int64 { return s.count }

// Spilled reports whether a temporary file was needed.
func (s *Sorter) Spilled() bool { return s.file != nil }

// Add takes one record. The error is that of the temporary file.
func (s *Sorter) Add(r Record) error {
	limit := s.Buffer
	if limit <= 0 {
		limit = DefaultBuffer
	}
	if len(s.buffer) >= limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.buffer = append(s.buffer, r)
	s.count++
	return nil
}

func compare(a, b Record) int {
	if c := cmp.Compare(a.Key, b.Key); c != 0 {
		return c
	}
	if c := cmp.Compare(a.A, b.A); c != 0 {
		return c
	}
	return cmp.Compare(a.B, b.B)
}

func (s *Sorter) spill() error {
	if s.file == nil {
		file, err := os.CreateTemp("", "hanoitwin-sort-*")
		if err != nil {
			return fmt.Errorf("sort on disk: %w", err)
		}
		s.file = file
	}
	slices.SortFunc(s.buffer, compare)
	w := bufio.NewWriterSize(s.file, 64<<10)
	var raw [recordSize]byte
	for _, r := range s.buffer {
		binary.LittleEndian.PutUint64(raw[0:], r.Key)
		binary.LittleEndian.PutUint64(raw[8:], r.A)
		binary.LittleEndian.PutUint64(raw[16:], r.B)
		if _, err := w.Write(raw[:]); err != nil {
			return fmt.Errorf("sort on disk: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("sort on disk: %w", err)
	}
	s.runs = append(s.runs, int64(len(s.buffer)))
	s.buffer = s.buffer[:0]
	return nil
}

// Each calls yield with every record in order. It may be called again, and
// more records may be added afterwards.
func (s *Sorter) Each(yield func(Record) error) error {
	slices.SortFunc(s.buffer, compare)
	sources := make(merge, 0, len(s.runs)+1)
	offset := int64(0)
	for _, n := range s.runs {
		section := io.NewSectionReader(s.file, offset, n*recordSize)
		sources = append(sources, &run{r: bufio.NewReaderSize(section, 32<<10)})
		offset += n * recordSize
	}
	sources = append(sources, &run{memory: s.buffer})
	live := sources[:0]
	for _, r := range sources {
		ok, err := r.next()
		if err != nil {
			return err
		}
		if ok {
			live = append(live, r)
		}
	}
	heap.Init(&live)
	for len(live) > 0 {
		top := live[0]
		if err := yield(top.head); err != nil {
			return err
		}
		ok, err := top.next()
		if err != nil {
			return err
		}
		if ok {
			heap.Fix(&live, 0)
		} else {
			heap.Pop(&live)
		}
	}
	return nil
}

// Close removes the temporary file.
func (s *Sorter) Close() error {
	s.buffer = nil
	if s.file == nil {
		return nil
	}
	name := s.file.Name()
	err := errors.Join(s.file.Close(), os.Remove(name))
	s.file, s.runs = nil, nil
	return err
}

// run is one sorted sequence, from disk or from memory.
type run struct {
	r      *bufio.Reader
	memory []Record
	head   Record
}

func (r *run) next() (bool, error) {
	if r.r == nil {
		if len(r.memory) == 0 {
			return false, nil
		}
		r.head, r.memory = r.memory[0], r.memory[1:]
		return true, nil
	}
	var raw [recordSize]byte
	if _, err := io.ReadFull(r.r, raw[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		return false, fmt.Errorf("sort on disk: %w", err)
	}
	r.head = Record{
		Key: binary.LittleEndian.Uint64(raw[0:]),
		A:   binary.LittleEndian.Uint64(raw[8:]),
		B:   binary.LittleEndian.Uint64(raw[16:]),
	}
	return true, nil
}

// merge is a heap of runs by their heads.
type merge []*run

func (m merge) Len() int           { return len(m) }
func (m merge) Less(i, j int) bool { return compare(m[i].head, m[j].head) < 0 }
func (m merge) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merge) Push(x any)        { *m = append(*m, x.(*run)) }
func (m *merge) Pop() any {
	old := *m
	last := old[len(old)-1]
	*m = old[:len(old)-1]
	return last
}

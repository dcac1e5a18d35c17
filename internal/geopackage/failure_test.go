package geopackage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/smalldisk"
)

// TestFullDisk takes all room from the file system that the file is on, and gives it
// back: what does not fit leaves no trace, reads go on, and so do writes when there is
// room again.
func TestFullDisk(t *testing.T) {
	if !smalldisk.Allowed(t) {
		return // it has run elsewhere
	}
	disk := smalldisk.New(t, t.TempDir(), 8<<20)
	content, err := os.ReadFile(kindsFile(t))
	path := filepath.Join(disk.Dir(), "full.gpkg")
	if err := errors.Join(err, os.WriteFile(path, content, 0o600)); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, path)
	before, v := worldOf(t, s)
	disk.Fill()
	for range 3 {
		_, err := s.Write(t.Context(), "đầy", func(w Writer) error {
			for n := range 100 {
				f := &city.Feature{Geometry: orb.Point{106, 21}, Values: []city.Value{city.String(fmt.Sprint("L", n)), city.String(strings.Repeat("đầy ", 10_000))}}
				if _, err := w.Save(t.Context(), "kinds", f); err != nil {
					return err
				}
			}
			return nil
		})
		if !errors.Is(err, city.ErrUnavailable) || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("write to a full disk: %v", err)
		}
		after, now := worldOf(t, s)
		if d := diffWorlds(before, after); len(d) > 0 || now != v {
			t.Errorf("it left %q at version %d", d, now)
		}
	}
	disk.Empty()
	saveKind(t, s, 1)
	checkRecord(t, s, before, v)
	mustClose(t, s)
	wantSound(t, path)
}

// TestFullFile lets the file grow no further, by SQLite's own limit, which stops it at
// the page and in each way of writing: what does not fit leaves no trace, and what fits
// goes on.
func TestFullFile(t *testing.T) {
	path := kindsFile(t)
	s := mustOpen(t, path)
	before, v := worldOf(t, s)
	pages, err := s.writer.Integer(t.Context(), "PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	limit := func(pages int64) {
		t.Helper()
		if err := s.writer.Exec(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 20)
	large := func(n int) *city.Feature {
		return &city.Feature{Geometry: orb.Point{106, 21}, Values: []city.Value{city.String(fmt.Sprint("L", n)), city.String(strings.Repeat("đầy ", 10_000))}}
	}
	for name, write := range map[string]func(w Writer) error{
		"save": func(w Writer) error {
			for n := range 100 {
				if _, err := w.Save(t.Context(), "kinds", large(n)); err != nil {
					return err
				}
			}
			return nil
		},
		"put": func(w Writer) error {
			for n := range 100 {
				if err := w.Put(t.Context(), "kinds", large(n)); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		_, err := s.Write(t.Context(), name, write)
		if !errors.Is(err, city.ErrUnavailable) || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("%s: %v", name, err)
		}
		after, now := worldOf(t, s)
		if d := diffWorlds(before, after); len(d) > 0 || now != v {
			t.Errorf("%s left %q at version %d", name, d, now)
		}
	}
	for n := 0; ; n++ {
		if err := s.PutDocument(t.Context(), "key", fmt.Sprint(n), make([]byte, 64<<10)); err != nil {
			if !errors.Is(err, city.ErrUnavailable) || !strings.Contains(err.Error(), "the disk is full") {
				t.Errorf("document: %v", err)
			}
			break
		}
	}
	// There is room again.
	limit(1 << 30)
	saveKind(t, s, 1)
	checkRecord(t, s, before, v)
	mustClose(t, s)
	wantSound(t, path)
}

// wantSound lets SQLite check the whole file.
func wantSound(t *testing.T, path string) {
	t.Helper()
	c := connect(t, path)
	defer c.Close()
	row, ok, err := c.One(t.Context(), "PRAGMA integrity_check")
	if err != nil || !ok || row[0] != "ok" {
		t.Errorf("integrity check: %v %v", row, err)
	}
}

func TestLockedByOthers(t *testing.T) {
	path := kindsFile(t)
	s, err := Open(t.Context(), path, Options{BusyTimeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := connect(t, path)
	defer c.Close()
	if err := c.Exec(t.Context(), "BEGIN IMMEDIATE; UPDATE kinds SET lanes = 70 WHERE fid = 1"); err != nil {
		t.Fatal(err)
	}
	remove := func(w Writer) error { return w.Delete(t.Context(), "kinds", 2) }
	_, err = s.Write(t.Context(), "", remove)
	if !errors.Is(err, city.ErrUnavailable) || !strings.Contains(err.Error(), "another program keeps the file locked") {
		t.Errorf("write: %v", err)
	}
	if n := countFeatures(t, s, "kinds"); n != 4 { // reading goes on
		t.Errorf("%d features", n)
	}
	// Who gives up waiting is let go at once.
	patient, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, patient)
	ctx, cancel := context.WithCancel(t.Context())
	slow := &Store{path: s.path, opts: Options{BusyTimeout: time.Hour}, driver: s.driver, file: s.file, turn: make(chan struct{}, 1), newer: make(chan struct{})}
	slow.turn <- struct{}{}
	done := make(chan error, 1)
	go func() { _, err := slow.Write(ctx, "", remove); done <- err }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("write that was given up: %v", err)
	}
	if slow.writer != nil {
		_ = slow.writer.Close()
	}
	if err := c.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(t.Context(), "", remove); err != nil {
		t.Errorf("write after the lock is gone: %v", err)
	}
}

// TestDamagedFile overwrites parts of a file: the store says so, and what it
// refuses it does not make worse.
func TestDamagedFile(t *testing.T) {
	sound := kindsFile(t)
	content, err := os.ReadFile(sound)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(b []byte) []byte{
		"schema":    func(b []byte) []byte { copy(b[100:200], strings.Repeat("\xff", 100)); return b },
		"cut short": func(b []byte) []byte { return b[:len(b)/2] },
		"all pages": func(b []byte) []byte {
			for i := 4096; i < len(b); i++ {
				b[i] = 0x55
			}
			return b
		},
	} {
		path := sound + "." + strings.ReplaceAll(name, " ", "_")
		spoilt := spoil([]byte(string(content)))
		if err := os.WriteFile(path, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), path, Options{})
		if err == nil {
			err = s.Read(t.Context(), func(r Reader) error {
				return r.Features(t.Context(), "kinds", func(*city.Feature) error { return nil })
			})
			mustClose(t, s)
		}
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "restore it from a copy") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDamagedWhileOpen damages the pages of a layer under an open store.
func TestDamagedWhileOpen(t *testing.T) {
	path := kindsFile(t)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() }) // after the store, whose locks end with it
	s := mustOpen(t, path)
	page, err := s.writer.Integer(t.Context(), "SELECT rootpage FROM sqlite_master WHERE name = 'kinds'")
	if err != nil {
		t.Fatal(err)
	}
	good := make([]byte, 4096)
	if _, err := f.ReadAt(good, (page-1)*4096); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("\x55", 4096)), (page-1)*4096); err != nil {
		t.Fatal(err)
	}
	// A new connection, which has no page in memory.
	s.mu.Lock()
	s.idle = nil
	s.mu.Unlock()
	err = s.Read(t.Context(), func(r Reader) error {
		return r.Features(t.Context(), "kinds", func(*city.Feature) error { return nil })
	})
	if !errors.Is(err, ErrDamaged) || errors.Is(err, city.ErrUnavailable) {
		t.Errorf("read: %v", err)
	}
	if _, err := f.WriteAt(good, (page-1)*4096); err != nil {
		t.Fatal(err)
	}
	if n := countFeatures(t, s, "kinds"); n != 4 {
		t.Errorf("%d features of the mended file", n)
	}
	saveKind(t, s, 1)
}

func TestFileThatMayNotBeWritten(t *testing.T) {
	path := kindsFile(t)
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(filepath.Dir(path))} {
		if err := os.Chmod(dir, 0o755); err != nil { // others may look for the file
			t.Fatal(err)
		}
	}
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	asNobody(t, func() {
		if _, err := os.ReadFile(path); err != nil {
			t.Errorf("it may not even be read: %v", err)
		}
		if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("open: %v", err)
		}
	})
}

package lite

import (
	"errors"
	"fmt"
	"io/fs"

	sqlite "modernc.org/sqlite"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// ErrDamaged means that the file's content is no longer what SQLite wrote.
var ErrDamaged = errors.New("the file is damaged: restore it from a copy, or save what is left with the .recover command of the sqlite3 shell")

// Primary result codes of SQLite (https://www.sqlite.org/rescode.html).
const (
	codeBusy       = 5
	codeLocked     = 6
	codeReadOnly   = 8
	codeIOError    = 10
	codeCorrupt    = 11
	codeFull       = 13
	codeCannotOpen = 14
	codeNotADB     = 26
)

// primary returns the result code of the SQLite error in err, 0 for none.
func primary(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}

// Busy reports whether another connection had the lock.
func Busy(err error) bool { return primary(err) == codeBusy }

// NotADatabase reports whether the file is something else, from its first bytes on.
func NotADatabase(err error) bool { return primary(err) == codeNotADB }

// Taken reports whether a statement was refused because a value must be unique.
// The transaction goes on without it.
func Taken(err error) bool {
	const primaryKey, unique, rowID = 1555, 2067, 2579 // extended codes
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == primaryKey || e.Code() == unique || e.Code() == rowID)
}

// Explain says in plain words what SQLite's error means. What passes wraps
// city.ErrUnavailable: a lock of others, a full disk (city.ErrFull), a disk that
// fails or is away. A damaged file wraps ErrDamaged, one that may not be written
// fs.ErrPermission. Other errors are returned as they are.
func Explain(err error) error {
	if err == nil || errors.Is(err, city.ErrUnavailable) || errors.Is(err, ErrDamaged) {
		return err
	}
	switch primary(err) {
	case codeBusy, codeLocked:
		return fmt.Errorf("another program keeps the file locked: %w (%w)", city.ErrUnavailable, err)
	case codeFull:
		return fmt.Errorf("the disk is full: %w (%w)", city.ErrFull, err)
	case codeIOError:
		return fmt.Errorf("the disk fails: %w (%w)", city.ErrUnavailable, err)
	case codeCannotOpen:
		return fmt.Errorf("the file cannot be opened: %w (%w)", city.ErrUnavailable, err)
	case codeCorrupt, codeNotADB:
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	case codeReadOnly:
		return fmt.Errorf("the file may not be written: %w (%w)", fs.ErrPermission, err)
	default:
		return err
	}
}

// Broken reports whether a connection should not be used any more after err: the
// disk or the file failed under it.
func Broken(err error) bool {
	switch primary(err) {
	case codeIOError, codeCannotOpen, codeCorrupt, codeNotADB:
		return true
	default:
		return false
	}
}

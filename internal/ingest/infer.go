package ingest

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
)

// forms is what all texts of a column could be, as bits.
type forms uint8

const (
	formInteger forms = 1 << iota
	formNumber
	formBoolean
	formDate
	formInstant
	formAny forms = 1<<5 - 1
)

// formsOf returns what one text could be without losing a character that
// matters: "007" and "+84" are no integers.
func formsOf(text string) forms {
	if text == "" || len(text) > 40 {
		return 0
	}
	switch c := text[0]; {
	case c == 't' || c == 'f' || c == 'T' || c == 'F':
		if folded := strings.ToLower(text); folded == "true" || folded == "false" {
			return formBoolean
		}
		return 0
	case c != '-' && (c < '0' || c > '9'):
		return 0
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		if strconv.FormatInt(i, 10) == text {
			return formInteger | formNumber
		}
		return 0
	}
	if isDecimal(text) {
		return formNumber
	}
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return formDate
	}
	if _, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return formInstant
	}
	return 0
}

// isDecimal accepts JSON's form of numbers, which has no leading zeros, no
// plus, no hexadecimal and no infinity.
func isDecimal(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || digits[0] < '0' || digits[0] > '9' {
		return false
	}
	if len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		return false
	}
	for _, c := range digits {
		if (c < '0' || c > '9') && !strings.ContainsRune(".eE+-", c) {
			return false
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	return err == nil && !math.IsInf(f, 0)
}

// column is what a survey learns of one property.
type column struct {
	name     string // in the file
	declared city.Kind
	seen     [8]bool // by city.Kind
	forms    forms   // of all its texts
	wide     bool    // holds an integer that no float64 is
}

func newColumn(name string) *column { return &column{name: name, forms: formAny} }

func (c *column) observe(v city.Value) {
	kind := v.Kind()
	c.seen[kind] = true
	switch kind {
	case city.KindString:
		if c.forms != 0 {
			c.forms &= formsOf(v.Text())
		}
	case city.KindInteger:
		if i := v.Int(); i > 1<<53 || i < -(1<<53) {
			c.wide = true
		}
	}
}

// kind returns the type that holds all values of the column. Text says that
// the values are untyped text.
func (c *column) kind(text bool) city.Kind {
	seen := c.seen
	seen[city.KindNull] = false
	if c.declared != city.KindNull {
		seen[c.declared] = true
	}
	kinds := 0
	only := city.KindString
	for k, ok := range seen {
		if ok {
			kinds++
			only = city.Kind(k)
		}
	}
	switch {
	case kinds == 1 && only == city.KindString && c.declared == city.KindNull && c.seen[city.KindString]:
		return c.kindOfText(text)
	case kinds <= 1:
		return only
	case kinds == 2 && seen[city.KindInteger] && seen[city.KindNumber] && !c.wide:
		return city.KindNumber
	case kinds == 2 && seen[city.KindDate] && seen[city.KindInstant]:
		return city.KindInstant
	default:
		return city.KindString
	}
}

func (c *column) kindOfText(text bool) city.Kind {
	switch {
	case text && c.forms&formInteger != 0:
		return city.KindInteger
	case text && c.forms&formNumber != 0:
		return city.KindNumber
	case text && c.forms&formBoolean != 0:
		return city.KindBoolean
	case c.forms&formDate != 0:
		return city.KindDate
	case c.forms&formInstant != 0:
		return city.KindInstant
	default:
		return city.KindString
	}
}

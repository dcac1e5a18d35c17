package params

import (
	"strings"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/problem"
	"github.com/hanoitwin/hanoitwin/internal/lifetime"
)

// NameDatetime is the parameter of OGC API Features by which a client asks for
// the city on other days in the world: datetime=2027-06-30.
const NameDatetime = "datetime"

// Datetime is the days in the world that an answer shows.
func Datetime() Parameter {
	return Parameter{Name: NameDatetime, Syntax: lifetime.Syntax, About: "The city on these days in the world.", Example: "2027-06-30"}
}

// Datetime reads a parameter as OGC API Features has it. A plus sign that a
// client forgot to escape arrives as a blank.
func (q *Query) Datetime(name string) (days lifetime.Window, ok bool) {
	text, ok := q.Get(name)
	if !ok {
		return days, false
	}
	days, err := ParseDays(text)
	if err != nil {
		q.Mistake(problem.Mistake{Parameter: name, Value: problem.Clip(text), Expected: lifetime.Syntax, Detail: err.Error()})
		return days, false
	}
	return days, true
}

// ParseDays reads what datetime may be.
func ParseDays(text string) (lifetime.Window, error) {
	return lifetime.ParseDatetime(strings.ReplaceAll(text, " ", "+"))
}

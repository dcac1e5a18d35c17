// Package problem turns errors into what a client sees of them: problem details
// (RFC 9457), from one table. A mistake in a parameter tells what was given, what
// would be right and which limit was passed; all mistakes are told at once.
//
//	access, edit, twin, city ── error ──► Of ──► Problem ──► application/problem+json
//	a handler ───── *Problem, as it is ──►│
//
// What the table does not know is a 500 that shows nothing: the log has the cause.
package problem

// Package answers keeps pages of features that are asked for again while the state
// that they are of is the newest.
package answers

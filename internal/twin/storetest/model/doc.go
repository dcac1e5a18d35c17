// Package model is a store in memory, as simple as can be, that is changed at random
// together with a real one: what they say of the past must be the same.
package model

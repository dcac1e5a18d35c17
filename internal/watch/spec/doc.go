// Package spec reads what a client wants to be told: where, of which layers, with
// which condition on properties, by which webhook. It reports all mistakes at once.
//
//	JSON ──Parse──► Spec ──Reader.Check, with the city──► Reader.Err: *InvalidError
//	                 │
//	                 ├ Place, Layers, Filter: what concerns the watch
//	                 └ Document: the same as JSON, with or without the secret
package spec

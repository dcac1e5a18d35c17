// Package joined lets an answer leave at once that is larger than the buffer of
// net/http, 4 KiB. By itself net/http fills the buffer with the header and what fits
// of the body, sends that, and then the rest: two system calls, and a client that
// wakes up twice.
//
//	net/http     │ header, body … │ … body                   │
//	connection   └── held ───────►├──────── one call ────────┘
//
// A handler that knows how long its body is says so (Expect) before it writes. Then
// a write that is shorter is not the last of its answer, and can wait for the next,
// which follows without anybody asking for it.
package joined

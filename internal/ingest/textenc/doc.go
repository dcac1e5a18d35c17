// Package textenc finds out in which encoding the text of old formats stands:
// what the file says, against what its bytes can be.
//
//	.cpg says ──┐
//	DBF byte 29 ┼─► Decide ─► Decoder ─► UTF-8
//	the bytes ──┘
//
// UTF-8 is recognised by its bytes, because text in another encoding with
// Vietnamese letters is almost never valid UTF-8 by chance. Single-byte
// encodings cannot be told apart by bytes; without a statement Vietnamese
// Windows (code page 1258) is assumed, and said so.
package textenc

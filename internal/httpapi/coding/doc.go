// Package coding speaks the content codings of HTTP (RFC 9110, section 8.4):
// it chooses one from Accept-Encoding and compresses with it.
//
//	Accept-Encoding: gzip;q=0.8, zstd      ──Negotiate──►  Zstd
//	body ──Codecs.Append(dst, body, Zstd)──► compressed bytes
//
// Both codings run at their fastest level. Measured on a tile of 179 kB: gzip
// 2.7 ms, zstd 1.3 ms, at about the same size; so zstd wins a tie. Brotli is
// left out: live compression costs 12 ms and more.
package coding

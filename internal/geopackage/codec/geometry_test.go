package codec

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/hanoitwin/hanoitwin/internal/wkb"
)

func blobGeometries() []orb.Geometry {
	ring := orb.Ring{{105, 21}, {106, 21}, {106, 22}, {105, 21}}
	return []orb.Geometry{
		orb.Point{105.8, 21},
		orb.LineString{{105, 21}, {106, 20}},
		orb.Polygon{ring, {{105.5, 21.2}, {105.7, 21.2}, {105.7, 21.3}, {105.5, 21.2}}},
		orb.MultiPoint{{1, 2}, {-3, 4}},
		orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, -8}}},
		orb.MultiPolygon{{ring}, {ring}},
		orb.Collection{orb.Polygon{}, orb.Point{1, 2}, orb.LineString{{3, 4}, {5, 6}}},
	}
}

func TestBlobRoundTrip(t *testing.T) {
	var d wkb.Decoder
	for _, g := range blobGeometries() {
		blob, bound, err := AppendGeometry([]byte("before"), g, 4326)
		if err != nil {
			t.Fatal(err)
		}
		blob = blob[len("before"):]
		got, err := DecodeGeometry(&d, blob)
		if err != nil || !orb.Equal(got, g) || got.GeoJSONType() != g.GeoJSONType() {
			t.Errorf("%v came back as %v: %v", g, got, err)
		}
		if fromBlob, err := BlobBound(blob); err != nil || fromBlob != bound {
			t.Errorf("%v: bounds %v in the blob, %v of the geometry: %v", g, fromBlob, bound, err)
		}
		if h, err := parseBlobHeader(blob); err != nil || h.srid != 4326 || h.empty {
			t.Errorf("%v: header %+v: %v", g, h, err)
		}
	}
}

func TestBlobRefusesWhatHasNoPlace(t *testing.T) {
	for _, test := range []struct {
		g    orb.Geometry
		want error
	}{
		{nil, ErrEmpty},
		{orb.Collection{orb.MultiPolygon{}}, ErrEmpty},
		{orb.LineString{{1, 2}, {math.NaN(), 3}}, wkb.ErrMalformed},
		{orb.Point{1, math.Inf(-1)}, wkb.ErrMalformed},
	} {
		dst, _, err := AppendGeometry([]byte("kept"), test.g, 4326)
		if !errors.Is(err, test.want) || string(dst) != "kept" {
			t.Errorf("%v: %q %v, want %v", test.g, dst, err, test.want)
		}
	}
}

// Blobs as others write them, byte for byte from the standard.
func TestBlobOfOthers(t *testing.T) {
	var d wkb.Decoder
	point := "0101000000" + "0000000000002440" + "0000000000003440" // 10 20, little-endian
	big := "0000000001" + "4024000000000000" + "4034000000000000"
	pointZM := "01b90b0000" + "0000000000002440" + "0000000000003440" + "0000000000000840" + "0000000000000840"
	for name, test := range map[string]struct {
		text string
		want orb.Geometry
		err  error
	}{
		"little, no envelope":     {"47500001" + "e6100000" + point, orb.Point{10, 20}, nil},
		"big-endian everything":   {"47500000" + "000010e6" + big, orb.Point{10, 20}, nil},
		"big header, little body": {"47500000" + "000010e6" + point, orb.Point{10, 20}, nil},
		"xyzm envelope":           {"47500009" + "e6100000" + hex.EncodeToString(make([]byte, 64)) + pointZM, orb.Point{10, 20}, nil},
		"empty point":             {"47500011" + "e6100000" + "0101000000" + "000000000000f87f000000000000f87f", nil, ErrEmpty},
		"extended":                {"47500021" + "e6100000" + point, nil, wkb.ErrUnsupported},
		"envelope code 5":         {"4750000b" + "e6100000" + point, nil, ErrBlob},
		"cut in the envelope":     {"47500003" + "e6100000" + point[:20], nil, ErrBlob},
		"plain WKB":               {point, nil, ErrBlob},
		"nothing":                 {"", nil, ErrBlob},
		"header only":             {"47500001" + "e6100000", nil, wkb.ErrMalformed},
	} {
		blob, err := hex.DecodeString(test.text)
		if err != nil {
			t.Fatal(err)
		}
		g, err := DecodeGeometry(&d, blob)
		if !errors.Is(err, test.err) || (test.want != nil && !orb.Equal(g, test.want)) || (test.want == nil && g != nil) {
			t.Errorf("%s: %v %v, want %v %v", name, g, err, test.want, test.err)
		}
	}
}

// FuzzBlob feeds arbitrary bytes: no panic, no large allocation for small input,
// and what decodes is encoded again to the same geometry and bounds.
func FuzzBlob(f *testing.F) {
	for _, g := range blobGeometries() {
		blob, _, err := AppendGeometry(nil, g, 4326)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(blob)
	}
	f.Add([]byte("GP\x00\x09\xe6\x10\x00\x00"))
	f.Fuzz(func(t *testing.T, blob []byte) {
		_, _ = BlobBound(blob)
		var d wkb.Decoder
		g, err := DecodeGeometry(&d, blob)
		if err != nil {
			return
		}
		first, bound, err := AppendGeometry(nil, g, 4326)
		if err != nil {
			t.Fatalf("%v decodes and does not encode: %v", g, err)
		}
		again, err := DecodeGeometry(&d, first)
		if err != nil || !orb.Equal(g, again) {
			t.Fatalf("%v became %v: %v", g, again, err)
		}
		second, boundAgain, err := AppendGeometry(nil, again, 4326)
		if err != nil || !bytes.Equal(first, second) || bound != boundAgain {
			t.Fatalf("%x became %x: %v", first, second, err)
		}
	})
}

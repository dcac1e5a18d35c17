package coding

import "strings"

// Coding is a content coding that the server can produce.
type Coding uint8

// The codings, in the order in which a tie is decided: the later wins.
const (
	Identity Coding = iota
	Gzip
	Zstd
	Count int = iota // how many there are, for arrays indexed by Coding
)

// String returns the name that stands in Content-Encoding.
func (c Coding) String() string {
	switch c {
	case Gzip:
		return "gzip"
	case Zstd:
		return "zstd"
	default:
		return "identity"
	}
}

// Preference is what a client makes of the codings.
type Preference struct {
	Best     Coding // the one it likes best
	Identity bool   // it takes identity too
	None     bool   // it refuses all of them
}

// Negotiate reads the Accept-Encoding fields of a request (RFC 9110, section
// 12.5.3). An element that cannot be read is passed over.
//
// A request without the field could take anything, but programs that do not
// ask for compression rarely undo it: identity is best for it.
func Negotiate(fields []string) Preference {
	q := weights{unset, unset, unset}
	star := unset
	for _, field := range fields {
		for field != "" {
			var element string
			element, field, _ = strings.Cut(field, ",")
			name, weight, readable := parseElement(element)
			switch {
			case !readable:
			case name == "*":
				star = weight
			case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
				q[Gzip] = weight
			case strings.EqualFold(name, "zstd"):
				q[Zstd] = weight
			case strings.EqualFold(name, "identity"):
				q[Identity] = weight
			}
		}
	}
	return q.choose(star)
}

// weights are the qvalues of the codings in thousandths.
type weights [Count]int

const unset = -1

// choose picks the heaviest coding. star weighs those that are not named.
func (q weights) choose(star int) Preference {
	p := Preference{None: true}
	bestWeight := unset
	for c, weight := range q {
		if weight == unset {
			weight = star
		}
		switch {
		case weight == unset && Coding(c) == Identity:
			bestWeight = 0 // acceptable, but after all that the client names
		case weight > 0 && weight >= bestWeight:
			p.Best, bestWeight = Coding(c), weight
		default:
			continue
		}
		p.None = false
		p.Identity = p.Identity || Coding(c) == Identity
	}
	return p
}

// parseElement reads "name" or "name;q=0.5"; the weight is in thousandths.
func parseElement(element string) (name string, weight int, ok bool) {
	name, parameter, weighted := strings.Cut(element, ";")
	name = strings.Trim(name, " \t")
	if name == "" {
		return "", 0, false
	}
	if !weighted {
		return name, 1000, true
	}
	key, value, _ := strings.Cut(parameter, "=")
	if key = strings.Trim(key, " \t"); key != "q" && key != "Q" {
		return "", 0, false
	}
	weight, ok = parseWeight(strings.Trim(value, " \t"))
	return name, weight, ok
}

// parseWeight reads a qvalue: 0 to 1 with at most three decimals.
func parseWeight(s string) (thousandths int, ok bool) {
	if s == "" || len(s) > 5 || (s[0] != '0' && s[0] != '1') {
		return 0, false
	}
	thousandths = int(s[0]-'0') * 1000
	if len(s) == 1 {
		return thousandths, true
	}
	if s[1] != '.' {
		return 0, false
	}
	for i, scale := 2, 100; i < len(s); i, scale = i+1, scale/10 {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		thousandths += int(s[i]-'0') * scale
	}
	return thousandths, thousandths <= 1000
}

package polygon

// Vec is a position in tile units: x right, y down, 0 to 4096 inside the
// tile. Before clipping it may lie anywhere in the world, up to 2^34 away.
type Vec struct{ X, Y int64 }

// The buffered tile, in tile units, borders included.
const (
	LowEdge  = -64
	HighEdge = 4096 + 64
)

//go:build !race

package proximity

const raceEnabled = false

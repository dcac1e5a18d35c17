//go:build !linux

package pgtest

func mountSmall(string, int64) (unmount func() error, err error) { return nil, errNoMount }

func isFull(error) bool { return false }

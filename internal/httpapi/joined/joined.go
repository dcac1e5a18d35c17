package joined

import (
	"context"
	"io"
	"net"
	"sync"
)

// heldBytes is the largest write that is held back: the buffer of net/http.
const heldBytes = 4 << 10

// Listener returns l with connections that join writes, where it accepts TCP
// connections or what embeds them. A server's ConnContext belongs to it.
func Listener(l net.Listener) net.Listener {
	j := &listener{Listener: l}
	j.buffers.New = func() any { return new([heldBytes]byte) }
	return j
}

type listener struct {
	net.Listener
	buffers sync.Pool // of *[heldBytes]byte
}

// Accept implements net.Listener.
func (j *listener) Accept() (net.Conn, error) {
	c, err := j.Listener.Accept()
	if tcp, ok := c.(stream); ok {
		return &connection{stream: tcp, buffers: &j.buffers}, err
	}
	return c, err
}

// stream is what net/http wants of a *net.TCPConn. Nothing else in package net has
// all of it, so that several buffers go into one of them by one system call.
type stream interface {
	net.Conn
	io.ReaderFrom
	CloseWrite() error
}

var _ stream = (*net.TCPConn)(nil)

// contextKey is where the context of a request has its connection.
type contextKey struct{}

// ConnContext is an http.Server's, so that Expect finds the connection of a request.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

// Expect says that what is written next to the connection of a request is a header and
// a body of n bytes, with nothing before it. Without such a connection it does nothing.
// Only the goroutine that writes the answer may call it.
func Expect(ctx context.Context, n int) {
	if n <= heldBytes {
		return // it may go into one write anyway
	}
	if c, ok := ctx.Value(contextKey{}).(*connection); ok {
		c.atLeast = n
	}
}

// connection is a TCP connection that may hold a write back until the next one.
type connection struct {
	stream
	buffers *sync.Pool
	atLeast int // more than so many bytes are to come: a shorter write is not the last
	held    *[heldBytes]byte
	length  int // of what is held
	pieces  [2][]byte
	vector  net.Buffers
}

// Write sends p, with what was held back; or holds it back, when more is to come.
func (c *connection) Write(p []byte) (int, error) {
	hold := len(p) < c.atLeast && len(p) <= heldBytes
	c.atLeast = 0
	switch {
	case c.held != nil:
		return c.writeBoth(p)
	case hold:
		c.held = c.buffers.Get().(*[heldBytes]byte)
		c.length = copy(c.held[:], p)
		return len(p), nil
	default:
		return c.stream.Write(p)
	}
}

// writeBoth sends what is held and p in one system call.
func (c *connection) writeBoth(p []byte) (int, error) {
	c.pieces = [2][]byte{c.held[:c.length], p}
	c.vector = c.pieces[:]
	n, err := c.vector.WriteTo(c.stream)
	c.buffers.Put(c.held)
	c.held, c.pieces = nil, [2][]byte{}
	return max(int(n)-c.length, 0), err
}

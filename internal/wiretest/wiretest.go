// Package wiretest asks an HTTP/1.1 server over one connection at so little cost that
// benchmarks measure the server and not the client: requests are bytes made before,
// bodies are counted and dropped.
package wiretest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"testing"
)

var errChunked = errors.New("a chunked answer, where one with Content-Length was expected")

// Serve serves h on loopback for the length of the test and returns its address.
func Serve(tb testing.TB, h http.Handler) string {
	tb.Helper()
	server := &http.Server{Handler: h}
	tb.Cleanup(func() { _ = server.Close() })
	return Listen(tb, server.Serve)
}

// Listen lets serve answer on loopback and returns its address. What serve returns is
// not looked at; the listener is closed when the test ends.
func Listen(tb testing.TB, serve func(net.Listener) error) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	go serve(l) //nolint:errcheck // ends with the listener
	return l.Addr().String()
}

// Client is one keep-alive connection, for one goroutine.
type Client struct {
	conn net.Conn
	in   *bufio.Reader
}

// Dial opens a connection, which the caller closes.
func Dial(addr string) (*Client, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &Client{conn, bufio.NewReaderSize(conn, 64<<10)}, nil
}

// Close closes the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Do sends a request, as it travels, and returns the status and the length of the
// body. The answer must tell its length, unless it is a 204.
func (c *Client) Do(request []byte) (status, length int, err error) {
	if _, err := c.conn.Write(request); err != nil {
		return 0, 0, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 {
		return 0, 0, fmt.Errorf("status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, err
	}
	if length, err = c.header(); err != nil || status == http.StatusNoContent {
		return status, 0, err
	}
	_, err = c.in.Discard(length)
	return status, length, err
}

// header reads the header and returns the length that it tells, 0 when it tells none.
func (c *Client) header() (length int, err error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			return length, nil
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			return 0, errChunked
		}
	}
}

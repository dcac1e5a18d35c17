package watch

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"
)

const (
	// maxReplyBytes is how much of a receiver's answer is read: enough to use the
	// connection again after a usual one.
	maxReplyBytes = 64 << 10
	// maxReplyHeader bounds the header of an answer.
	maxReplyHeader = 16 << 10
	userAgent      = "HanoiTwin-Webhook/1"
)

// sender posts messages. It is safe for concurrent use.
type sender struct{ secure, plain *http.Client }

func newSender(o Options) sender {
	return sender{secure: newClient(o, true), plain: newClient(o, false)}
}

// newClient returns a client that connects to what the policy allows and nothing
// else: no proxy, no redirect, and the address checked as it is connected to.
func newClient(o Options, secure bool) *http.Client {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			dialer := net.Dialer{Timeout: o.Timeout, Control: func(_, resolved string, _ syscall.RawConn) error {
				return o.Policy.dial(host, resolved, secure)
			}}
			return dialer.DialContext(ctx, network, address)
		},
		TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    o.Timeout,
		ForceAttemptHTTP2:      true,
		MaxConnsPerHost:        o.PerReceiver,
		MaxIdleConnsPerHost:    min(2, o.PerReceiver),
		MaxIdleConns:           o.Workers,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: maxReplyHeader,
	}
	return &http.Client{
		Transport:     transport,
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (s *sender) close() {
	s.secure.CloseIdleConnections()
	s.plain.CloseIdleConnections()
}

// refusal says why a message was not taken.
type refusal struct {
	reason string // for the owner: it tells nothing of the network inside
	cause  error  // for the log; nil when reason says all
	wait   time.Duration
	gone   bool // the receiver wants nothing more
}

// Error says why.
func (r *refusal) Error() string {
	if r.cause == nil {
		return r.reason
	}
	return r.reason + ": " + r.cause.Error()
}

// send posts one message, signed as Standard Webhooks says. nil means that the
// receiver has taken it.
func (s *sender) send(ctx context.Context, w *Webhook, msg *Message, now time.Time) *refusal {
	body, err := json.Marshal(msg)
	if err != nil {
		return &refusal{reason: "internal error", cause: err}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return &refusal{reason: "the URL cannot be called", cause: bare(err)}
	}
	h := request.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", userAgent)
	h.Set("Webhook-Id", msg.ID)
	h.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	h.Set("Webhook-Signature", w.Secret.sign(msg.ID, now.Unix(), body))
	client := s.plain
	if request.URL.Scheme == "https" {
		client = s.secure
	}
	reply, err := client.Do(request)
	if err != nil {
		return refusalOf(err)
	}
	defer reply.Body.Close()
	// What it says is of no interest, only that it is short.
	_, _ = io.CopyN(io.Discard, reply.Body, maxReplyBytes)
	switch code := reply.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code >= 300 && code < 400:
		return &refusal{reason: fmt.Sprintf("answered %d: redirects are not followed", code)}
	default:
		return &refusal{reason: fmt.Sprintf("answered %d", code), wait: retryAfter(reply.Header), gone: code == http.StatusGone}
	}
}

// retryAfter reads how many seconds the receiver asks to wait.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

func refusalOf(err error) *refusal {
	r := &refusal{cause: bare(err)}
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ErrPolicy):
		r.reason = "the operator does not list its address"
	case errors.As(err, &certificate):
		r.reason = "its certificate is not valid"
	case errors.As(err, &timeout) && timeout.Timeout():
		r.reason = "no answer in time"
	default:
		r.reason = "cannot be reached"
	}
	return r
}

// bare takes the URL, which may hold a secret, out of an error.
func bare(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

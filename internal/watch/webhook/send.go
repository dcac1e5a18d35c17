package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
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

// SenderOptions bound what a sender does. All fields but RootCAs are needed.
type SenderOptions struct {
	Policy      *Policy
	Timeout     time.Duration  // of one request
	PerReceiver int            // requests that go to one host and port at a time
	Workers     int            // requests at a time
	RootCAs     *x509.CertPool // authorities of receivers; nil: those of the system
}

// Sender posts messages. It is safe for concurrent use.
type Sender struct{ secure, plain *http.Client }

// NewSender makes a sender.
func NewSender(o SenderOptions) Sender {
	return Sender{secure: newClient(o, true), plain: newClient(o, false)}
}

// newClient returns a client that connects to what the policy allows and nothing
// else: no proxy, no redirect, and the address checked as it is connected to.
func newClient(o SenderOptions, secure bool) *http.Client {
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

// Close lets go of idle connections.
func (s *Sender) Close() {
	s.secure.CloseIdleConnections()
	s.plain.CloseIdleConnections()
}

// Refusal says why a message was not taken.
type Refusal struct {
	Reason string // for the owner: it tells nothing of the network inside
	cause  error  // for the log; nil when reason says all
	Wait   time.Duration
	Gone   bool // the receiver wants nothing more
}

// Error says why.
func (r *Refusal) Error() string {
	if r.cause == nil {
		return r.Reason
	}
	return r.Reason + ": " + r.cause.Error()
}

// Send posts one message, the JSON of body, signed as Standard Webhooks says. nil
// means that the receiver has taken it.
func (s *Sender) Send(ctx context.Context, w *Webhook, id string, body json.Marshaler, now time.Time) *Refusal {
	text, err := json.Marshal(body)
	if err != nil {
		return &Refusal{Reason: "internal error", cause: err}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(text))
	if err != nil {
		return &Refusal{Reason: "the URL cannot be called", cause: bare(err)}
	}
	h := request.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", userAgent)
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	h.Set("Webhook-Signature", w.Secret.sign(id, now.Unix(), text))
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
		return &Refusal{Reason: fmt.Sprintf("answered %d: redirects are not followed", code)}
	default:
		return &Refusal{Reason: fmt.Sprintf("answered %d", code), Wait: retryAfter(reply.Header), Gone: code == http.StatusGone}
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

func refusalOf(err error) *Refusal {
	r := &Refusal{cause: bare(err)}
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ErrPolicy):
		r.Reason = "the operator does not list its address"
	case errors.As(err, &certificate):
		r.Reason = "its certificate is not valid"
	case errors.As(err, &timeout) && timeout.Timeout():
		r.Reason = "no answer in time"
	default:
		r.Reason = "cannot be reached"
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

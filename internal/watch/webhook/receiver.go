package webhook

import "errors"

// Webhook is where the events of a watch are sent.
type Webhook struct {
	URL    string
	Secret Secret
}

// Errors that callers branch on.
var (
	// ErrPolicy means an address that webhooks may not go to.
	ErrPolicy = errors.New("not an address that webhooks may go to")
	// ErrRule means a rule of a Policy that cannot be read.
	ErrRule = errors.New("invalid rule for webhooks")
)

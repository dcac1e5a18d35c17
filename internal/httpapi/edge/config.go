package edge

import (
	"errors"
	"net/netip"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
)

// ErrConfig marks a configuration that cannot be served with.
var ErrConfig = errors.New("invalid configuration")

// Config sets what holds for all requests. The fields mean what those of the same
// name in httpapi.Config do, which checks them and has their defaults.
type Config struct {
	PublicURL      string
	TrustedProxies []netip.Prefix
	Guard          *access.Guard // nil: everybody reads, and nobody writes
	CORS           CORS
	LicenceURL     string

	AnswerBytes    int64
	MaxPageBytes   int
	MaxURLBytes    int
	MaxHeaderBytes int
	MaxBodyBytes   int64
	MaxWrites      int
	MaxInFlight    int

	ReadTimeout time.Duration
	WorkTimeout time.Duration
	SlowAfter   time.Duration
}

package watch

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
)

func TestOptionsValidate(t *testing.T) {
	if err := (Options{}).Validate(); err != nil {
		t.Error(err)
	}
	err := Options{Workers: -1, FirstRetry: time.Hour, LastRetry: time.Minute, Limits: spec.Limits{RadiusMetres: 1e6, FollowMetres: math.NaN(), Total: -1}}.Validate()
	for _, field := range []string{"Workers", "LastRetry", "RadiusMetres", "FollowMetres", "Total"} {
		if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), field+" is") {
			t.Errorf("%v does not name %s", err, field)
		}
	}
}

func TestPause(t *testing.T) {
	for attempts, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 10: 512 * time.Second, 11: 10 * time.Minute, 1000: 10 * time.Minute} {
		for range 100 {
			if got := pause(attempts, time.Second, 10*time.Minute); got < want/2 || got > want {
				t.Errorf("after %d attempts %s, want %s to %s", attempts, got, want/2, want)
			}
		}
	}
}

// TestReceiver: however an owner writes an address, it is one receiver.
func TestReceiver(t *testing.T) {
	for address, want := range map[string]string{
		"https://hooks.vn/a": "hooks.vn:443", "https://HOOKS.vn./b?c": "hooks.vn:443", "https://hooks.vn:443": "hooks.vn:443",
		"http://hooks.vn/": "hooks.vn:80", "http://hooks.vn:8080/": "hooks.vn:8080", "http://[::1]:9/": "[::1]:9", "https://[::1]/": "[::1]:443",
	} {
		if got := receiverOf(address); got != want {
			t.Errorf("%s is the receiver %s, want %s", address, got, want)
		}
	}
}

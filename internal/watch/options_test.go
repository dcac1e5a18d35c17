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

package main

import (
	"context"
	"log/slog"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
	"github.com/hanoitwin/hanoitwin/internal/watch"
	"github.com/hanoitwin/hanoitwin/internal/watch/spec"
	"github.com/hanoitwin/hanoitwin/internal/watch/webhook"
)

// watchFlags say what standing watches may do.
type watchFlags struct {
	WebhookAllow []string `env:"HANOITWIN_WEBHOOK_ALLOW" placeholder:"HOST|CIDR|public,…" help:"Where webhooks of watches may go: hosts such as hooks.example.vn or *.example.vn, addresses such as 10.0.0.0/8, or public for the internet by https (${env}). Nowhere by default."`
	MaxWatches   int      `default:"10000" env:"HANOITWIN_MAX_WATCHES" help:"How many watches there may be (${env}, default ${default})."`
}

// options returns what the flags say; mistakes are wrong usage.
func (f *watchFlags) options() (watch.Options, error) {
	policy, err := webhook.ParsePolicy(f.WebhookAllow)
	if err != nil {
		return watch.Options{}, err
	}
	o := watch.Options{Policy: policy, Limits: spec.Limits{Total: f.MaxWatches}}
	return o, o.Validate()
}

// openWatches opens the watches of a store, whose owners have the roles that
// their keys have now.
func openWatches(ctx context.Context, t *twin.Twin, store twin.Store, d *door, log *slog.Logger, o watch.Options) (*watch.Manager, error) {
	o.Role = func(owner watch.Owner) (city.Role, bool) { return d.auth.RoleNow(owner.Name, owner.Role) }
	m, err := watch.Open(ctx, t, store, log, o)
	if err != nil {
		return nil, exitWith(exitStore, err)
	}
	return m, nil
}

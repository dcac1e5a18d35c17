package main

import (
	"context"
	"log/slog"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
)

// accessFlags say who may do what, and how often.
type accessFlags struct {
	RequireReadKey bool `env:"HANOITWIN_REQUIRE_READ_KEY" help:"Reading needs a key or a token too (${env})."`

	OIDCIssuer    string               `name:"oidc-issuer" env:"HANOITWIN_OIDC_ISSUER" placeholder:"URL" help:"Accept tokens of this OpenID Connect issuer (${env})."`
	OIDCAudience  string               `name:"oidc-audience" env:"HANOITWIN_OIDC_AUDIENCE" placeholder:"NAME" help:"Audience that a token must be for; required with an issuer (${env})."`
	OIDCRoleClaim string               `name:"oidc-role-claim" default:"roles" env:"HANOITWIN_OIDC_ROLE_CLAIM" placeholder:"CLAIM" help:"Claim that holds the role, such as realm_access.roles (${env}, default ${default})."`
	OIDCRoles     map[string]city.Role `name:"oidc-roles" mapsep:"," env:"HANOITWIN_OIDC_ROLES" placeholder:"VALUE=ROLE,…" help:"What values of that claim mean (${env}; default: viewer, editor, admin mean themselves)."`
	OIDCNameClaim string               `name:"oidc-name-claim" default:"sub" env:"HANOITWIN_OIDC_NAME_CLAIM" placeholder:"CLAIM" help:"Claim by which the history names a user (${env}, default ${default})."`

	LimitReads    access.Rate `default:"200/400" env:"HANOITWIN_LIMIT_READS" placeholder:"RATE/BURST" help:"Reads a second, and at once, of each client address without a key; 0 is no limit (${env}, default ${default})."`
	LimitKeyReads access.Rate `default:"1000/2000" env:"HANOITWIN_LIMIT_KEY_READS" placeholder:"RATE/BURST" help:"The same of each key or user (${env}, default ${default})."`
	LimitWrites   access.Rate `default:"50/100" env:"HANOITWIN_LIMIT_WRITES" placeholder:"RATE/BURST" help:"Writes of each key or user (${env}, default ${default})."`
	LimitFailures access.Rate `default:"0.5/10" env:"HANOITWIN_LIMIT_FAILURES" placeholder:"RATE/BURST" help:"Failed logins of each client address (${env}, default ${default})."`

	CORSOrigins     []string `name:"cors-origins" env:"HANOITWIN_CORS_ORIGINS" placeholder:"ORIGIN,…" help:"Web pages that may read answers (${env}, default: all)."`
	CORSCredentials bool     `name:"cors-credentials" env:"HANOITWIN_CORS_CREDENTIALS" help:"Let those pages' browsers send cookies, for a proxy in front (${env})."`
}

// limits returns the rate limits. The values have been checked when they were
// read.
func (f *accessFlags) limits() access.Limits {
	return access.Limits{AddressReads: f.LimitReads, KeyReads: f.LimitKeyReads, Writes: f.LimitWrites, Failures: f.LimitFailures}
}

// authenticator returns who tells whose credentials are whose.
func (f *accessFlags) authenticator(keys *access.Keyring) (*access.Authenticator, error) {
	if f.OIDCIssuer == "" {
		return access.NewAuthenticator(keys, nil), nil
	}
	issuer, err := access.NewIssuer(access.IssuerConfig{
		URL: f.OIDCIssuer, Audience: f.OIDCAudience,
		RoleClaim: f.OIDCRoleClaim, Roles: f.OIDCRoles, NameClaim: f.OIDCNameClaim,
	})
	if err != nil {
		return nil, err
	}
	return access.NewAuthenticator(keys, issuer), nil
}

// door is the guard of a server, and what keeps it up to date.
type door struct {
	guard   *access.Guard
	auth    *access.Authenticator
	limiter *access.Limiter
}

// openDoor makes the door of a server and reads the keys of the store. Mistakes in
// the flags are wrong usage.
func (f *accessFlags) openDoor(ctx context.Context, store access.Documents, log *slog.Logger) (*door, error) {
	keys := access.NewKeyring(store)
	auth, err := f.authenticator(keys)
	if err != nil {
		return nil, exitWith(exitUsage, err)
	}
	limiter, err := access.NewLimiter(f.limits())
	if err != nil {
		return nil, exitWith(exitUsage, err)
	}
	if err := keys.Refresh(ctx); err != nil {
		// Reading is open without keys, and those that can be read work.
		log.Warn("read the API keys", "err", err)
	}
	return &door{access.NewGuard(auth, limiter, f.RequireReadKey), auth, limiter}, nil
}

// follow keeps keys up to date until ctx ends or stop is called, which waits for
// the end. Call it before the store is closed.
func (d *door) follow(ctx context.Context, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.auth.Follow(ctx, log)
	}()
	return func() {
		cancel()
		<-ended
		d.limiter.Close()
	}
}

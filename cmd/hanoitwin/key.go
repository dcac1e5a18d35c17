package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/access"
	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

type keyCommand struct {
	Create keyCreateCommand `cmd:"" help:"Make a key and print its token, once."`
	List   keyListCommand   `cmd:"" help:"List the keys, without their tokens."`
	Revoke keyRevokeCommand `cmd:"" help:"Make a key worthless."`
}

type keyCreateCommand struct {
	storeFlags
	Name   string         `arg:"" help:"Who uses the key, for the history: lower-case letters, digits, '.', '_', '-'."`
	Role   city.Role      `required:"" enum:"viewer,editor,admin" placeholder:"ROLE" help:"viewer reads, editor also writes features, admin also makes, changes and removes layers."`
	Layers []city.LayerID `short:"l" placeholder:"NAME,…" help:"An editor's key writes these layers only (default: all)."`
}

func (keyCreateCommand) Help() string {
	return `The token goes to standard output and nowhere else; only a hash of it is stored. Running servers know the
key a second later.

Examples:
  hanoitwin key create survey-team --role editor --layers roads,bridges
  TOKEN=$(hanoitwin key create city-map --role viewer)
  curl -H "Authorization: Bearer $TOKEN" http://localhost:8080/collections`
}

func (c *keyCreateCommand) Run(ctx context.Context, con console) error {
	// Before the store is opened: a mistake in the command is no matter of it.
	wanted := access.Key{Name: c.Name, Role: c.Role, Layers: c.Layers}
	if err := wanted.Validate(); err != nil {
		return exitWith(exitUsage, err)
	}
	store, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	return errors.Join(c.create(ctx, con, store), store.Close())
}

func (c *keyCreateCommand) create(ctx context.Context, con console, store twin.Store) error {
	if err := c.warn(ctx, con, store); err != nil {
		return exitWith(exitStore, err)
	}
	key, token, err := access.CreateKey(ctx, store, c.Name, c.Role, c.Layers, time.Now())
	if err != nil {
		return keyError(err)
	}
	if _, err := fmt.Fprintln(con.out, token.Reveal()); err != nil {
		// Nobody has seen the token, so nobody can use the key.
		return errors.Join(err, access.RevokeKey(ctx, store, c.Name))
	}
	fmt.Fprintf(con.err, "key %s (%s of %s) is made; its token is not shown again\n", key.Name, key.Role, layersOf(&key))
	return nil
}

// warn names the layers that are not there: perhaps not yet, perhaps misspelt.
func (c *keyCreateCommand) warn(ctx context.Context, con console, store twin.Store) error {
	if len(c.Layers) == 0 {
		return nil
	}
	return store.Read(ctx, func(r twin.Reader) error {
		for _, id := range c.Layers {
			if !slices.ContainsFunc(r.Layers(), func(l city.Layer) bool { return l.ID == id }) {
				fmt.Fprintf(con.err, "there is no layer %s yet\n", id)
			}
		}
		return nil
	})
}

type keyListCommand struct {
	storeFlags
	JSON bool `name:"json" help:"Print JSON."`
}

func (keyListCommand) Help() string {
	return `The id is the part of a token between its underscores: it tells whose token one has found.

Examples:
  hanoitwin key list
  hanoitwin key list --store postgres://twin@db/hanoi --json`
}

func (c *keyListCommand) Run(ctx context.Context, con console) error {
	store, err := c.openToRead(ctx)
	if err != nil {
		return err
	}
	keys, err := access.ListKeys(ctx, store)
	if err := errors.Join(keyError(err), store.Close()); err != nil && keys == nil {
		return err
	}
	unreadable := exitWith(exitFound, err)
	if c.JSON {
		return errors.Join(printJSON(con.out, keys), unreadable)
	}
	if len(keys) == 0 {
		fmt.Fprintln(con.err, "no keys; make one with: hanoitwin key create NAME --role ROLE")
		return unreadable
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLE\tLAYERS\tCREATED\tID")
	for i := range keys {
		k := &keys[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", k.Name, k.Role, layersOf(k), k.Created.Format(time.RFC3339), k.ID)
	}
	return errors.Join(w.Flush(), unreadable)
}

type keyRevokeCommand struct {
	storeFlags
	Name string `arg:"" help:"The key's name."`
}

func (keyRevokeCommand) Help() string {
	return `Running servers refuse the key within two seconds, as long as they reach the store. The history keeps the
name; a new key may have it, and the old token stays worthless.

Examples:
  hanoitwin key revoke survey-team
  hanoitwin key revoke survey-team --store postgres://twin@db/hanoi`
}

func (c *keyRevokeCommand) Run(ctx context.Context, con console) error {
	store, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	if err := errors.Join(keyError(access.RevokeKey(ctx, store, c.Name)), store.Close()); err != nil {
		return err
	}
	fmt.Fprintf(con.err, "key %s is revoked\n", c.Name)
	return nil
}

// keyError tells mistakes of the one who asks from trouble with the store.
func keyError(err error) error {
	switch {
	case errors.Is(err, access.ErrBadKey), errors.Is(err, access.ErrKeyExists), errors.Is(err, city.ErrNotFound):
		return exitWith(exitUsage, err)
	default:
		return exitWith(exitStore, err)
	}
}

// layersOf names what a key's role extends to.
func layersOf(k *access.Key) string {
	if len(k.Layers) == 0 {
		return "all layers"
	}
	names := make([]string, len(k.Layers))
	for i, l := range k.Layers {
		names[i] = string(l)
	}
	return strings.Join(names, ",")
}

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/hanoitwin/hanoitwin/data"
	"github.com/hanoitwin/hanoitwin/internal/check"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

type checkCommand struct {
	storeFlags
	All  bool `help:"Print every finding, not only the first 50 of each check and layer."`
	JSON bool `name:"json" help:"Print JSON."`
}

func (checkCommand) Help() string {
	return `Codes, geometry, names, dates, properties, ring lengths against the official figures, intersections on
their rings, duplicates, features outside the city. Exit code 1 when there are errors; warnings do not count.

Examples:
  hanoitwin check
  hanoitwin check --store postgres://twin@db/hanoi --json`
}

func (c *checkCommand) Run(ctx context.Context, con console) error {
	catalogue, err := data.Layers()
	if err != nil {
		return err
	}
	store, err := c.openToRead(ctx)
	if err != nil {
		return err
	}
	options := check.Options{Catalogue: catalogue}
	if c.All {
		options.MaxRows = -1
	}
	var report check.Report
	err = store.Read(ctx, func(r twin.Reader) error {
		var err error
		report, err = check.Run(ctx, r, options)
		return err
	})
	if err := errors.Join(err, store.Close()); err != nil {
		return exitWith(exitStore, err)
	}
	if c.JSON {
		err = printJSON(con.out, report)
	} else {
		err = report.WriteTable(con.out)
	}
	if err == nil && !report.OK() {
		err = exitWith(exitFound, fmt.Errorf("%s has errors", redact(c.Store)))
	}
	return err
}

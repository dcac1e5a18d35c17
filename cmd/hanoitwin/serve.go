package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/postgis"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

type serveCommand struct {
	storeFlags
	accessFlags
	watchFlags
	limitFlags
	Addr           string            `default:"127.0.0.1:8080" env:"HANOITWIN_ADDR" placeholder:"HOST:PORT" help:"Address to listen on (${env}, default ${default})."`
	PublicURL      string            `env:"HANOITWIN_PUBLIC_URL" placeholder:"URL" help:"Address under which clients reach the server; links start with it (${env})."`
	TrustedProxies []netip.Prefix    `env:"HANOITWIN_TRUSTED_PROXIES" placeholder:"CIDR,…" help:"Proxies whose forwarded headers are believed (${env})."`
	LicenceURL     string            `name:"licence-url" env:"HANOITWIN_LICENCE_URL" placeholder:"URL" help:"Licence of the data, for links; without, ODbL 1.0, that of the seed data (${env})."`
	CacheMB        mebibytes         `name:"cache-mb" default:"256" env:"HANOITWIN_CACHE_MB" help:"Tile cache in MiB (${env}, default ${default})."`
	PageCacheMB    mebibytes         `name:"page-cache-mb" default:"32" env:"HANOITWIN_PAGE_CACHE_MB" help:"Cache of pages of features that are asked for again, in MiB for each role (${env}, default ${default})."`
	TextCacheMB    mebibytes         `name:"text-cache-mb" default:"32" env:"HANOITWIN_TEXT_CACHE_MB" help:"Cache of the GeoJSON of features that are shown again, in MiB (${env}, default ${default})."`
	KeepVersions   int               `default:"1000" env:"HANOITWIN_KEEP_VERSIONS" help:"How many versions can be asked for with version= (${env}, default ${default})."`
	KeepFor        time.Duration     `default:"24h" env:"HANOITWIN_KEEP_FOR" help:"How long they are kept (${env}, default ${default})."`
	KeepMB         mebibytes         `name:"keep-mb" default:"256" env:"HANOITWIN_KEEP_MB" help:"How much memory they may take, about, in MiB (${env}, default ${default})."`
	LogLevel       slog.Level        `default:"info" env:"HANOITWIN_LOG_LEVEL" help:"debug, info, warn or error; debug logs every request (${env})."`
	LogFormat      string            `enum:"text,json" default:"text" env:"HANOITWIN_LOG_FORMAT" help:"text or json (${env})."`
	Empty          bool              `help:"Do not write the seed data into a new store."`
	Discover       bool              `help:"List the tables of the database that could be layers, and stop."`
	Adopt          map[string]string `placeholder:"LAYER=SCHEMA.TABLE" help:"Publish an existing table as a layer, without copying it. May be repeated."`
	JSON           bool              `name:"json" help:"With --discover: print JSON."`
}

func (serveCommand) Help() string {
	return `A store that does not exist yet is created with the seed data of Hà Nội.

Examples:
  hanoitwin serve
  hanoitwin serve --addr 0.0.0.0:8080 --store /srv/hanoi.gpkg
  hanoitwin serve --store postgres://twin@db/hanoi --discover
  hanoitwin serve --store postgres://twin@db/hanoi --adopt drains=public.drains`
}

func (c *serveCommand) Run(ctx context.Context, con console) error {
	log := slog.New(c.handler(con.err))
	if c.Discover {
		return c.discover(ctx, con)
	}
	cfg := httpapi.Config{PublicURL: c.PublicURL, LicenceURL: c.LicenceURL, TrustedProxies: c.TrustedProxies, CacheBytes: c.CacheMB.bytes(), AnswerBytes: c.PageCacheMB.bytes(), TextBytes: c.TextCacheMB.bytes(),
		CORS: edge.CORS{Origins: c.CORSOrigins, Credentials: c.CORSCredentials}}
	c.limit(&cfg)
	options := twin.Options{Retention: twin.Retention{Versions: c.KeepVersions, For: c.KeepFor, Bytes: c.KeepMB.bytes()}}
	watching, watchErr := c.watchFlags.options()
	if err := errors.Join(cfg.Validate(), options.Retention.Validate(), watchErr); err != nil {
		return exitWith(exitUsage, err)
	}
	// Listen first: a taken port is a mistake to tell before anything is loaded.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer listener.Close() //nolint:errcheck // the server closes it too
	store, seeded, err := c.openSeeded(ctx, !c.Empty)
	if err != nil {
		return err
	}
	defer func() {
		if err := store.Close(); err != nil {
			log.Error("close the store", "error", err)
		}
	}()
	if seeded {
		log.Info("wrote the seed data", "store", redact(c.Store))
	}
	if err := c.adopt(ctx, store); err != nil {
		return exitWith(exitStore, err)
	}
	t, err := twin.Open(ctx, store, log, options)
	if err != nil {
		return exitWith(exitStore, err)
	}
	door, err := c.openDoor(ctx, store, log)
	if err != nil {
		return err
	}
	defer door.follow(context.WithoutCancel(ctx), log)()
	cfg.Guard = door.guard
	if cfg.Watches, err = openWatches(ctx, t, store, door, log, watching); err != nil {
		return err
	}
	server, err := httpapi.New(cfg, t, log)
	if err != nil {
		return err
	}
	defer server.Close()
	banner(con.out, listener.Addr(), c.PublicURL, t)
	defer inBackground(ctx, t.Run)()
	defer inBackground(ctx, cfg.Watches.Run)()
	return server.Serve(ctx, listener)
}

// inBackground runs work until the function that it returns is called, which
// waits for its end. Work goes on after ctx ends, while the server finishes what
// is in flight.
func inBackground(ctx context.Context, work func(context.Context)) (stop func()) {
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		work(working)
	}()
	return func() {
		cancel()
		<-done
	}
}

func (c *serveCommand) handler(w io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}

// database returns the store as PostGIS, for what only PostGIS can do.
func database(store twin.Store) (*postgis.Store, error) {
	db, ok := store.(*postgis.Store)
	if !ok {
		return nil, exitWith(exitUsage, errors.New("--discover and --adopt need a PostGIS store (--store postgres://…)"))
	}
	return db, nil
}

func (c *serveCommand) adopt(ctx context.Context, store twin.Store) error {
	if len(c.Adopt) == 0 {
		return nil
	}
	db, err := database(store)
	if err != nil {
		return err
	}
	for name, table := range c.Adopt {
		id, err := city.ParseLayerID(name)
		if err != nil {
			return exitWith(exitUsage, err)
		}
		if err := db.Adopt(ctx, id, table); err != nil {
			return err
		}
	}
	return nil
}

// banner tells a person what to open and what to try.
func banner(w io.Writer, addr net.Addr, public string, t *twin.Twin) {
	base := public
	if base == "" {
		base = openAt(addr)
	}
	s := t.Snapshot()
	fmt.Fprintf(w, `
Bản sao số Hà Nội · Hanoi Twin — %d features in %d layers, version %d
Open  %s

Try   curl '%[4]s/collections/intersections/items/NG01/nearby?radius=3000&layers=intersections'
      curl '%[4]s/nearby?lon=105.8523&lat=21.0287&k=5'
      curl -o hanoi.mvt '%[4]s/tiles/all/11/1626/901.mvt'

`, s.Len(), len(s.Layers()), s.Version(), base)
}

// openAt is the URL of a server on this machine that listens at an address.
func openAt(addr net.Addr) string {
	host, port, _ := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); ip == nil || ip.IsLoopback() || ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// discover prints the tables that could be layers, and why the others cannot.
func (c *serveCommand) discover(ctx context.Context, con console) error {
	store, err := c.open(ctx, c.postgres())
	if err != nil {
		return err
	}
	defer store.Close() //nolint:errcheck // read only
	db, err := database(store)
	if err != nil {
		return err
	}
	found, err := db.Discover(ctx)
	if err != nil {
		return exitWith(exitStore, err)
	}
	if c.JSON {
		return printJSON(con.out, found)
	}
	if len(found) == 0 {
		fmt.Fprintln(con.err, "no table with a geometry column outside the twin's own schema")
		return nil
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TABLE\tKIND\tGEOMETRY\tSRID\tKEY\tROWS\tVERDICT")
	for _, t := range found {
		verdict := strings.Join(t.Problems, "; ")
		switch {
		case t.Layer != "":
			verdict = "is layer " + string(t.Layer)
		case verdict == "":
			verdict = "can be adopted"
		}
		rows := "?" // the server has not counted them yet
		if t.Rows >= 0 {
			rows = fmt.Sprint("~", t.Rows)
		}
		fmt.Fprintf(w, "%s\t%s\t%s %s\t%d\t%s\t%s\t%s\n", t.Name(), t.Relation, t.GeometryColumn, t.Geometry, t.SRID, cmp.Or(t.Key, strings.Join(t.Keys, ", ")), rows, verdict)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(con.err, "publish one with: hanoitwin serve --store … --adopt LAYER=SCHEMA.TABLE")
	return nil
}

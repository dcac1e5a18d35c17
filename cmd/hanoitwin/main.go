// Command hanoitwin serves, fills and inspects the digital twin of Hà Nội.
//
// Results go to standard output, talk to standard error. Exit codes: 0 done,
// 1 the command found errors in the data, 2 wrong usage, 3 the store cannot be
// used, 4 anything else failed, 130 interrupted.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the build.
var version = "dev"

// Exit codes, documented in --help.
const (
	exitFound       = 1
	exitUsage       = 2
	exitStore       = 3
	exitFailed      = 4
	exitInterrupted = 130
)

// exitError carries the exit code of an error.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func exitWith(code int, err error) error {
	if err == nil {
		return nil
	}
	return &exitError{code, err}
}

// commandLine is every flag and argument; each flag of store and server has an
// environment variable beside it.
type commandLine struct {
	Serve   serveCommand   `cmd:"" help:"Serve tiles, features and proximity over HTTP."`
	Import  importCommand  `cmd:"" help:"Import OSM, GeoJSON, Shapefile, GeoPackage or CSV files into the store."`
	Export  exportCommand  `cmd:"" help:"Write layers as GeoJSON, newline-delimited GeoJSON or GeoPackage, or as vector tiles in one file."`
	Near    nearCommand    `cmd:"" help:"List what is near a place."`
	Check   checkCommand   `cmd:"" help:"Check a store for mistakes."`
	Key     keyCommand     `cmd:"" help:"Make, list and revoke API keys: who may write, and see private layers."`
	Version versionCommand `cmd:"" help:"Print the version of this program, or of a running server."`
}

// console is where a command talks.
type console struct {
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], console{os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, con console) (code int) {
	var cli commandLine
	exited := -1
	parser, err := kong.New(&cli,
		kong.Name("hanoitwin"),
		kong.Description("The digital twin of Hà Nội: one versioned map of the city, as tiles, features and distances.\n\n"+
			"Exit codes: 0 done, 1 errors found in the data, 2 wrong usage, 3 the store cannot be used, 4 failed otherwise, 130 interrupted."),
		kong.Writers(con.out, con.err),
		kong.Exit(func(c int) { exited = c }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(con),
	)
	if err != nil {
		fmt.Fprintln(con.err, "hanoitwin:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if exited >= 0 { // --help has been printed
		return exited
	}
	if err != nil {
		fmt.Fprintf(con.err, "hanoitwin: %v\nhanoitwin: see hanoitwin --help\n", err)
		return exitUsage
	}
	if err := kctx.Run(); err != nil {
		return report(ctx, con, err)
	}
	return 0
}

func report(ctx context.Context, con console, err error) int {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(con.err, "hanoitwin: interrupted")
		return exitInterrupted
	}
	fmt.Fprintln(con.err, "hanoitwin:", err)
	var coded *exitError
	if errors.As(err, &coded) {
		return coded.code
	}
	return exitFailed
}

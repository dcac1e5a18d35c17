package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/city"
	"github.com/hanoitwin/hanoitwin/internal/twin"
)

type versionCommand struct {
	Store  string `placeholder:"PATH|URL" help:"Tell which version of the city this store holds."`
	Server string `placeholder:"URL" help:"Ask the server at this URL whether it is ready and which version of the city it serves."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

func (versionCommand) Help() string {
	return `Examples:
  hanoitwin version
  hanoitwin version --store hanoi.gpkg
  hanoitwin version --server http://localhost:8080   # exit code 4 when it is not ready`
}

type versionInfo struct {
	Program string `json:"program"`
	Go      string `json:"go"`
	Server  string `json:"server,omitempty"`
	Twin    string `json:"twin_version,omitempty"` // that the server serves
	Store   string `json:"store,omitempty"`
	Stored  string `json:"store_version,omitempty"`
}

func (c *versionCommand) Run(ctx context.Context, con console) error {
	info := versionInfo{Program: version, Go: runtime.Version(), Server: c.Server}
	if c.Store != "" {
		stored, err := storedVersion(ctx, storeFlags{c.Store})
		if err != nil {
			return err
		}
		info.Store, info.Stored = redact(c.Store), fmt.Sprint(stored)
	}
	if c.Server != "" {
		twin, err := probe(ctx, c.Server)
		if err != nil {
			return err
		}
		info.Twin = twin
	}
	if c.JSON {
		return json.NewEncoder(con.out).Encode(info)
	}
	fmt.Fprintf(con.out, "hanoitwin %s (%s)\n", info.Program, info.Go)
	if info.Store != "" {
		fmt.Fprintf(con.out, "%s holds version %s of the city\n", info.Store, info.Stored)
	}
	if info.Server != "" {
		fmt.Fprintf(con.out, "%s is ready and serves version %s of the city\n", info.Server, info.Twin)
	}
	return nil
}

// storedVersion opens a store that exists and reads its version.
func storedVersion(ctx context.Context, flags storeFlags) (version city.Version, err error) {
	store, err := flags.openToRead(ctx)
	if err != nil {
		return 0, err
	}
	err = store.Read(ctx, func(r twin.Reader) error { version = r.Version(); return nil })
	return version, exitWith(exitStore, errors.Join(err, store.Close()))
}

// probe asks a server's /readyz and returns the version of the city it serves.
func probe(ctx context.Context, server string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(server, "/")+"/readyz", nil)
	if err != nil {
		return "", exitWith(exitUsage, err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s is not ready: %s", server, res.Status)
	}
	return res.Header.Get("Twin-Version"), nil
}

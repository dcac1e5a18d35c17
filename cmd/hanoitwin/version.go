package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"time"
)

type versionCommand struct {
	Server string `placeholder:"URL" help:"Ask the server at this URL whether it is ready and which version of the city it serves."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

func (versionCommand) Help() string {
	return `Examples:
  hanoitwin version
  hanoitwin version --server http://localhost:8080   # exit code 4 when it is not ready`
}

type versionInfo struct {
	Program string `json:"program"`
	Go      string `json:"go"`
	Server  string `json:"server,omitempty"`
	Twin    string `json:"twin_version,omitempty"`
}

func (c *versionCommand) Run(ctx context.Context, con console) error {
	info := versionInfo{Program: version, Go: runtime.Version(), Server: c.Server}
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
	if info.Server != "" {
		fmt.Fprintf(con.out, "%s is ready and serves version %s of the city\n", info.Server, info.Twin)
	}
	return nil
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

package main

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/hanoitwin/hanoitwin/internal/edit"
	"github.com/hanoitwin/hanoitwin/internal/httpapi"
)

// limitFlags say how much one change, and the downloads of all, may ask for.
type limitFlags struct {
	MaxEdits            int           `default:"10000" env:"HANOITWIN_MAX_EDITS" placeholder:"N" help:"Most edits of a change set, and most features that a revert takes back (${env}, default ${default})."`
	MaxPolygonPositions int           `default:"20000" env:"HANOITWIN_MAX_POLYGON_POSITIONS" placeholder:"N" help:"Most positions of a feature with polygons that is written over HTTP; to check 100,000 takes up to a minute (${env}, default ${default})."`
	MaxBodyMB           mebibytes     `name:"max-body-mb" default:"16" env:"HANOITWIN_MAX_BODY_MB" placeholder:"N" help:"Longest body of a request in MiB (${env}, default ${default})."`
	WorkTimeout         time.Duration `default:"20s" env:"HANOITWIN_WORK_TIMEOUT" help:"Longest work for one answer or change (${env}, default ${default})."`
	MaxDownloads        int           `default:"16" env:"HANOITWIN_MAX_DOWNLOADS" placeholder:"N" help:"How many downloads of whole layers are sent at a time; more get 503 (${env}, default ${default})."`
	DownloadTimeout     time.Duration `default:"10m" env:"HANOITWIN_DOWNLOAD_TIMEOUT" help:"How long one download may take (${env}, default ${default})."`
	MaxTempMB           mebibytes     `name:"max-temp-mb" default:"1024" env:"HANOITWIN_MAX_TEMP_MB" placeholder:"N" help:"How large the temporary file of a GeoPackage download may grow, in MiB; larger ones get 507 (${env}, default ${default})."`
}

// mebibytes is a number of MiB whose bytes can be counted.
type mebibytes int64

// UnmarshalText reads a flag.
func (m *mebibytes) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64>>20 {
		return fmt.Errorf("%.40q is no whole number of MiB from 0 to %d", text, int64(math.MaxInt64>>20))
	}
	*m = mebibytes(n)
	return nil
}

func (m mebibytes) bytes() int64 { return int64(m) << 20 }

// sendingTime is what an answer may take to be sent, beside the work.
const sendingTime = 40 * time.Second

// limit brings the flags into the configuration of the server.
func (f *limitFlags) limit(c *httpapi.Config) {
	c.EditLimits = edit.Limits{Edits: f.MaxEdits, PolygonPositions: f.MaxPolygonPositions}
	c.MaxBodyBytes = f.MaxBodyMB.bytes()
	c.MaxDownloads, c.DownloadTimeout, c.MaxTempBytes = f.MaxDownloads, f.DownloadTimeout, f.MaxTempMB.bytes()
	c.WorkTimeout, c.WriteTimeout = f.WorkTimeout, f.WorkTimeout+sendingTime
}

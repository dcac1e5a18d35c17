package httpapi

import (
	"github.com/hanoitwin/hanoitwin/internal/httpapi/changes"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/describe"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/edge"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/events"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/features"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/past"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilecache"
	"github.com/hanoitwin/hanoitwin/internal/httpapi/tilesets"
)

// What each package needs to know of the whole.

func (c *Config) edge() edge.Config {
	return edge.Config{
		PublicURL: c.PublicURL, TrustedProxies: c.TrustedProxies, Guard: c.Guard, CORS: c.CORS, LicenceURL: c.LicenceURL,
		AnswerBytes: c.AnswerBytes, MaxPageBytes: c.MaxPageBytes, MaxURLBytes: c.MaxURLBytes, MaxHeaderBytes: c.MaxHeaderBytes, MaxBodyBytes: c.MaxBodyBytes,
		MaxWrites: c.MaxWrites, MaxInFlight: c.MaxInFlight, ReadTimeout: c.ReadTimeout, WorkTimeout: c.WorkTimeout, SlowAfter: c.SlowAfter,
	}
}

func (c *Config) tiles() tilecache.Config {
	return tilecache.Config{Bytes: c.CacheBytes, Workers: c.TileWorkers, MaxTileBytes: c.MaxTileBytes, WideFrom: c.wideFrom}
}

func (c *Config) tilesets() tilesets.Config {
	return tilesets.Config{Title: c.Title, Description: c.Description, TitleEN: c.TitleEN, DescriptionEN: c.DescriptionEN, MaxLayers: c.MaxLayers, MaxTileBytes: c.MaxTileBytes}
}

func (c *Config) features() features.Config {
	return features.Config{
		MaxRadiusMetres: c.MaxRadiusMetres, MaxNeighbours: c.MaxNeighbours, DefaultPage: c.DefaultPage, MaxPage: c.MaxPage,
		MaxPageBytes: c.MaxPageBytes, MaxLayers: c.MaxLayers, MaxDownloads: c.MaxDownloads, DownloadTimeout: c.DownloadTimeout,
		WriteTimeout: c.WriteTimeout, MaxTempBytes: c.MaxTempBytes, TempDir: c.TempDir, TextBytes: c.TextBytes,
	}
}

func (c *Config) events() events.Config {
	return events.Config{Watches: c.Watches, DefaultPage: c.DefaultPage, MaxPage: c.MaxPage, MaxLayers: c.MaxLayers, MaxSubscribers: c.MaxSubscribers}
}

func (c *Config) past() past.Config {
	return past.Config{DefaultPage: c.DefaultPage, MaxPage: c.MaxPage, MaxLayers: c.MaxLayers}
}

func (c *Config) changes() changes.Config {
	return changes.Config{DefaultPage: c.DefaultPage, MaxPage: c.MaxPage, Limits: c.EditLimits}
}

func (c *Config) describe(writable bool) describe.Config {
	return describe.Config{Title: c.Title, Description: c.Description, TitleEN: c.TitleEN, DescriptionEN: c.DescriptionEN, Licence: c.Licence, LicenceURL: c.LicenceURL, Writable: writable}
}

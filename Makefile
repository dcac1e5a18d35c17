# Hanoi Twin. `make run` serves the city, `make test` proves it.

GO      ?= go
STORE   ?= hanoi.gpkg
ADDR    ?= 127.0.0.1:8080
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BIN     := bin/hanoitwin
LDFLAGS := -s -w -X main.version=$(VERSION)

# One way of compiling for everything but the race detector, so that each package
# is compiled once: vet, staticcheck, the program, and the tests without the detector
# find it in the build cache. SQLite alone takes half a minute of a core.
export CGO_ENABLED := 0
#
# Compilers and linkers are over before their garbage is in the way of anybody: without
# collecting it they need a quarter less of the processor. Whatever grows beyond the
# limit, which is SQLite, collects.
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS) -trimpath '-toolexec=env GOGC=off GOMEMLIMIT=1500MiB')

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
# The race detector also checks each conversion to a pointer (checkptr). SQLite's C,
# translated to Go, is made of conversions of addresses outside Go's heap, about which
# that can say nothing; it took half of the time of all that uses SQLite. Its accesses
# are watched like all others.
RACE := -race '-gcflags=modernc.org/...=-d=checkptr=0'

# Packages that start no goroutine and wait for none, nor do those of ours that they
# call: there the race detector has nothing to see, and makes them five times as slow
# (internal/architecture holds the list to that).
SEQUENTIAL := data internal/architecture internal/city internal/cql2/expr internal/cql2/plane internal/crs internal/dcat internal/geodesy internal/geojson internal/geopackage/codec internal/ingest internal/ingest/csvfile internal/ingest/extsort internal/ingest/feed internal/ingest/geojson internal/ingest/osm internal/ingest/repair internal/ingest/shapefile internal/ingest/textenc internal/pmtiles internal/simplegeom internal/style internal/webpage internal/wkb tiles tiles/internal/polygon tiles/mvttest tiles/tms

# Staticcheck looks through SQLite too, once: without collecting garbage a third faster.
LINTER := GOGC=off GOMEMLIMIT=3GiB $(GO) run

GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: test-race test-program test-browser test-qgis help run build viewer test deps check lint bench bench-compare bench-map clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

run: build ## build and serve (STORE=hanoi.gpkg or STORE=postgres://…, ADDR=host:port)
	@$(BIN) serve --addr "$(ADDR)" --store "$(STORE)"

build: ## build bin/hanoitwin
	@$(GO) build -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/hanoitwin

viewer: deps ## rebuild the web map (internal/viewer/dist) from its sources; needs npm
	cd internal/viewer/tool && $(GO) run .
	cd internal/viewer && node_modules/.bin/tsc -p .

deps: ## install what the tests need (Debian and Ubuntu)
	@.ci/deps

test: test-race test-program test-browser ## all tests, on real PostGIS, GDAL and Chromium

# internal/integration asks a program that is built without the race detector, and
# reads its files and tiles: there it would find nothing. What lint has vetted is not
# vetted again.
empty :=
WITHOUT_RACE := internal/integration $(SEQUENTIAL)
ONE_OF_THEM  := github.com/hanoitwin/hanoitwin/($(subst $(empty) $(empty),|,$(WITHOUT_RACE)))

test-race: deps # whatever runs in the process of the test, with the race detector
	CGO_ENABLED=1 $(GO) test $(RACE) -vet=off -shuffle=on -timeout 20m $$($(GO) list ./... | grep -vxE '$(ONE_OF_THEM)')

test-program: deps # the program and its files, what starts no goroutine, a hundred kills a store, and the tool that builds the map
	$(GO) test -vet=off -shuffle=on -timeout 20m $(addprefix ./,$(WITHOUT_RACE))
	$(GO) test -vet=off -timeout 20m -run '^TestKilled' ./internal/geopackage ./internal/postgis
	cd internal/viewer/tool && $(GO) test -vet=off -shuffle=on -timeout 10m $$($(GO) list ./... | grep -v /browser$$)

test-browser: deps ## of these only the web map in Chromium, job by job (about three minutes)
	cd internal/viewer/tool && $(GO) test -shuffle=on -timeout 40m ./browser

test-qgis: deps ## QGIS connects, reads and draws (installs QGIS: some hundred megabytes)
	@/usr/bin/python3 -c 'import qgis.core' 2>/dev/null || apt-get install -y --no-install-recommends python3-qgis qgis-providers || sudo apt-get install -y --no-install-recommends python3-qgis qgis-providers
	$(GO) test -tags qgis -count=1 -v -run '^TestQGIS$$' ./internal/integration

lint: ## formatting, vet, staticcheck, a tidy go.mod
	@out=$$(gofmt -l cmd data internal tiles); test -z "$$out" || { echo "gofmt: $$out"; exit 1; }
	$(GO) vet ./...
	$(GO) mod tidy -diff
	$(LINTER) $(STATICCHECK) ./...
	cd internal/viewer/tool && $(GO) vet ./... && $(GO) vet -tags benchmap ./browser && $(GO) mod tidy -diff && $(LINTER) $(STATICCHECK) ./...

check: lint test ## what CI runs, and govulncheck (which asks vuln.go.dev)
	$(GO) run $(GOVULNCHECK) ./...

bench: ## Go benchmarks of every hot path, with a naive twin beside each
	$(GO) test -run '^$$' -bench . -benchmem -timeout 60m ./...

bench-compare: deps ## the table of the README: the server against PostGIS and bare net/http, in one run
	$(GO) test -tags compare -v -count=1 -timeout 60m -run "^TestCompare$$|^TestLiving$$|^TestStandards$$" ./internal/benchcompare

bench-map: deps ## the web map's figures: first load, long tasks, commit to screen; on a quiet machine
	cd internal/viewer/tool && $(GO) test -tags benchmap -v -count=1 -timeout 30m -run '^TestBenchMap$$' ./browser

clean: ## remove what the build made (not hanoi.gpkg)
	rm -rf bin

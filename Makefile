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
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS) -trimpath)

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# The race detector also checks each conversion to a pointer (checkptr). SQLite's C,
# translated to Go, is made of conversions of addresses outside Go's heap, about which
# that can say nothing; it took half of the time of all that uses SQLite. Its accesses
# are watched like all others. Nor does it look through Go's own packages.
RACE := -race '-gcflags=std=-d=checkptr=0' '-gcflags=modernc.org/...=-d=checkptr=0'

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

# Chromium draws by software and wants all cores: beside the others it takes three
# times as long.
test: test-race test-program ## all tests, on real PostGIS, GDAL and Chromium
	$(MAKE) test-browser

# The detector sleeps for a second at the end of each package's tests in which
# goroutines are left; a tenth will do for them to show a race.
#
# internal/integration asks a program that is built without the race detector, and
# reads its files and tiles: there it would find nothing. What lint has vetted is not
# vetted again.
test-race: deps # whatever runs in the process of the test, with the race detector
	CGO_ENABLED=1 GORACE=atexit_sleep_ms=100 $(GO) test $(RACE) -vet=off -shuffle=on -timeout 20m $$($(GO) list ./... | grep -v /internal/integration$$)

test-program: deps # the program and its files, a hundred kills a store, and the tool that builds the map
	$(GO) test -vet=off -shuffle=on -timeout 20m ./internal/integration
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

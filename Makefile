# make demo     build kreds, import the bundled data, show some segments
# make test     everything that a change has to pass
# make web      build the web app anew, into web/dist
# make help     the rest

GOLANGCI_LINT := v2.15.0
GOFUMPT       := v0.12.0

DEMO_DATA  ?= demo-data
BENCH_DATA ?= bench-data
BENCH      ?=
FUZZTIME   ?= 30s
TESTFLAGS  ?=

version := $(shell git describe --tags --always --dirty 2>/dev/null)
ldflags := -s -w $(if $(version),-X main.version=$(version))

.DEFAULT_GOAL := build

.PHONY: build
build: need ## build bin/kreds
	go build -trimpath -ldflags '$(ldflags)' -o bin/kreds ./cmd/kreds

.PHONY: demo
demo: build ## import the bundled data into demo-data/ and show some segments
	@bin/kreds --data $(DEMO_DATA) demo

.PHONY: test
test: need format-check ## vet, formatting and all tests
	go vet ./...
	go test -timeout 20m $(TESTFLAGS) ./...
	@if .ci/need-web; then $(MAKE) --no-print-directory web-test; else echo "The web app was NOT tested." >&2; fi

.PHONY: web
web: web/node_modules ## build the web app anew, into web/dist; needs Node
	npm --prefix web run --silent api
	npm --prefix web run --silent build

.PHONY: web-check
web-check: web/node_modules ## types, format and lint of the web app, and that web/dist is what its source gives
	npm --prefix web run --silent check
	cd web && node --test --test-reporter=spec test/build.test.js test/messages.test.js

.PHONY: web-test
web-test: web-check build ## the web app in a real browser
	cd web && node --test --test-reporter=spec --test-concurrency=1 $(filter-out test/build.test.js test/messages.test.js,$(patsubst web/%,%,$(wildcard web/test/*.test.js)))

web/node_modules: web/package.json web/package-lock.json
	npm --prefix web ci --no-audit --no-fund
	@touch $@

.PHONY: soak
soak: need ## the long runs of the same tests: hours
	KREDS_SOAK=1 go test -count 1 -timeout 6h -p 1 $(TESTFLAGS) ./...

.PHONY: fuzz
fuzz: need ## every fuzz target for FUZZTIME each (30s)
	@set -e; for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

.PHONY: bench
bench: need ## measure speed and memory; BENCH='-scale 0.01' for a quick look
	go build -o bin/bench ./bench
	bin/bench -data $(BENCH_DATA) $(BENCH)

.PHONY: lint
lint: need .tools/golangci-lint-$(GOLANGCI_LINT) ## static checks
	.tools/golangci-lint-$(GOLANGCI_LINT) run ./...

.tools/golangci-lint-$(GOLANGCI_LINT):
	GOBIN=$(CURDIR)/.tools go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT)
	mv .tools/golangci-lint $@

.PHONY: format
format: .tools/gofumpt-$(GOFUMPT) ## format all Go files
	.tools/gofumpt-$(GOFUMPT) -w $$(git ls-files -co --exclude-standard '*.go')

.tools/gofumpt-$(GOFUMPT):
	GOBIN=$(CURDIR)/.tools go install mvdan.cc/gofumpt@$(GOFUMPT)
	mv .tools/gofumpt $@

.PHONY: format-check
format-check:
	@unformatted=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then \
		echo "not formatted (make format, or gofmt -w):"; echo "$$unformatted"; exit 1; \
	fi

.PHONY: need
need:
	@.ci/need

.PHONY: clean
clean: ## remove what the targets above made
	rm -rf bin .tools web/node_modules web/artefacts $(DEMO_DATA) $(BENCH_DATA)

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | expand -t 10

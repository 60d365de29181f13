# make demo: the main job from a fresh clone. make test: the tests. Both install what is missing, and only that.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PINNED := node_modules/node/bin
export PATH := $(CURDIR)/$(PINNED):$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help demo test check bench interop faults clean
help:
	@echo "make demo     the main job, end to end"
	@echo "make test     the tests"
	@echo "make check    types, lint, arrows"
	@echo "make interop  tests against real tools; make faults: crashes and attacks; make bench: figures"

# npm ci removes node_modules, so it runs only when the lock file is newer than the last install. It refuses where a
# registry lacks the optional packages of other platforms; npm install takes the same versions without them.
node_modules/.stamp: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error --fetch-timeout=30000 --fetch-retries=5 2>/dev/null || npm install --no-save --no-audit --no-fund --loglevel=error --fetch-timeout=30000 --fetch-retries=5
	@touch $@

.cache/opa.stamp: node_modules/.stamp
	@mkdir -p .cache
	node bin/exhibit.js doctor --install opa
	@touch $@

SOURCES := $(shell find src scripts/build.ts scripts/workers.ts scripts/join-chunks.ts scripts/direct-imports.ts -name '*.ts' -not -name '*.test.ts' 2>/dev/null)
dist/.stamp: node_modules/.stamp tsconfig.build.json $(SOURCES)
	npm run --silent build
	@touch $@

demo: dist/.stamp .cache/opa.stamp
	@node bin/exhibit.js demo

test: dist/.stamp .cache/opa.stamp
	npm run --silent check
	npm run --silent test

check: node_modules/.stamp
	npm run --silent check

interop: dist/.stamp .cache/opa.stamp
	npm run --silent test:interop

faults: dist/.stamp .cache/opa.stamp
	npm run --silent test:faults

bench: dist/.stamp .cache/opa.stamp
	npm run --silent bench

clean:
	rm -rf dist .cache coverage demo-out

# make run    installs what is missing, makes the demonstration in ./var, serves it
# make test   installs what the tests need and runs every check
#
# Each step leaves a stamp and is done again only when what it rests on has changed.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:

BIN := .venv/bin
STAMPS := .venv/stamps
STATIC := revmod_live/portal/static/.vite/manifest.json
NODE_STAMP := web/node_modules/.installed
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-warn-script-location
WEB_SOURCES := $(shell find web/src -type f 2>/dev/null) $(wildcard web/*.ts web/*.json)

.PHONY: help setup run test test-deep bench format lock clean setup-test

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## .venv/bin/revmod-live, ready, with the browser's assets
	@$(MAKE) -s -j2 $(STAMPS)/editable $(STATIC)

run: setup ## the demonstration, served: its address and accounts are printed
	@$(BIN)/revmod-live demo --data var $(ARGS)

setup-test: setup
	@$(MAKE) -s $(STAMPS)/test
	@tools/ensure-browser

test: setup-test ## every check, small counts
	@$(BIN)/python tools/checks.py

test-deep: setup-test ## every check, with the counts of the specification: hours
	@REVMOD_DEEP=1 $(BIN)/python tools/checks.py

bench: setup-test ## measure, and print the table that the README shows
	@$(BIN)/python -m tests.bench $(ARGS)

format: setup-test ## let ruff format the Python files
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: $(STAMPS)/editable ## choose newer versions of the Python packages and write them down
	@$(PIP) pip-tools
	@tools/lock

clean: ## everything that was made here, the demonstration's data too
	rm -rf .venv web/node_modules revmod_live/portal/static var build dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# ------------------------------------------------------------------ stamps

$(STAMPS)/python: tools/make-venv
	@tools/make-venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/lock: requirements.lock $(STAMPS)/python
	@echo "Python packages ..."
	@$(PIP) -r requirements.lock
	@touch $@

$(STAMPS)/editable: pyproject.toml hatch_build.py $(STAMPS)/lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/test: requirements-test.lock $(STAMPS)/editable
	@echo "Python packages for the tests ..."
	@$(PIP) -r requirements-test.lock
	@touch $@

$(NODE_STAMP): web/package-lock.json web/package.json
	@command -v npm >/dev/null || { echo "Node 20 with npm is needed (nodejs.org, or Debian's nodejs and npm)" >&2; exit 1; }
	@echo "browser packages ..."
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STATIC): $(NODE_STAMP) $(WEB_SOURCES)
	@echo "browser assets ..."
	@cd web && npm run --silent build -- --logLevel warn
	@touch $@

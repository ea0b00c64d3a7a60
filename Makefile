# make run   the demo clinic, on an embedded database        make check  style, types, walls (under a minute)
# make test  every test, on SQLite, PostgreSQL, in Chromium   make fix    mends what can be mended by machine
# make bench what each job costs, beside its peers            make locks  pins the dependencies anew
# make mutants  changes the screening by a hair, in a copy, and says which changes no test notices (an hour; goes on)

SHELL := /bin/sh
PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: run test check fix bench mutants locks screenshots clean ruff types walls templates migrations coverage

run: .venv/runtime
	@$(BIN)/needlepoint serve --demo

test: .venv/dev .venv/peers
	@$(BIN)/python tools/run_tests.py

check: .venv/dev
	@$(MAKE) --no-print-directory -j2 --output-sync=target ruff types walls templates migrations coverage
	@echo "check: all well"

ruff:
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
types:
	@$(BIN)/mypy
walls:
	@$(BIN)/lint-imports --no-logo > .venv/walls.txt || { cat .venv/walls.txt; false; }
templates:
	@$(BIN)/djlint needlepoint --lint --quiet
migrations:
	@NEEDLEPOINT_DATA=.venv/check-data $(BIN)/python manage.py makemigrations --check --dry-run -v0
coverage:
	@$(BIN)/python tools/coverage.py --check

fix: .venv/dev
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

bench: .venv/dev .venv/peers
	@for job in bench/*.py; do echo "== $$job"; $(BIN)/python $$job || exit 1; done

mutants: .venv/dev
	@sh tools/mutants.sh

locks: .venv/dev
	@requirements/compile

screenshots: .venv/dev
	@$(BIN)/python tools/run_tests.py --screenshots

clean:
	rm -rf .venv var

# The environment: packages pinned with their hashes. A lock names every package it needs, so none is resolved (--no-deps):
# a newer release elsewhere changes nothing. Those taken as data come without their dependencies.
.venv/made:
	@test -n "$(PYTHON)" || { echo "Needlepoint needs Python 3.11: install it and try again."; false; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Needlepoint needs Python 3.11; $$($(PYTHON) --version) was found. Say: make PYTHON=/path/to/python3.11 run"; false; }
	@echo "Making the environment in .venv (first time only, a few minutes) ..."
	@$(PYTHON) -m venv .venv && touch $@

.venv/runtime: .venv/made requirements/runtime.lock requirements/data.lock pyproject.toml
	@test -e .venv/dev || $(PIP) -r requirements/runtime.lock
	@$(PIP) -r requirements/data.lock
	@sh tools/link_command.sh && touch $@

.venv/dev: .venv/made requirements/dev.lock requirements/data.lock pyproject.toml
	@$(PIP) -r requirements/dev.lock
	@$(PIP) -r requirements/data.lock
	@sh tools/link_command.sh && touch .venv/runtime $@

# What tests and bench check against comes from npm, by the Node of the environment; `make run` needs none of it.
.venv/peers: .venv/dev tools/peers/package-lock.json
	@sh tools/peers/install.sh && touch $@

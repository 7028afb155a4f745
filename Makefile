# Two commands for everybody, `make run` and `make test`; the rest is for those who change the code.
# Each step has a file that it makes or touches, so that it runs again only when what it is made from has changed.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
FRONTEND := $(shell find frontend -type f)
CATALOGS := $(wildcard app/translations/*/LC_MESSAGES/messages.po)
UV_COMPILE := $(BIN)/uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test torture bench mining lint format setup services lock messages

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## set up, then serve the office on http://127.0.0.1:8000 (PORT=8001; DUBAN_DEMO=0 for an empty one)
	@DUBAN_DEMO=$${DUBAN_DEMO:-1} exec $(BIN)/duban serve --ready --port $(PORT)

test: setup services ## set up, then run all tests: on SQLite and PostgreSQL, and in Chromium
	@echo "[test] pytest"
	@$(BIN)/python -m pytest -n 2 --dist loadscope; code=$$?; echo $$code > .venv/.pytest-code; exit $$code

torture: setup services ## the named tests of faults and load in full size, hours of them; prints a table of figures
	@DUBAN_TORTURE=full $(BIN)/python -m pytest tests/torture

bench: setup services ## print the table of measured ratios
	@$(BIN)/python -m bench

mining: .venv-mining/.packages ## hold an exported event log (LOG=log.xes) against the drawings with pm4py, which stays apart
	@.venv-mining/bin/python tools/mining.py $(LOG)

lint: setup .venv/.test-packages ## style, types, layers and templates; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet app/templates

format: .venv/.test-packages ## put the Python sources into the style of the house
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

setup: .venv/.project app/static/dist/manifest.json $(CATALOGS:.po=.mo) ## Python packages, front end and translations, without starting anything

services: .venv/.test-packages ## see that Chromium and PostgreSQL are there for the tests, and get what is missing
	@$(BIN)/python -m tests.prerequisites

lock: .venv/.test-packages ## resolve both lock files anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(UV_COMPILE) --group build -o requirements.lock
	$(UV_COMPILE) --group build --group dev -c requirements.lock -o requirements-dev.lock

messages: .venv/.project ## bring the translation catalogs up to date with the sources
	$(BIN)/pybabel extract --mapping babel.cfg --keyword _l --sort-by-file --no-wrap --output-file .venv/messages.pot .
	$(BIN)/pybabel update --input-file .venv/messages.pot --output-dir app/translations --no-wrap

# --- the steps ---------------------------------------------------------------------------------------------------

.venv/.packages: requirements.lock
	@echo "[setup 1/5] Python packages of requirements.lock, in .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes --requirement requirements.lock
	@touch $@

# hatchling is in the lock, so this builds without a download.
.venv/.project: pyproject.toml .venv/.packages
	@echo "[setup 2/5] this project, and its command duban"
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc .venv/.packages
	@echo "[setup 3/5] front-end packages of package-lock.json"
	@$(WITH_NODE) npm ci --loglevel=error
	@touch $@

app/static/dist/manifest.json: $(FRONTEND) node_modules/.package-lock.json
	@echo "[setup 4/5] scripts, styles and icons, into app/static/dist"
	@$(WITH_NODE) node frontend/build.mjs

%.mo: %.po .venv/.packages
	@echo "[setup 5/5] translation $<"
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# pm4py is AGPL: it reads our files in an environment of its own, and nothing here depends on it.
.venv-mining/.packages:
	@$(PYTHON) -m venv .venv-mining
	@.venv-mining/bin/python -m pip install --quiet --disable-pip-version-check pm4py==2.7.23.11
	@touch $@

.venv/.test-packages: requirements-dev.lock .venv/.packages
	@echo "[test] Python packages of requirements-dev.lock"
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

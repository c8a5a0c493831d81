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

.PHONY: demo run check semantic test slow test-dates static lint format types layers dead unit \
  mutants bench lock clean

demo: $(VENV)/.run           ## the bot, a community and a Telegram of their own; TERMINAL=1: no browser
	@$(BIN)/sosik demo $(if $(TERMINAL),--terminal) $(DEMO)

run: $(VENV)/.run            ## the bot, with the settings of .env
	@$(BIN)/sosik run

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

# Five for two cores: while one test waits for a process or a browser, another computes.
WORKERS ?= $(shell echo $$((5 * $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) / 2)))

unit: $(VENV)/.test
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations 10 --cov --cov-report= \
	  -m "not slow" $(PYTEST)
	$(BIN)/coverage report --include="$(PURE)" --fail-under=100
	$(BIN)/coverage report --omit="$(PURE)" --fail-under=90

# What calls itself pure, and storage: every branch is tested.
PURE = $(shell $(BIN)/python -m tests.pure)

slow: $(VENV)/.test          ## what takes long: sends in doubt, faults, an outage, every pattern
	$(BIN)/python -m pytest -n 9 -m slow $(PYTEST)

test-dates: $(VENV)/.test    ## what has a clock, at ten moments that surprise clocks; DATES=--list
	$(BIN)/python -m tests.dates $(DATES)

mutants: $(VENV)/.test       ## would the tests notice? one mistake at a time; resumable
	$(BIN)/python -m tests.mutants $(MUTANTS)

bench: $(VENV)/.bench        ## the figures of docs/, measured again
	$(BIN)/python -m benchmarks

lock: $(VENV)/.test          ## the newest versions that pyproject.toml allows, with hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --extra demo --group build --group dev --group bench pyproject.toml -o tests/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --extra demo --group build -c tests/requirements.lock pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --group nouns -c tests/requirements.lock -o benchmarks/requirements.lock
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["semantic"], sep="\n")' \
	  | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header -c tests/requirements.lock - -o semantic.lock

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

clean:
	rm -rf .venv .venv-* build dist *.egg-info .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Everything sets itself up: only make and a Python 3.11 with venv are assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := bot handlers storage tests benchmarks

.PHONY: demo run test lint format types layers unit bench lock clean

demo: $(VENV)/.run           ## the bot, a community and a Telegram of their own; TERMINAL=1: no browser
	@$(BIN)/sosik demo $(if $(TERMINAL),--terminal) $(DEMO)

run: $(VENV)/.run            ## the bot, with the settings of .env
	@$(BIN)/sosik run

test: lint types layers unit ## all that must hold before a commit

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

unit: $(VENV)/.test
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -n auto --cov --cov-report= $(PYTEST)
	$(BIN)/coverage report --include="$(PURE)" --fail-under=100
	$(BIN)/coverage report --omit="$(PURE)" --fail-under=90

# What has no clock, no I/O and no logging, and storage: every branch is tested.
comma := ,
empty :=
space := $(empty) $(empty)
PURE := $(subst $(space),$(comma),$(strip \
  storage/* bot/rendering/* bot/sources/archive.py bot/sources/decide.py \
  bot/sources/addresses.py bot/delivery/plan.py bot/schedule.py \
  bot/search/analyse.py bot/search/query.py bot/search/rank.py bot/search/highlight.py \
  bot/updates/raw.py))

bench: $(VENV)/.test         ## the figures of docs/, measured again
	$(BIN)/python -m benchmarks

lock: $(VENV)/.test          ## the newest versions that pyproject.toml allows, with hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --extra demo --group dev --group bench pyproject.toml -o tests/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --extra demo -c tests/requirements.lock pyproject.toml -o requirements.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Sosik needs Python 3.11 or newer: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv is missing: on Debian, apt-get install python3-venv"; exit 1; }

$(VENV)/.run: $(VENV)/bin/python requirements.lock pyproject.toml
	@echo "Setting up (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run tests/requirements.lock
	@echo "Setting up the tests (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis

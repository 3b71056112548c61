# Wirewatch. `make help` lists what there is.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH := .venv-torch

.DEFAULT_GOAL := help
.PHONY: help setup run stack stack-down compose-env check-compose test test-slow test-torch check format \
  bench train lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/runtime.done ## Make .venv with the wirewatch command

run: setup ## Run the whole pipeline with sample feeds, with STACK=1 on a running stack; Ctrl-C ends it
	@$(if $(STACK),variables=$$($(BIN)/python -m stack env) && eval "$$variables" && $(BIN)/wirewatch setup &&) \
	  exec $(BIN)/wirewatch run --sample

stack: setup ## Run real Kafka and Elasticsearch on loopback, without Docker; Ctrl-C ends them
	@exec $(BIN)/python -m stack up $(STACK_OPTIONS)

stack-down: setup ## Stop them from another terminal
	@$(BIN)/python -m stack down

compose-env: ## Make .env with new passwords for docker-compose.yml; an existing one is kept
	@$(PYTHON) -m compose.env

check-compose: $(VENV)/dev.done ## Run docker-compose.yml with stand-in images: needs root, Debian and 15 minutes
	@for each in docker.io:dockerd debootstrap:debootstrap iptables:iptables; do command -v $${each#*:} > /dev/null \
	  || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $${each%:*}; } || exit 1; done
	$(BIN)/python -m compose.check $(CHECK_OPTIONS)

test: check ## Check the code and run the everyday tests
	$(BIN)/pytest --numprocesses 2 --dist loadfile -m "not slow and not torch"

test-slow: $(VENV)/dev.done ## Run the tests that take minutes: crashes in mid-work, whole corpora
	$(BIN)/pytest -m slow

test-torch: $(TORCH)/torch.done ## Run the tests of models through PyTorch, in an environment of its own of 6 GB
	$(TORCH)/bin/pytest -m torch tests/enrich

check: $(VENV)/dev.done ## Lint, format check and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/dev.done ## Format the code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(VENV)/dev.done ## Measure speed and quality beside what a user would use instead
	$(BIN)/python -m bench

train: $(VENV)/train.done ## Train the model anew from the corpus: hours of one core, and 5 GB of PyTorch
	OMP_NUM_THREADS=1 $(BIN)/python -m training

lock: $(VENV)/dev.done ## Pin all dependencies anew, with hashes
	cd $(CURDIR) && for extra in "" dev torch train; do \
	  $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade \
	    --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet \
	    $${extra:+--extra $$extra --constraint requirements.lock} \
	    --output-file requirements$${extra:+-$$extra}.lock || exit 1; done

clean: ## Remove the environment and caches; data/ stays
	rm -rf $(VENV) $(TORCH) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

# An environment is made anew only when what it is made from has changed. setuptools comes from the lock,
# too, so that building the package fetches nothing that is not pinned.
$(VENV)/runtime.done: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Wirewatch needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "On Debian, install the package python3-venv first." >&2; exit 1; }
	@echo "Installing into $(VENV) (about a minute)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/train.done: $(VENV)/runtime.done requirements-train.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-train.lock
	@touch $@

$(VENV)/dev.done: $(VENV)/runtime.done requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# Of its own, so that all other tests run without PyTorch, as most users do.
$(TORCH)/torch.done: requirements-torch.lock requirements-dev.lock pyproject.toml
	@test -x $(TORCH)/bin/python || $(PYTHON) -m venv $(TORCH)
	@echo "Installing PyTorch into $(TORCH) (3 GB to load, some minutes)"
	@for lock in torch dev; do \
	  $(TORCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-$$lock.lock || exit 1; done
	@$(TORCH)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Needs Python 3.11 or newer and make; everything else comes from requirements/*.txt into .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
POLICY ?= policies/demo.toml
DATA ?= .caseladder
# Further arguments of `caseladder dev`, such as ARGS="--api-port 0 --json".
ARGS ?=
# What `make demo` works on: FILE=complaints.csv.gz FORMAT=cfpb LIMIT=60. Without FILE: its own samples.
FILE ?=
FORMAT ?=
LIMIT ?=
# Further arguments of pytest, for both halves of `make test`: PYTEST_ARGS="--durations=25".
PYTEST_ARGS ?=
# Which pictures `make pictures` takes, by a part of their names: ROOMS=web-ui. Without it: all.
ROOMS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
INSTALL_PROJECT := $(PIP) --no-deps --no-build-isolation --editable .
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
LOCK_NOTE := \# Made by `make lock` from pyproject.toml; do not edit. Install with pip --require-hashes.

.DEFAULT_GOAL := help
.PHONY: help run demo test test-parts test-whole bench corpus docs pictures fmt lock install install-dev

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## the whole stack on loopback, with sample cases; Ctrl-C stops it, and the next run finds its cases again
	@exec $(BIN)/caseladder dev --policy $(POLICY) --data $(DATA) $(ARGS)

demo: install ## complaints worked by simulated people; FILE=... FORMAT=cfpb LIMIT=n
	@exec $(BIN)/python -m starter.demo $(if $(FILE),--file "$(FILE)") $(if $(FORMAT),--format "$(FORMAT)") \
		$(if $(LIMIT),--limit "$(LIMIT)")

test: install-dev ## all that CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	@$(MAKE) --no-print-directory -j2 test-parts test-whole

# Two halves side by side, of about the same length: the second is mostly waiting, so the types are with the first. What
# the second says comes in one piece when it is over, so that the two do not mix; `pytest` alone runs every test, one
# after the other.
WHOLE := tests/faults tests/demo tests/policies tests/cases tests/records tests/activities tests/stack tests/starter

test-parts: install-dev ## one half of it: the types, and all tests but those of the other
	$(BIN)/pyright --warnings
	$(BIN)/pytest $(WHOLE:%=--ignore=%) $(PYTEST_ARGS)

# Without the cache, which is the first half's to write.
test-whole: install-dev ## the other half: the demo, worker, server and records killed under load, rules, records and commands
	@log=$$(mktemp) && trap 'cat "$$log"; rm -f "$$log"' EXIT && trap 'exit 130' INT TERM \
		&& $(BIN)/pytest -p no:cacheprovider $(WHOLE) $(PYTEST_ARGS) >"$$log" 2>&1

bench: install-dev ## what things cost, against their budgets: every script of benchmarks/
	@set -e; for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python -m "benchmarks.$$(basename "$$script" .py)"; done

corpus: install-dev ## record tests/histories/<version>/: every path of a case and of a hand-off, to be replayed ever after
	$(BIN)/python -m tests.corpus

docs: install-dev ## the parts of docs/ that are made from the code: diagrams, tables, saved views, JSON to paste
	$(BIN)/python -m tests.escalation_page
	$(BIN)/python -m tests.operators_page

pictures: install-dev ## docs/pictures/: the Desk and the Web UI in Chromium, from a running stack; ROOMS=wall for those alone
	$(BIN)/python -m tests.pictures $(ROOMS)

fmt: install-dev ## format, and repair what ruff can repair
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: install-dev ## resolve the dependencies anew: requirements/*.txt (UPGRADE=1: to their newest releases)
	@set -e; for name in run dev; do \
		lock=requirements/$$name.txt; \
		groups="--group build"; \
		if [ $$name = dev ]; then groups="$$groups --group dev --constraint requirements/run.txt"; fi; \
		$(COMPILE) $(if $(UPGRADE),--upgrade) $$groups pyproject.toml --output-file $$lock >/dev/null; \
		{ printf '%s\n' '$(LOCK_NOTE)'; cat $$lock; } >$$lock.new; \
		mv $$lock.new $$lock; \
		echo "wrote $$lock"; \
	done

install: .venv/.run-installed
install-dev: .venv/.dev-installed

$(BIN)/pip:
	@echo "caseladder: making .venv with $(or $(PYTHON),python3) (the first time takes a minute or two)"
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "caseladder: needs Python 3.11 or newer; name one with make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv \
		|| { echo "caseladder: Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }

.venv/.run-installed: requirements/run.txt pyproject.toml | $(BIN)/pip
	@echo "caseladder: installing what requirements/run.txt pins"
	@$(PIP) --require-hashes --requirement requirements/run.txt
	@$(INSTALL_PROJECT)
	@touch $@

# The development lock holds the run lock's versions and more, so it serves `make run` too.
.venv/.dev-installed: requirements/dev.txt pyproject.toml | $(BIN)/pip
	@echo "caseladder: installing what requirements/dev.txt pins"
	@$(PIP) --require-hashes --requirement requirements/dev.txt
	@$(INSTALL_PROJECT)
	@touch $@ .venv/.run-installed

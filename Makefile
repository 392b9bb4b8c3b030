# Casebot: `make` alone tells what there is. Works with GNU make 3.81 and later.

BIN := .venv/bin
PYTEST_ARGS ?=
CORPUS_ARGS ?=
DESK_ARGS ?=
MAIL_ARGS ?=
CHAOS_ARGS ?=
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help setup demo tour chaos screenshots test check format lint types imports cov corpus bench-desk bench-mail image audit lock clean FORCE

help: ## Show this list
	@echo "Casebot: a case desk that lives in Slack. Begin with: make demo"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: .venv/.ready ## Make .venv with everything in it (PYTHON=python3.12 picks an interpreter)
	@:

# Made anew only when the lock or the project's description changed, or an interpreter is named.
.venv/.ready: requirements-dev.lock pyproject.toml .ci/setup $(if $(PYTHON),FORCE)
	@PYTHON="$(PYTHON)" sh .ci/setup

demo: setup ## See Casebot work, with a Slack and a mailbox in memory: no account needed
	@$(BIN)/python -m bot demo

tour: setup ## Watch the whole story told and checked on the console, in under a minute
	@$(BIN)/python -m bot tour

chaos: setup ## Kill, cut and starve the desk while people write, and count (CHAOS_ARGS="--seed 7 --rounds 40")
	@$(BIN)/python -m bot chaos $(CHAOS_ARGS)

screenshots: setup ## Take the README's picture anew from the running demo (needs Chromium)
	@$(BIN)/python -m bench.screenshots

test: setup ## Run all tests; what needs a server that is not here is listed as NOT RUN
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: lint types imports ## Everything a change must pass: format, lint, types, imports, tests
	@$(MAKE) test PYTHON=

format: setup ## Put the code into its one form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: setup ## Look for slips, and for code that is not in its one form
	@$(BIN)/ruff format --check --quiet . || { echo "Not in form: run make format"; exit 1; }
	@$(BIN)/ruff check --quiet .

types: setup ## Check the types
	@$(BIN)/mypy

imports: setup ## Check that imports only point down
	@$(BIN)/lint-imports --no-logo

cov: setup ## Run the tests and show which lines none of them reached
	@$(MAKE) test PYTHON= PYTEST_ARGS="--cov --cov-report=term $(PYTEST_ARGS)"

corpus: setup ## Show how many expectations of the mail corpus hold (CORPUS_ARGS=--misses lists the others)
	@$(BIN)/python -m bench.corpus $(CORPUS_ARGS)

bench-desk: setup ## Measure reads, search and sweep on desks of 1,000 to 1,000,000 cases (DESK_ARGS=--db postgresql)
	@$(BIN)/python -m bench.desk $(DESK_ARGS)

bench-mail: setup ## Measure mails a second into cases, beside a floor and django-helpdesk (MAIL_ARGS="--mails 10000")
	@$(BIN)/python -m bench.mail $(MAIL_ARGS)

image: setup ## Do the Dockerfile's steps without an engine, and see that what comes out runs
	@$(BIN)/python .ci/image.py

audit: setup ## Look the locked packages up in the list of known vulnerabilities
	@sh .ci/audit

lock: ## Choose newer versions of the packages and write both locks (needs uv)
	@sh .ci/lock

clean: ## Remove what the tools left behind; .venv and databases stay
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov dist build
	@find bot tests -name __pycache__ -type d -prune -exec rm -rf {} +

FORCE:

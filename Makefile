# Everything needs only Python 3.11 to 3.13, git and make; each target sets up what it uses.
SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/bin
export PORT ?= 8000
ifdef DATA_DIR
export DATA_DIR
endif

.PHONY: help demo test check bench walk crawl fuzz faults mutation lock messages compile-messages clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-18s %s\n' "$$name" "$$text"; done

# --- Environment ---------------------------------------------------------------------------------------------
.venv/bin/python:
	@.ci/venv

.venv/.runtime: requirements.txt | .venv/bin/python
	@test -e .venv/.development || echo "Installing what the site needs …"
	@test -e .venv/.development || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@test ! -e .venv/.development || $(MAKE) --no-print-directory .venv/.development
	@touch $@

.venv/.development: requirements-dev.txt | .venv/bin/python
	@echo "Installing what the site and its checks need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/.runtime

# --- Running -------------------------------------------------------------------------------------------------
demo: .venv/.runtime compile-messages ## the site with demonstration data on 127.0.0.1 (PORT=8000, DATA_DIR=var)
	@exec deploy/demo/run

# --- Checking ------------------------------------------------------------------------------------------------
test: .venv/.development compile-messages ## all tests, on SQLite and, where they answer, on PostgreSQL and Redis
	@CHROMIUM="$$(.ci/chromium)" && export CHROMIUM && JAXB="$$(.ci/jaxb)" && export JAXB && exec $(BIN)/python -m tests.legs

check: .venv/.development compile-messages ## lint, types, migrations, architecture, deployment settings
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec .ci/check

bench: .venv/.development compile-messages ## each benchmark prints one JSON line
	@exec $(BIN)/python -m tests.bench

walk: .venv/.development compile-messages ## orders moved at random by everybody, held against rules of its own (STEPS, SEED)
	@exec $(BIN)/python -m tests.walk --seed $(or $(SEED),2026) --steps $(or $(STEPS),20000)

crawl: .venv/.development compile-messages ## every link and button of every page as everybody, over the demonstration (PAGES)
	@exec $(BIN)/python -m tests.pages crawl --pages $(or $(PAGES),600)

fuzz: .venv/.development compile-messages ## every endpoint and every form as every role, with what no client sends (SEED, EXAMPLES)
	@$(BIN)/python -m tests.fuzz --seed $(or $(SEED),2026) --examples $(or $(EXAMPLES),12)
	@exec $(BIN)/python -m tests.pages fuzz --world states --seed $(or $(SEED),2026)

faults: .venv/.development compile-messages ## web, worker, Redis and PostgreSQL killed while orders move (KILLS, ORDERS)
	@exec $(BIN)/python -m tests.faults --kills $(or $(KILLS),500) --orders $(or $(ORDERS),50)

mutation: .venv/.development compile-messages ## takes away one check at a time and asks whether a test notices
	@exec $(BIN)/python -m tests.mutation

# --- Upkeep --------------------------------------------------------------------------------------------------
lock: .venv/.development ## pin requirements.in and requirements-dev.in with hashes
	@$(BIN)/pip install --quiet --disable-pip-version-check uv
	@for name in requirements requirements-dev; do \
	    $(BIN)/uv pip compile $$name.in --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	        --no-header --quiet -o $$name.txt || exit 1; done

# Babel's keywords name lazy gettext nowhere, hence the list. The contexts of pgettext come first.
KEYWORDS := -k gettext_lazy -k gettext_noop -k ngettext_lazy:1,2 -k pgettext_lazy:1c,2 -k npgettext_lazy:1c,2,3

messages: .venv/.development ## bring the catalogues in line with the sources (then translate wapicert/locale/en)
	@mkdir -p wapicert/locale
	@$(BIN)/pybabel --quiet extract -F pyproject.toml $(KEYWORDS) --sort-by-file --no-wrap --add-location=file --project=wapicert \
	    -o wapicert/locale/django.pot .
	@for language in en zh_Hans; do \
	    test -e wapicert/locale/$$language/LC_MESSAGES/django.po && act=update || act=init; \
	    extra=$$(test $$act = update && echo "--no-fuzzy-matching --ignore-obsolete" || true); \
	    $(BIN)/pybabel --quiet $$act -i wapicert/locale/django.pot -d wapicert/locale -D django -l $$language --no-wrap \
	        $$extra || exit 1; done
	@rm wapicert/locale/django.pot

compile-messages: | .venv/bin/python
	@test ! -d wapicert/locale/en || $(BIN)/pybabel --quiet compile -d wapicert/locale -D django

clean: ## remove the environment and the data of the demonstration
	rm -rf .venv var

# Set-up needs python3 (3.11 or newer) with pip, and make; nothing else. What each target does: make help

PORT ?= 8000
HOST ?= 127.0.0.1
# One more than the cores of a small machine: tests with a browser or a worker also wait.
JOBS ?= 3
DEBUG ?= on
# The Python of a new .venv/; one that was built with optimisation serves pages a fifth faster (docs/performance.md).
PYTHON3 ?= python3
export PORT HOST DEBUG

PYTHON := .venv/bin/python
# The environment is made without its own pip (Debian keeps that in a package of its own): the system's pip fills it.
# Twice quiet: only errors; a mirror that lacks a page is none.
INSTALL := python3 -m pip --python $(PYTHON) install -qq --disable-pip-version-check --require-hashes -r
PROCFILE := $(if $(REDIS_URL),Procfile.redis,Procfile)

.PHONY: help setup run test lint bench soak screenshots
.DELETE_ON_ERROR:

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /make \1: /p' Makefile

setup: .venv/.development ## Make .venv/ with everything that running, testing and linting need

run: .venv/.runtime ## Set up, migrate, load the regions and (first run) the sample, start web and worker on port 8000
	@$(PYTHON) manage.py prepare
	@printf '\n  Siap Rekam: http://%s:%s/  (Ctrl+C: berhenti)\n\n' "$(HOST)" "$(PORT)"
	@PATH="$(CURDIR)/.venv/bin:$$PATH" honcho -e /dev/null -f $(PROCFILE) start -p $(PORT)

test: .venv/.development ## Run all tests; what a missing server keeps from running is skipped by name
	@$(PYTHON) -m pytest -n $(JOBS) --dist loadfile

lint: .venv/.development ## Check style, types, import order, migrations and the deployment settings
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) manage.py makemigrations --check --dry-run
	DEBUG=off ALLOWED_HOSTS=localhost SECRET_KEY="$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')" \
		$(PYTHON) manage.py check --deploy --fail-level WARNING

bench: .venv/.development ## Measure pages, rollups and imports at national scale (needs DATABASE_URL of a PostgreSQL)
	@$(PYTHON) -m bench

soak: .venv/.development ## Send 1,000 reports 16 times each from several phones at once (SUBMISSIONS=200 RESENDS=8 for fewer)
	@$(PYTHON) -m bench.soak

screenshots: .venv/.development ## Take pictures of every page, phone and desktop, light and dark, and on paper, into var/screenshots/ (ONLY="word ..." for some)
	@$(PYTHON) -m screens $(ONLY)

.venv/bin/python:
	@$(PYTHON3) -m venv --without-pip .venv

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Memasang pustaka ..."
	@$(INSTALL) requirements.txt
	@touch $@

.venv/.development: requirements-dev.txt | .venv/bin/python
	@echo "Memasang pustaka (dengan alat uji) ..."
	@$(INSTALL) requirements-dev.txt
	@touch .venv/.runtime $@

# Everything one does with this project. `make` alone explains it.
# Needed on the machine: python3 (3.11 or later) with venv, make. The rest is set up here, without root.

PYTHON ?= python3
export PYTHON
# Node and the tools are those of .venv, never the system's.
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

python_ready := .venv/.ready
node_ready := node_modules/.ready
assets_ready := pwa/dist/assets.json
# Folders count too: their date changes when a file in them goes.
pwa_sources := $(shell find pwa server/pages/templates -mindepth 1 -path pwa/dist -prune -o -print 2>/dev/null)
# The build for the State's own sites and the neutral one differ: changing STATE_SITE is a reason to build.
flavour := var/.assets-$(if $(filter 1,$(STATE_SITE)),state,neutral)
catalogues := $(shell find server -name '*.po')

# Two processes by default: a journey opens browsers, and each wants a core.
WORKERS ?= 2
TEST_TIMEOUT ?= 300
pytest = python -m pytest -n $(WORKERS) --dist worksteal --timeout $(TEST_TIMEOUT) $(TESTS) $(PYTEST_FLAGS)
ifdef PG
export TEST_POSTGRES_BIN := /usr/lib/postgresql/$(PG)/bin
endif

.PHONY: help setup run test test-long check check-locks check-python check-js bench screens build lock browsers kannel \
	catalogues clean

help: ## Show this list.
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  PORT=8000, DATABASE_URL and the other settings come from the environment."

setup: $(python_ready) $(node_ready) ## Install everything into .venv and node_modules.

$(python_ready): requirements/dev.txt pyproject.toml tools/setup_python.sh
	@tools/setup_python.sh
	@touch $@

$(node_ready): package-lock.json package.json tools/setup_node.sh $(python_ready)
	@tools/setup_node.sh
	@touch $@

build: $(assets_ready) catalogues ## Bundle scripts and styles into pwa/dist, compile the translations.

$(assets_ready): $(pwa_sources) tools/build.mjs $(wildcard tools/build/*) $(flavour) $(node_ready)
	@node tools/build.mjs

$(flavour):
	@mkdir -p var && rm -f var/.assets-* && touch $@

catalogues: $(python_ready) $(catalogues)
	@python tools/compile_catalogues.py

run: setup build ## Start the demonstration: database, web and worker. Ctrl-C stops it all.
	@python tools/run.py

browsers: $(python_ready)
	@tools/setup_browsers.sh

kannel:
	@tools/setup_kannel.sh

test: setup build browsers kannel ## Run all tests. TESTS=tests/unit narrows, PG=15 takes the system's PostgreSQL 15.
	@$(pytest)

test-long: export HYPOTHESIS_PROFILE := long
test-long: TEST_TIMEOUT := 7200
test-long: setup build browsers kannel ## The same with many more generated cases.
	@$(pytest)

check: check-locks check-python check-js ## Lint, types, layers and lock files, without running anything.

check-locks: $(python_ready)
	python tools/check_locks.py

check-python: $(python_ready)
	ruff check
	ruff format --check
	mypy models push server
	lint-imports

check-js: $(node_ready)
	python tools/check_js.py

bench: setup build browsers ## Measure against the bars. ONLY=sockets takes one file.
	@python -m bench $(ONLY)

screens: export SCREENS_DIR := $(CURDIR)/var/screens
screens: setup build browsers ## Run the journeys, keep each screen they show in var/screens, renew the README's pictures.
	@rm -rf var/screens && mkdir -p var/screens
	@python -m pytest -n $(WORKERS) --dist worksteal --timeout $(TEST_TIMEOUT) tests/journeys $(PYTEST_FLAGS)
	@mkdir -p docs/pictures
	@cp var/screens/citizen-home-360-light.png docs/pictures/citizen-home.png
	@cp var/screens/terminal-request-360-light.png docs/pictures/terminal-request.png
	@cp var/screens/terminal-request-1280-dark.png docs/pictures/terminal-wide.png
	@cp var/screens/citizen-booking-when-360-light.png docs/pictures/citizen-times.png
	@cp var/screens/terminal-agenda-360-light.png docs/pictures/terminal-agenda.png
	@cp var/screens/terminal-week-1280-light.png docs/pictures/terminal-week.png
	@cp var/screens/terminal-planning-1280-light.png docs/pictures/terminal-planning.png
	@echo "$$(ls var/screens | wc -l) screenshots in var/screens, those of the README in docs/pictures"

lock: setup ## Renew the lock files. UPGRADE=1 takes the newest versions.
	@tools/lock.sh

clean: ## Remove everything that was made here, the demonstration's database included.
	@if [ -x .venv/bin/python ]; then python tools/clean.py; fi
	rm -rf .venv node_modules pwa/dist var *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} + ; find server -name '*.mo' -delete

# What there is to do here; `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin

export DATABASE_URL SECRET_KEY DEBUG
# Many containers forbid Python to keep what it has compiled. Every start would compile 2,300 modules: 5 s instead of 2.
unexport PYTHONDONTWRITEBYTECODE

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup:  ## install what demo and run need, into .venv/ and node_modules/
	@scripts/setup.sh run

setup-tests:  ## install what the tests need besides
	@scripts/setup.sh tests

demo: setup  ## load the demo region once, and serve it at http://127.0.0.1:8000 (PORT= changes it)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_demo --unless-loaded
	@scripts/serve.sh $(PORT)

run: setup  ## serve what is in the database, for development (reloads; DEBUG=1)
	@DEBUG=1 $(BIN)/python manage.py migrate --verbosity 0
	@DEBUG=1 $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

test: setup-tests  ## all tests: lint, types, JavaScript, SpatiaLite, Chromium, PostGIS
	@scripts/test.sh

lint: setup-tests  ## style, types, import contracts
	@scripts/lint.sh

format: setup-tests  ## let ruff and prettier lay out the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && scripts/node.sh npm run --silent format

messages: setup-tests  ## collect German strings into the English catalogue and compile it
	@$(BIN)/python -m scripts.messages && scripts/setup.sh run

openapi: setup-tests  ## write the API's OpenAPI document anew to docs/openapi.yaml
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

clients: setup-tests  ## let QGIS, LibreOffice and ogr2ogr read the site (installs them from Debian, 900 MB)
	@scripts/clients.sh

bench: setup-tests  ## print what performance claims rest on
	@$(BIN)/python -m tests.bench.bench_engine
	@$(BIN)/python -m tests.bench.bench_assess
	@$(BIN)/python -m tests.bench.bench_api

bench-api: setup-tests  ## print how fast the open data are, beside tipg, pygeoapi and nginx
	@$(BIN)/python -m tests.bench.bench_api

lighthouse: setup-tests  ## let Lighthouse look at Germany with 100,000 places, or at ADDRESS (fetches it by npx, 185 MB)
	@$(if $(ADDRESS),scripts/lighthouse.sh $(ADDRESS),$(BIN)/python -m tests.bench.bench_map)

screenshots: setup-tests  ## take the README's picture anew from the demo
	@$(BIN)/python -m scripts.screenshots

lock: setup-tests  ## compile the pinned requirements anew from pyproject.toml
	@scripts/lock.sh

.PHONY: help setup setup-tests demo run test lint format messages openapi clients bench bench-api lighthouse screenshots lock

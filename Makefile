# A word for every habit. Needs Python 3.11 or newer, pip and a network; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo test fast check lint types contracts dead audit sizes bench faults soak fuzz docs format clean

help: ## list the words
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  \1\t\2/' | expand -t 14

install: $(STAMP) ## make .venv and install into it, once

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Regulars needs Python 3.11 or newer; $(PYTHON) is older. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || \
		{ echo "No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PY) -m pip install --quiet --disable-pip-version-check -e '.[dev,demo]'
	@touch $(STAMP)

demo: install ## a grocer's real year through the ledger; ARGS=--small for a month
	$(VENV)/bin/regulars demo $(ARGS)

test: install ## every test
	$(PY) -m pytest $(ARGS)

fast: install ## units and laws, in memory only
	$(PY) -m pytest tests/unit tests/laws -m "not database" $(ARGS)

check: lint types contracts dead sizes audit docs ## lint, types, import contracts, dead code, sizes, audit, docs

lint: install
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check

types: install
	$(VENV)/bin/mypy --strict src

contracts: install
	$(VENV)/bin/lint-imports

dead: install
	$(PY) tools/dead.py

audit: install
	$(PY) tools/audit.py

sizes: install
	$(PY) tools/sizes.py

# `make docs` writes the generated parts; as a part of `make check` it only says which are not as they should be.
check: REFERENCE = --check
docs: install ## write the generated pages and run every example in the docs
	$(PY) tools/reference.py $(REFERENCE)
	$(PY) tools/gallery_pages.py $(REFERENCE)
	$(PY) -m pytest tests/docs $(ARGS)

bench: install ## measure, and print a table of ratios
	$(PY) -m bench $(ARGS)

faults: install ## kill server, service, worker and who posts 200 times each way, and look for what is lost; ARGS=20 for fewer
	$(PY) -m tools.faults $(ARGS)

MINUTES ?= 60
soak: install ## an hour of mixed load on the service: memory, lag, errors; MINUTES=10 for a short one
	$(PY) -m tools.soak --minutes $(MINUTES) $(ARGS)

fuzz: install ## ten thousand requests made of the API's own description; ARGS=500 for fewer
	$(PY) -m tools.fuzz $(ARGS)

format: install ## put imports and layout in order
	$(VENV)/bin/ruff check --fix --exit-zero
	$(VENV)/bin/ruff format

clean: ## take away what was made (the data folder .regulars stays)
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# `make demo` and `make test` are the two commands of the README. Both make their own virtual environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo
WORKERS ?= 2

.PHONY: demo test test-servers lint unit tables pictures bench judge clean

demo: $(VENV)/.installed
	@$(BIN)/school-monitor demo --dir $(DEMO)

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# Real servers: a WordPress site and a Postfix from Debian, a Bluesky network from npm. Needs root for what is missing.
test-servers: $(VENV)/.installed-dev
	@tests/servers/install_wordpress.sh || true
	@tests/servers/install_bluesky.sh || true
	@tests/servers/install_postfix.sh || true
	SCHOOL_MONITOR_TEST_SERVERS=1 $(BIN)/python -m pytest tests/servers -p no:randomly

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What each policy pack decides, as text for review: see tests/unit/decision_table.py.
tables: $(VENV)/.installed-dev
	$(BIN)/python tests/unit/decision_table.py

# Every mail as it looks, light and dark, on a narrow and a wide screen, for docs/mails.md. Needs Chromium.
pictures: $(VENV)/.installed-dev
	$(BIN)/python tests/pictures/mails.py

bench: $(VENV)/.installed-dev
	$(BIN)/python -m pytest tests/benchmarks -p no:randomly -s -o python_files='bench_*.py' -o python_functions='bench_*'

judge: $(VENV)/.installed
	$(BIN)/python -m monitor.language.training.report

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "School Social Monitor needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing into $(VENV), this once ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing into $(VENV), with the tools for testing, this once ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) $(DEMO)

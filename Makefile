# Everything runs from .venv, which is made on demand. CPython 3.11 or newer, pip and make are enough.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
DOCS := $(VENV)/.docs

.PHONY: demo test test-fast check format bench docs site clean help

help:
	@echo "make demo       set up, make a small real book, bill it, show it"
	@echo "make test       set up, and pass all tests"
	@echo "make test-fast  the tests without the slow ones"
	@echo "make check      lint, types, layers"
	@echo "make bench      measure every hot path, with ratios to a floor measured in the same run"
	@echo "make site       build the documentation as a site: build/site/index.html"
	@echo "make docs       write the reference pages that are made from the program itself"
	@echo "make format     put the code in order"
	@echo "make clean      remove what was set up"

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

$(DOCS): $(READY)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@touch $@

demo: $(READY)
	@$(VENV)/bin/minutebook demo

test: $(READY)
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile

test-fast: $(READY)
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile -m "not slow"

check: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(READY)
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

bench: $(READY)
	$(VENV)/bin/python benchmarks/run.py $(BENCH)

docs: $(READY)
	$(VENV)/bin/python -m docs.generate

# -W: a warning is an error. -a -E: all pages, afresh, so that no link of an old build hides a broken one.
site: $(DOCS)
	$(VENV)/bin/python -m sphinx --fail-on-warning --keep-going --quiet -a -E -c docs -d build/doctrees . build/site
	@echo "build/site/index.html"

clean:
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Everything runs from .venv, which is made on demand. CPython 3.11 or newer, pip and make are enough.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
DEV := $(VENV)/.dev
DOCS := $(VENV)/.docs
INSTALL := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test test-fast check format bench faults docs site clean help

help:
	@echo "make demo       set up, make a small real book, bill it, show it"
	@echo "make test       set up, and pass all tests"
	@echo "make test-fast  the tests without the slow ones"
	@echo "make check      lint, types, layers"
	@echo "make bench      measure every hot path, with ratios to a floor measured in the same run"
	@echo "make faults     try faults on real books for SECONDS=180: kills, full disks, power cuts, damage; SEED=N, KIND=…"
	@echo "make site       build the documentation as a site: build/site/index.html"
	@echo "make docs       write the reference pages that are made from the program itself"
	@echo "make format     put the code in order"
	@echo "make clean      remove what was set up"

# Compiled ahead, but for what no command loads at its start: tests of packages, fonts, pictures.
$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV): some 770 MB, once, in a minute or two (what the program needs to run)"
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --no-compile -e .
	@$(VENV)/bin/python -m compileall -q -x '/(tests?|fontTools|matplotlib|mpl_toolkits|pip|pygments|setuptools)/' $(VENV)/lib src
	@touch $@

$(DEV): $(READY)
	@echo "Adding the tools for tests and checks to $(VENV): some 140 MB, once"
	@$(INSTALL) -e '.[dev]'
	@touch $@

$(DOCS): $(READY)
	@echo "Adding what builds the site to $(VENV), once"
	@$(INSTALL) -e '.[docs]'
	@touch $@

demo: $(READY)
	@$(VENV)/bin/minutebook demo

# Bytecode is kept, also where the environment says otherwise: each process would compile all of it again.
test test-fast: export PYTHONDONTWRITEBYTECODE =

test: $(DEV)
	$(VENV)/bin/python -m compileall -q src
	$(VENV)/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test-fast: $(DEV)
	$(VENV)/bin/python -m compileall -q src
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile -m "not slow"

check: $(DEV)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(DEV)
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

bench: $(DEV)
	$(VENV)/bin/python benchmarks/run.py $(BENCH)

SECONDS ?= 180
faults: $(DEV)
	$(VENV)/bin/python -m tests.faults --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) $(if $(KIND),--kind $(KIND))

docs: $(DEV)
	$(VENV)/bin/python -m docs.generate

# -W: a warning is an error. -a -E: all pages, afresh, so that no link of an old build hides a broken one.
site: $(DOCS)
	$(VENV)/bin/python -m sphinx --fail-on-warning --keep-going --quiet -a -E -c docs -d build/doctrees . build/site
	@echo "build/site/index.html"

clean:
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

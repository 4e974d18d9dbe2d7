# make run    counts the holes of a mug and a doughnut
# make test   runs every test
# make test-kernels  the tests of networks, embedding and dimension under a second kernel of BLAS;
#             KERNELS="Haswell Sandybridge" for others
# make test-lowest   core tests on the lowest versions that pyproject.toml takes, in .lowest
# make docs   builds the site in docs/_build/html, runs its cells, and checks its links
# make dist   the sdist and the wheel in dist/, both checked
# make lint   style, and the one-way arrows between the rooms
# make study  how often hole counts are right, the table of docs/accuracy.md, and whether tests keep their level
# make hostile  every estimator on 100,000 inputs that break careless code: the faults, as a table
# make peers  installs the peers of the benchmarks, each in an environment of its own
# make bench  ours and the peers side by side; QUICK=--quick for two minutes
# make agree  every engine of every complex on 5,000 small inputs beside a peer; CHECKED=--checked
#             with the bounds of arrays checked
# Each sets up .venv first where it is missing or older than the pins, with torch where a wheel of it
# for processors alone is at hand (.ci/torch.py).

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
OUT    ?= out
PEERS  ?= .peers
LOWEST ?= .lowest
CORE   ?= $(addprefix tests/test_,import.py floors.py diagrams.py validation.py memory.py kernels.py \
  kernels_cache.py interrupts.py homology_rips.py homology_alpha.py homology_cubical.py \
  distances_matching.py embedding_door.py datasets_files.py)

.PHONY: run test test-kernels test-lowest docs dist lint study hostile peers bench agree clean
.DEFAULT_GOAL := run

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "tda needs Python 3.11 or newer, this is %d.%d; try: make PYTHON=python3.12" % v[:2])'
	@echo "Setting up $(VENV) (once; a minute or two, most of it download) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check -q --progress-bar on -c constraints.txt -e '.[dev]'
	@$(BIN)/python .ci/torch.py
	@touch $@

run: $(VENV)/.ready
	@$(BIN)/python pipelines/mug_and_doughnut.py --out $(OUT)/mug_and_doughnut

test: $(VENV)/.ready
	@$(BIN)/python -m pytest -n 2

test-kernels: $(VENV)/.ready
	@$(BIN)/python .ci/kernels.py $(KERNELS)

$(LOWEST)/.ready: pyproject.toml constraints-lowest.txt
	@echo "Setting up $(LOWEST) ..."
	@$(PYTHON) -m venv $(LOWEST)
	@$(LOWEST)/bin/python -m pip install --disable-pip-version-check -q --progress-bar on -c constraints-lowest.txt -e '.[test]'
	@touch $@

# Another numba keeps its kernels apart, or each would drop those of the other.
test-lowest: $(LOWEST)/.ready
	@NUMBA_CACHE_DIR=$(CURDIR)/$(LOWEST)/kernels $(LOWEST)/bin/python -m pytest -n 2 $(CORE)

$(VENV)/.docs: $(VENV)/.ready
	@echo "Adding what the site is built with ..."
	@$(BIN)/python -m pip install --disable-pip-version-check -q --progress-bar on -c constraints.txt -e '.[docs]'
	@touch $@

docs: $(VENV)/.docs
	@$(BIN)/python -m tda compile
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@$(BIN)/python docs/check.py docs/_build/html

dist: $(VENV)/.ready
	@$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '.[release]'
	@$(BIN)/python packaging/check_dist.py dist

lint: $(VENV)/.ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

study: $(VENV)/.ready
	@$(BIN)/python benchmarks/hole_counts.py --out $(OUT)/hole_counts
	@$(BIN)/python benchmarks/calibration.py --out $(OUT)/calibration

hostile: $(VENV)/.ready
	@$(BIN)/python benchmarks/hostile.py --out $(OUT)/hostile

peers: $(VENV)/.ready
	@$(BIN)/python benchmarks/install_peers.py $(PEERS)

bench: $(VENV)/.ready
	@$(BIN)/python benchmarks/run.py --peers $(PEERS) --out $(OUT)/benchmarks $(QUICK)

agree: $(VENV)/.ready
	@$(BIN)/python benchmarks/agree.py --inputs 5000 $(CHECKED)

clean:
	rm -rf $(VENV) $(OUT) $(LOWEST) docs/_build docs/api docs/gallery docs/stories

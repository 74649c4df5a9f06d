# Everything runs inside .venv, which holds exactly what requirements.lock says.
# Another interpreter:  make book PYTHON=python3.12

PYTHON = python3
VENV = .venv
PY = $(VENV)/bin/python
READY = $(VENV)/.ready
LOWEST = .venv-lowest
LOCK = UV_CUSTOM_COMPILE_COMMAND="make lock" $(PY) -m uv pip compile -q --universal \
    --generate-hashes --python-version 3.11 $(ARGS) pyproject.toml
# What the tests need; their lower bounds are what test-lowest installs.
TESTED = book test events export cluster scan

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.PHONY: help setup book pdf notebooks test test-book test-lowest coverage mutation fuzz kills \
    lint audit sbom bench hepdata lock binder clean

help:  ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: $(READY)  ## Create .venv from requirements.lock
	@echo "Ready: $(VENV) (command line: $(VENV)/bin/na64e --help)"

book: $(READY)  ## Execute the notebooks and build the book
	@$(VENV)/bin/jupyter-book build .
	@echo "Book: _build/html/index.html"

pdf: book  ## Print the book to _build/na64e-book.pdf (needs Chromium)
	@$(PY) book/print_book.py

notebooks: $(READY)  ## Re-execute the notebooks, store their outputs
	@$(PY) book/refresh.py

test: $(READY)  ## Run the tests and compare every notebook's outputs
	@echo "Tests in tests/, every cell of notebooks/; failures are listed at the end"
	@$(PY) -m pytest -n 2 --dist loadfile

test-book: $(READY)  ## Build the book, test it in a browser (needs Chromium)
	@$(PY) book/browser.py > /dev/null
	@rm -rf _build/html _build/.doctrees # what is left of pages and modules that are gone
	@$(MAKE) --no-print-directory book
	@$(PY) -m pytest -q -n 2 --dist loadfile -o addopts= tests/book

# The oldest matplotlib uses names that the newest pyparsing has renamed.
test-lowest: $(LOWEST)/.ready  ## Run the tests with the lowest supported versions
	@$(LOWEST)/bin/python -m pytest -q -n 2 --dist loadfile -o addopts= \
	    -W ignore::pyparsing.warnings.PyparsingDeprecationWarning \
	    --ignore tests/test_supply_chain.py tests

coverage: $(READY)  ## Which lines and branches the tests reach
	@mkdir -p _build/coverage
	@$(PY) tests/proof/cover.py $(ARGS)

mutation: $(READY)  ## Which small wrong changes the tests notice (long)
	@$(PY) tests/proof/mutate.py $(ARGS)

fuzz: $(READY)  ## Damaged files, wrong commands, full disks, signals (long)
	@PYTHONPATH=tests $(PY) -m fuzz $(ARGS)

kills: $(READY)  ## Kill long runs at random, resume them, compare (long)
	@PYTHONPATH=tests $(PY) -m fuzz.kills $(ARGS)

lint: $(READY)  ## Check style, types, dependencies, locks and licences
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m deptry --no-ansi . book book/_ext tests tests/book tests/proof
	@$(PY) -m deptry --no-ansi physics_lib \
	    --optional-dependencies-dev-groups book,test,lint,proof,supply,browser,setup
	@$(PY) -m uv pip check -q --python $(PY)
	@$(PY) book/supply_chain.py

audit: $(READY)  ## Ask for known vulnerabilities (needs the network)
	@$(PY) book/vulnerabilities.py

sbom: $(READY)  ## Write what it is made of: _build/na64e-book.cdx.json
	@$(PY) book/bill_of_materials.py
	@echo "Bill of materials: _build/na64e-book.cdx.json (CycloneDX 1.6)"

bench: $(READY)  ## Measure the speed of the library
	@$(PY) -m benchmarks

hepdata: $(READY)  ## Write the curves as a HEPData submission
	@mkdir -p _build && rm -rf _build/hepdata
	@$(PY) -m physics_lib export --format hepdata --out _build/hepdata
	@echo "Submission: _build/hepdata"

lock: $(READY)  ## Compile both locks again (ARGS=--upgrade: newer versions)
	@$(LOCK) --all-extras -o requirements.lock
	@$(LOCK) $(TESTED:%=--extra %) --resolution lowest-direct -o requirements-lowest.lock
	@$(PY) book/binder_environment.py

binder: $(READY)  ## Write the environment of Binder from the lock
	@$(PY) book/binder_environment.py

clean:  ## Remove what was built (the environment stays)
	@rm -rf _build build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

# The locked uv installs the rest: several times faster than pip.  Should uv not
# reach the package index, pip (with the settings of this machine) takes over.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	    || { echo "error: Python 3.11 or newer is needed; name it with: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	    || { echo "error: Python's venv module is missing (Debian, Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@$(PY) -c '' 2>/dev/null || { echo "[1/3] Creating $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "[2/3] Installing the locked packages ($$(grep -c '^[a-z0-9]' requirements.lock) in the lock, 1.3 GB)"
	@awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.txt
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@$(PY) -m uv pip sync --python $(PY) --require-hashes --compile-bytecode requirements.lock \
	    || $(PY) -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "[3/3] Installing physics_lib in place"
	@$(PY) -m uv pip install -q --python $(PY) --no-deps --no-build-isolation -e .
	@# Build matplotlib's font cache now, or the first notebook would say so on stderr.
	@$(PY) -c 'import matplotlib.font_manager'
	@# Kernels listen on this machine alone: no warning about encryption at every start.
	@mkdir -p $(VENV)/etc/ipython
	@echo 'c.IPKernelApp.log_level = "ERROR"' > $(VENV)/etc/ipython/ipython_kernel_config.py
	@touch $@

# The lowest versions go into an environment of their own, the tests' alone.
$(LOWEST)/.ready: requirements-lowest.lock $(READY)
	@echo "Installing the lowest supported versions in $(LOWEST)"
	@$(PYTHON) -m venv --clear --without-pip $(LOWEST)
	@$(PY) -m uv pip sync -q --python $(LOWEST)/bin/python --require-hashes requirements-lowest.lock
	@$(PY) -m uv pip install -q --python $(LOWEST)/bin/python --no-deps --no-build-isolation -e .
	@$(LOWEST)/bin/python -c 'import matplotlib.font_manager'
	@touch $@

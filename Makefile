# make demo   the desk with made-up members; needs Python 3.11+ and make, nothing else
# make test   all tests, against the installed package
# make check  ruff, mypy and import-linter
# make bench  the figures, each beside its peer; some of them: make bench WHAT="index scan"
# make screenshots  the pictures in screenshots/

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q install -c constraints.txt
SOURCES := pyproject.toml constraints.txt README.md LICENSE \
	$(shell find loyalty_tui -type f -not -path '*/__pycache__/*')

.PHONY: demo test check bench screenshots clean

demo: $(VENV)/installed
	@$(BIN)/loyalty-tui demo

test: $(VENV)/installed $(VENV)/test-tools
	@$(BIN)/pytest -n auto --dist worksteal

check: $(VENV)/installed $(VENV)/test-tools $(VENV)/check-tools
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed $(VENV)/bench-tools
	@$(BIN)/python tests/benchmarks/run.py $(WHAT)

screenshots: $(VENV)/installed $(VENV)/test-tools
	@$(BIN)/pytest -q tests/tui/test_screenshots.py tests/tui/test_states.py --write-pictures

clean:
	rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "loyalty-tui needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) hatchling

# Not editable: what runs is what the wheel holds, style sheets and data files included.
$(VENV)/installed: $(SOURCES) | $(VENV)/bin/python
	@$(PIP) --no-build-isolation .
	@touch $@

$(VENV)/test-tools: pyproject.toml constraints.txt | $(VENV)/installed
	@$(PIP) --no-build-isolation '.[test]'
	@touch $@

$(VENV)/bench-tools: pyproject.toml constraints.txt | $(VENV)/installed
	@$(PIP) --no-build-isolation '.[bench]'
	@touch $@

$(VENV)/check-tools: pyproject.toml constraints.txt | $(VENV)/installed
	@$(PIP) --no-build-isolation '.[check]'
	@touch $@

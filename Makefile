# SeqDL: `make app` opens the dashboard, `make test` runs the tests (with SLOW=1 the slow ones too).
# Both set up .venv by themselves the first time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
export PYTHONDONTWRITEBYTECODE =  # modules are compiled once, not by each of the processes that the tests start

.PHONY: app test lint benchmark clean

app: $(READY)
	$(BIN)/python -m streamlit run app.py

test: $(READY) lint
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow"  # journeys wait and begin early
	$(if $(SLOW),$(BIN)/python -m pytest -n 2 --dist worksteal -m slow)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

benchmark: $(READY)
	$(BIN)/python -m benchmarks.tf_binding

$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "SeqDL needs Python 3.11 or newer; $(PYTHON) is older. Run: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $(READY)
	@($(BIN)/python -m seqdl_core warm-up >/dev/null 2>&1 &)  # compiles the search for copies and the motif matching

clean:
	rm -rf $(VENV)

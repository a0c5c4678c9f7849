# Two commands for a fresh machine that has Python 3.11 or newer: `make demo` and `make test`.
# Each makes its own environment in .venv, with uv where it is installed and with venv + pip where not.
PYTHON ?= python3
BIN := .venv/bin
# Named by what is asked for, not by file times: a kept environment of another pyproject.toml is brought up to date.
STAMP := .venv/installed-$(shell cksum pyproject.toml | cut -d' ' -f1)
# make test TESTS=tests/graph runs one room.
TESTS ?= tests

.PHONY: demo test eval clean
demo: $(STAMP)
	$(BIN)/kg build seeds/articles -o .demo/cooperation.kg
	$(BIN)/kg query -g .demo/cooperation.kg partners -p of=山东
	$(BIN)/kg query -g .demo/cooperation.kg planned
	$(BIN)/kg explain -g .demo/cooperation.kg 山东 挪威
	$(BIN)/kg view -g .demo/cooperation.kg -o .demo/cooperation.html

test: $(STAMP)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/pytest -n 2 $(TESTS)

# How right extraction is; ../shared/corpus and ../shared/external are read where they are.
eval: $(STAMP)
	$(BIN)/python -m benchmarks.extraction.evaluate

$(STAMP):
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python '>=3.11' .venv && \
	  uv pip install --quiet --python $(BIN)/python -e '.[all]' --group dev; \
	else \
	  $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet --upgrade pip && \
	  $(BIN)/python -m pip install --quiet -e '.[all]' --group dev; \
	fi
	@touch $(STAMP)

clean:
	rm -rf .venv .demo cooperation.kg cooperation.html

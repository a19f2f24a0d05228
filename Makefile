# Shuzhi (数治). Needs only Python 3.11 or newer and make; everything else comes by the locks.
#
#   make demo    install and show the demonstration node       make test    all tests
#   make up      run a node                                    make check   format, lint, types
#   make bench   measure       make proof   slow proofs        make shots   screenshots for the docs
#   make lock    renew the locks from requirements/*.in        make clean   forget the installation
#   make spu     the heavy backend of private set intersection (1 GB, optional)

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DONE   := $(VENV)/.done
LOCK   := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-annotate --custom-compile-command "make lock"
# Arguments for pytest: make test TESTS=tests/unit/foundation
TESTS  ?=
# Arguments for the gateway's benchmark: make bench-gateway BENCH="--seconds 20 --workers 2"
BENCH  ?=
BASE   ?= http://127.0.0.1:8000
PUBLIC_PAGES = / /data/ /data/nyc311-requests/ /developers/ /offices/ /about/
STAFF_PAGES  = /staff/ /staff/sources/ /staff/sources/register/ /staff/batches/ /staff/catalog/ /staff/catalog/firms-registration/ /staff/quality/ \
               /staff/registers/ /staff/registers/legal-entity/ /staff/exchange/ /staff/audit/ /staff/packs/ /staff/design/
COCKPITS     = /staff/cockpit/ /staff/cockpit/330110/ /staff/cockpit/indicators/K16/

.DEFAULT_GOAL := help
.PHONY: help install dev demo up test check format bench bench-gateway soak-gateway bench-audit bench-psi bench-rules bench-workflow \
        bench-open bench-benefits bench-messages bench-matters proof shots pictures spu lock clean
.SUFFIXES:

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -8

install: $(DONE)/run $(DONE)/npm
dev: install $(DONE)/dev

demo: install
	$(BIN)/shuzhi demo

up: install
	$(BIN)/shuzhi up

test: check $(DONE)/browser
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder -m "not proof" $(TESTS)

check: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@if [ -f tsconfig.json ]; then PATH="$(CURDIR)/$(BIN):$$PATH" node_modules/.bin/tsc --noEmit; fi

format: dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: dev
	$(BIN)/python bench/catalog.py
	$(BIN)/python bench/quality.py
	$(MAKE) bench-gateway
	$(MAKE) bench-audit

# Complete calls against pgbench in one run; needs pgbench, and wrk for the best figures.
bench-gateway: dev
	$(BIN)/python bench/gateway/run.py $(BENCH)

# Writing, sealing, verifying and proving 10 million entries, beside bare INSERTs and hashing: AUDIT=1000000 for fewer.
bench-audit: dev
	$(BIN)/python bench/audit.py $(AUDIT)

# 20 minutes at 70 % of what it can do: flat memory, no error, p99 steady.
soak-gateway: dev
	$(BIN)/python bench/gateway/run.py --rounds 1 --soak 20 $(BENCH)

# Durable steps of processes and loops, timers, lists and migration: WORKFLOW="--cases 10000000" for the proof.
bench-workflow: dev
	$(BIN)/python bench/workflow.py $(WORKFLOW)

# Decision tables beside other engines, ratios in one run.
bench-rules: dev
	$(BIN)/python bench/rules.py
	$(BIN)/python bench/rules_sql.py --linear

bench-open: dev
	$(BIN)/python bench/opendata.py $(OPEN)

bench-benefits: dev
	$(BIN)/python bench/benefits.py $(BENEFITS)

bench-messages: dev
	$(BIN)/python bench/messages.py $(MESSAGES)

# Instant decisions through HTTP, lists among millions of cases; finding a matter among ten thousand.
bench-matters: dev
	$(BIN)/python bench/matters.py $(MATTERS)
	$(BIN)/python bench/matters_search.py

proof: dev $(DONE)/browser
	$(BIN)/pytest -n auto --dist loadfile -m proof $(TESTS)

# Against openmined-psi in an environment of its own, and SPU where `make spu` put it.
bench-psi: dev build/psi-peer/.done
	$(BIN)/python bench/psi.py --peer build/psi-peer/bin/python

build/psi-peer/.done: requirements/psi-peer.txt
	$(PYTHON) -m venv build/psi-peer
	build/psi-peer/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

spu: .venv-spu/.done

.venv-spu/.done: requirements/spu.txt
	$(PYTHON) -m venv .venv-spu
	.venv-spu/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Of a demonstration that runs: make demo in another window.
shots: dev $(DONE)/browser
	$(BIN)/python tests/terminals/shots.py --base $(BASE) $(PUBLIC_PAGES)
	$(BIN)/python tests/terminals/shots.py --base $(BASE) --user bureau --password shuzhi-demo --login /staff/login/ $(STAFF_PAGES)
	$(BIN)/python tests/terminals/shots.py --base $(BASE) --user leader --password shuzhi-demo --login /staff/login/ $(COCKPITS)

# The README's own, into docs/images.
pictures: dev $(DONE)/browser
	$(BIN)/python tests/terminals/pictures.py --base $(BASE)

lock: $(DONE)/venv
	$(LOCK) requirements/bootstrap.in -o requirements/bootstrap.txt
	$(LOCK) requirements/node.in -o requirements/node.txt
	$(LOCK) requirements/run.in -o requirements/run.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/spu.in -o requirements/spu.txt
	$(LOCK) requirements/psi-peer.in -o requirements/psi-peer.txt

clean:
	rm -rf $(VENV) .venv-spu build node_modules

# Each step leaves a mark inside the environment, so that a second run does nothing.

$(DONE)/venv: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 以上。 Python 3.11 or newer is needed; name it: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "无法创建虚拟环境：请安装 python3-venv。 Can't make a virtual environment: install python3-venv." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt || \
	  echo "没有 uv，改用 pip（较慢）。 No uv here; pip does it, more slowly."
	@mkdir -p $(DONE) && touch $@

# uv when it could be installed, else pip: both take the same locks.
PIP = $$( [ -x $(BIN)/uv ] && echo "$(BIN)/uv pip install --quiet --python $(BIN)/python" || \
      echo "$(BIN)/python -m pip install --quiet --disable-pip-version-check" )

$(DONE)/run: $(DONE)/venv requirements/run.txt requirements/run.in pyproject.toml hatch_build.py
	@echo "安装运行所需的软件包。 Installing what the product runs on."
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DONE)/dev: $(DONE)/run requirements/dev.txt
	@echo "安装测试与检查工具。 Installing what tests and checks need."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

NODE_IS_NEW = node -e 'process.exit(process.versions.node.split(".")[0] < 20)' 2>/dev/null && npm --version >/dev/null 2>&1

$(DONE)/npm: $(DONE)/venv requirements/node.txt $(wildcard package.json package-lock.json)
	@if [ -f package-lock.json ]; then \
	  $(NODE_IS_NEW) || $(PIP) --require-hashes -r requirements/node.txt || exit 1; \
	  $(NODE_IS_NEW) || PATH="$(CURDIR)/$(BIN):$$PATH"; export PATH; \
	  npm ci --no-audit --no-fund --loglevel=error; \
	fi
	@touch $@

$(DONE)/browser: $(DONE)/venv deploy/browser.sh
	@if sh deploy/browser.sh; then touch $@; fi

# Every verb of the repository; each does its own set-up. `make demo` and `make test` need only Python and make.

SHELL := /bin/bash
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done || echo python3)
PORT ?= 8000
BIN := .venv/bin
JOBS ?= 2

# Compiled modules are kept, whatever the environment says: every command starts a second sooner.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test check bench soak offline screenshots

help:
	@echo 'make setup   environment, packages, front end         建立环境'
	@echo 'make demo    a working city on 127.0.0.1:$(PORT)           演示城市（PORT 改端口）'
	@echo '             YEAR=1: a whole year, 864,300 cases  完整一年'
	@echo 'make test    lint, types, contracts and every test    全部检验'
	@echo 'make check   lint, types, contracts                   静态检查'
	@echo 'make bench   speed and size (QUICK=1 for a short run) 测速'
	@echo 'make soak    the long ones                            长时检验'
	@echo 'make offline one archive to install without network   离线安装包（ARCH=aarch64）'
	@echo 'make screenshots  every page of the gallery           全部页面截图'

setup:
	@$(or $(PYTHON),python3) deploy/setup.py

demo: setup
	@$(BIN)/wangge migrate --quiet
	@$(BIN)/wangge demo info 2>/dev/null || { $(BIN)/wangge demo load $(if $(YEAR),--year) && $(BIN)/wangge demo info; }
	@exec $(BIN)/wangge serve --port $(PORT)

check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	$(BIN)/pytest -n $(JOBS)

bench: setup
	$(BIN)/python bench/run.py $(if $(QUICK),--quick)

soak: setup
	$(BIN)/pytest -n $(JOBS) --hypothesis-profile=soak
	$(BIN)/python bench/run.py

offline: setup
	@$(BIN)/python deploy/offline.py $(if $(ARCH),--arch $(ARCH)) $(if $(FOR_PYTHON),--python $(FOR_PYTHON))

# All of them into docs/screenshots/all; those the papers show into docs/screenshots as well. PAGES="case hall" for some.
screenshots: setup
	$(BIN)/python -m tests.browser.screenshots $(PAGES)

# Five verbs. Each makes what it lacks: the first run builds .venv, the next ones go straight to work.
#
#   make demo    the Connections guide, run against two real Cassandra clusters on this machine
#   make test    the whole test suite
#   make lint    style, types, layers, spelling
#   make bench   the benchmarks
#   make docs    the documentation site, into site/
#
# PYTHON=... chooses the interpreter that makes .venv; ARGS=... is handed on to the program: make test ARGS="-k batch"

.POSIX:
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench docs java

BIN := .venv/bin
READY := .venv/.ready

help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile

demo: $(READY) java
	$(BIN)/python examples/connections_guide.py $(ARGS)

test: $(READY) java
	$(BIN)/python -m pytest $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src
	$(BIN)/pyrefly check
	$(BIN)/lint-imports
	$(BIN)/codespell

bench: $(READY) java
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(READY)
	$(BIN)/zensical build --strict --clean

# Real Cassandra nodes need a JDK and, the first time, Maven.
java: $(READY)
	@$(BIN)/python tools/java.py

# Installed again whenever the requirements change; the package itself is editable, so its code needs no installing.
$(READY): pyproject.toml constraints.txt
	@sh tools/venv.sh
	@touch $(READY)

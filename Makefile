# Every target sets up what it needs in .venv; a second run finds it there and starts at once.
# Written for GNU make 3.81 (macOS) and newer.

SHELL := /bin/sh
ifneq (,$(findstring :,$(CURDIR)))
$(error The path of this folder holds a colon, which separates folders in PATH. Move the course to a path without one)
endif
.DEFAULT_GOAL := help

BIN := .venv/bin
RUNTIME := .venv/.runtime-installed
DEVELOPMENT := .venv/.development-installed
LESSON_NOTEBOOKS := $(wildcard solutions/*/*.ipynb)

# nbgrader finds alembic, and Jupyter finds its kernels, on PATH only.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# uv would otherwise download a Python of its own when it finds none.
export UV_PYTHON_DOWNLOADS := never
# Plugins of other packages in .venv make each pytest run a second slower; what is needed is named below.
export PYTEST_DISABLE_PLUGIN_AUTOLOAD := 1

# One thread a process in tests: they run several processes, and results do not depend on the number of cores.
test test-full: export OPENBLAS_NUM_THREADS := 1
test test-full: export OMP_NUM_THREADS := 1

# In a container everything runs as root, which Jupyter refuses unless told.
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# REQUIRE_ALL=1 turns every skip into a failure, for machines on which everything is installed.
PYTEST := $(BIN)/python -m pytest -p _hypothesis_pytestplugin $(if $(REQUIRE_ALL),-p autograder.tests.require_all) -rs
ON_ALL_CORES := -p xdist.plugin -n logical --dist loadgroup --no-loadscope-reorder

.PHONY: help setup lab instructor writable-home course grade test test-full bench lint format lock

help:
	@echo 'make lab           set up, then open JupyterLab on the course'
	@echo 'make setup         only set up .venv'
	@echo 'make test          set up, lint and test, as continuous integration does'
	@echo
	@echo 'Instructors'
	@echo 'make instructor    JupyterLab with the panels of nbgrader (formgrader, create assignment)'
	@echo 'make course        regenerate course/ from solutions/, and enter the lessons into the gradebook'
	@echo 'make grade LESSON=06_softmax_gradient    grade what lies in grading/submitted'
	@echo
	@echo 'Maintainers'
	@echo 'make test LESSON=06_softmax_gradient     only what concerns one lesson, in less than a minute'
	@echo 'make test-full                           before a release: all there is, with fresh random draws; takes much longer'
	@echo 'make lint, make format, make bench, make lock (renew the pins, needs uv)'
	@echo
	@echo 'ARGS="…" is passed on, for instance: make lab ARGS="--no-browser --port 9999"'

setup: $(RUNTIME)

lab: $(RUNTIME) writable-home
	JUPYTER_CONFIG_PATH="$(CURDIR)/autograder/lab" $(BIN)/python -m jupyterlab --ServerApp.root_dir="$(CURDIR)" $(ROOT) $(ARGS)

instructor: $(RUNTIME) writable-home
	$(BIN)/python -m jupyterlab --ServerApp.root_dir="$(CURDIR)" $(ROOT) $(ARGS)

# JupyterLab keeps its settings and the addresses of its kernels there, and fails with pages of traceback.
writable-home:
	@test -w "$$HOME" || { \
	  echo "JupyterLab needs a home folder that it can write to, and $$HOME is none."; \
	  echo 'Give it another one: make lab HOME=/tmp/home-of-the-course'; exit 1; }

course: $(RUNTIME)
	@$(BIN)/python -P -m autograder.lesson.authoring format $(LESSON_NOTEBOOKS)
	$(BIN)/python -P -m autograder.lesson.publish $(LESSON)

grade: $(RUNTIME)
	@test -n "$(LESSON)" || { echo 'Say which lesson: make grade LESSON=06_softmax_gradient'; exit 2; }
	$(BIN)/python -P -m autograder.cli grade $(LESSON) $(ARGS)

# One lesson in one process: a second one would take longer to start than it would save.
test: lint
ifdef LESSON
	@test -d solutions/$(LESSON) || { echo 'There is no lesson $(LESSON): give the name of a folder in solutions/'; exit 2; }
	ONLY_LESSON=$(LESSON) $(PYTEST) -k $(LESSON) autograder/tests/lesson autograder/tests/judging/test_rounding.py $(ARGS)
else
	$(PYTEST) $(ON_ALL_CORES) $(ARGS)
endif

test-full: lint
	FULL=1 $(PYTEST) $(ON_ALL_CORES) -m "" $(ARGS)

bench: $(DEVELOPMENT)
	$(BIN)/python autograder/bench/lesson_seconds.py
	$(BIN)/python autograder/bench/cpu_per_submission.py $(ARGS)
	$(BIN)/python autograder/bench/cpu_per_submission.py --real $(ARGS)

lint: $(DEVELOPMENT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(DEVELOPMENT)
	$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format .
	$(BIN)/python -P -m autograder.lesson.authoring format $(LESSON_NOTEBOOKS)

EXPORT := uv export --no-emit-project --no-hashes --no-annotate --no-header --quiet

lock: $(DEVELOPMENT)
	uv lock --upgrade --quiet
	$(EXPORT) --no-dev -o requirements.lock
	$(EXPORT) --all-extras -o requirements-dev.lock
	rm -f uv.lock
	$(BIN)/python -P -m autograder.lesson.pins

# The environment itself. `uv` is used where it is installed, because it is much faster than pip.

$(BIN)/python:
	@echo 'Setting up the course in .venv: once, in two to five minutes'
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --clear --python '>=3.11' .venv || { \
	    echo 'uv could not make .venv, and says why above. This course needs Python 3.11 or newer,'; \
	    echo 'and uv a folder for its cache: set UV_CACHE_DIR if your home folder cannot be written to.'; exit 1; }; \
	  exit 0; \
	fi; \
	for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    exec $$python -P autograder/install.py environment; \
	  fi; \
	done; \
	echo 'This course needs Python 3.11 or newer.'; \
	if command -v python3 >/dev/null 2>&1; then \
	  echo "python3 on this machine is $$(python3 --version 2>&1). Install a newer one beside it, and try again."; \
	else \
	  echo 'There is no python3 on this machine: see https://www.python.org/downloads/, or sudo apt install python3-venv'; \
	fi; \
	exit 1

# What pip or uv print goes into .venv/install.log; install.py shows how far they are, and what to do when they fail.
INSTALL := $(BIN)/python -P autograder/install.py packages

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@$(INSTALL) requirements.lock
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME)
	@echo 'Adding the development tools'
	@$(INSTALL) requirements-dev.lock
	@touch $@

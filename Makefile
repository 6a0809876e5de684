# `make demo` hears the coach, `make test` passes the tests; each does all set-up itself, in .venv.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
export UV_PROJECT_ENVIRONMENT := .venv

# Tests that read beats back from a sound server, to the sample.
EXACT := tests/live/test_sound_device.py tests/live/test_sound_life.py tests/live/test_sound_process.py

.PHONY: demo test check lint generate examples bench wheel lock clean

demo: .venv/.runs  ## hear a simulated runner being coached; writes demo.wav
	@$(BIN)/cuecoach demo

test: .venv/.develops  ## run every test
	@$(BIN)/pytest -q -n auto -m "not live"
	@$(BIN)/pytest -q -n 3 -m live $(addprefix --ignore=,$(EXACT))  # on the real clock: they mostly wait
	@$(BIN)/pytest -q $(EXACT)  # exact to the sample: alone

check: .venv/.develops  ## style, types, import rules, lock and cue files
	$(UV) lock --check --quiet
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/cuecoach cues check
	$(BIN)/cuecoach cues test
	$(BIN)/cuecoach cues schema cues --check
	$(BIN)/cuecoach cues schema tests --check
	$(BIN)/cuecoach cues schema config --check
	$(BIN)/python docs/generate_reference.py --check

lint: check

generate: .venv/.develops  ## renew the schemas and the reference page
	$(BIN)/cuecoach cues schema cues --out cues/cues.schema.json
	$(BIN)/cuecoach cues schema tests --out cues/tests.schema.json
	$(BIN)/cuecoach cues schema config --out configs/config.schema.json
	$(BIN)/python docs/generate_reference.py

examples: .venv/.runs  ## run every example
	@set -e; for example in examples/*.py; do echo "== $$example"; $(BIN)/python $$example; done

bench: .venv/.develops  ## print the figures of docs/benchmarks.md for this machine
	@set -e; for benchmark in benchmarks/*.py; do \
	  case $$benchmark in */sound.py) options="--minutes 1";; *) options="";; esac; \
	  $(BIN)/python $$benchmark $$options; done

wheel: .venv/.develops  ## build the wheel and try it in an environment of its own
	@PYTHON=$(PYTHON) UV=$(UV) sh tests/try_wheel.sh

lock: .venv/bin/uv  ## renew uv.lock
	$(UV) lock --upgrade

clean:
	rm -rf .venv dist demo.wav

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "cuecoach needs Python 3.11 or newer; call make with PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing; on Debian and Ubuntu: sudo apt install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

.venv/.runs: .venv/bin/uv pyproject.toml uv.lock
	@$(UV) sync --quiet --frozen --inexact --no-default-groups --extra voice
	@touch $@

.venv/.develops: .venv/bin/uv pyproject.toml uv.lock
	@$(UV) sync --quiet --frozen --inexact --all-extras --no-extra piper --group dev
	@touch $@ .venv/.runs

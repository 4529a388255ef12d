# Set-up, demonstration, tests and checks; `make help` lists the targets.
#
# Kept to what GNU Make 3.81 and a POSIX shell know: macOS ships that Make, and some systems have no bash.
# Set-up may be killed at any moment: a stamp is written when its step is whole, and what has none is made anew.

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# What the locks name, by digest; nothing that would have to be built, and so run, first. Python compiles what it
# imports when it does, which spares set-up the rest.
INSTALL := $(PIP) install --no-deps --require-hashes --only-binary :all: --no-compile

MADE_FOR := .venv/.made-for
RUNTIME := .venv/.runtime
SERVICE := .venv/.service
DEVELOPMENT := .venv/.development
PROJECT := .venv/.project
WEIGHTS := .cache/weights
SAMPLES := .cache/samples/.complete

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-long check lock clean weights FORCE

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile

demo: $(PROJECT) $(WEIGHTS) $(SAMPLES) ## Set up what is missing and verify a sample customer
	@$(BIN)/python demo/main.py

serve: $(SERVICE) $(PROJECT) $(WEIGHTS) ## Set up what is missing and run the sign-up service
	@exec $(BIN)/bonafide serve

# Neighbours stay together, for which much is made once, until one core has nothing left to do.
SHARED_OUT := --numprocesses auto --dist worksteal

# Python keeps what it compiled, whatever the environment says: else both halves of the tests, and each command
# that they start, compile everything anew, which takes longer than most of what they do.
test test-long: export PYTHONDONTWRITEBYTECODE =

# Without a network what can be tested still is: tests that lack weights or pictures say so and are skipped.
test: $(DEVELOPMENT) $(PROJECT) ## Set up what is missing and run the tests, but those that take minutes
	@$(MAKE) --silent --no-print-directory --keep-going weights || echo 'Testing without what is missing' >&2
	$(BIN)/python -m pytest -m 'not long' $(SHARED_OUT)

# First what may have company, then one by one what measures, or itself keeps every core busy.
test-long: $(DEVELOPMENT) $(PROJECT) $(WEIGHTS) $(SAMPLES) ## Run the tests that take minutes
	@failed=0; \
	$(BIN)/python -m pytest -m 'long and not alone' $(SHARED_OUT) || [ $$? -eq 5 ] || failed=1; \
	$(BIN)/python -m pytest -m 'long and alone' || [ $$? -eq 5 ] || failed=1; \
	exit $$failed # 5: none is marked so

check: $(DEVELOPMENT) $(PROJECT) ## Check formatting, lint, types and the direction of flow
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

# One version of a package for every Python, where there is one: what CI tests is what everybody gets.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--only-binary :all: --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)
# A locked version must have a wheel for each of these; 14 is the oldest macOS that onnxruntime is published for.
HAS_WHEELS = MACOSX_DEPLOYMENT_TARGET=14.0 $(BIN)/uv pip compile --quiet --no-deps --only-binary :all: \
	--output-file /dev/null

lock: $(DEVELOPMENT) ## Write the lock files anew from pyproject.toml; UPGRADE=1 takes the newest versions
	$(LOCK) pyproject.toml --output-file requirements/runtime.txt
	$(LOCK) --group build --constraint requirements/runtime.txt --output-file requirements/build.txt
	$(LOCK) pyproject.toml --extra service --constraint requirements/runtime.txt --output-file requirements/service.txt
	$(LOCK) pyproject.toml --all-extras --group dev --constraint requirements/runtime.txt \
		--constraint requirements/build.txt --constraint requirements/service.txt --output-file requirements/dev.txt
	@for python in 3.11 3.12 3.13; do \
		for platform in x86_64-manylinux_2_28 aarch64-manylinux_2_28 aarch64-apple-darwin; do \
			echo "Looking for wheels: Python $$python, $$platform"; \
			$(HAS_WHEELS) --python-version $$python --python-platform $$platform requirements/dev.txt || exit 1; \
		done; \
	done

clean: ## Remove everything that set-up and checks made here; the weights stay in your data folder
	rm -rf .venv .cache dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

weights: $(WEIGHTS) $(SAMPLES)

FORCE:

# An environment that was moved or copied, has lost its Python, or has another than the one now asked for is stale.
STALE := $(shell ( read -r place && read -r python && [ "$$place" = "$(CURDIR)" ] && [ -x $(BIN)/python ] && \
	[ "$$python" = "$(or $(PYTHON),$$python)" ] ) 2>/dev/null <$(MADE_FOR) || echo FORCE)

$(RUNTIME): requirements/runtime.txt requirements/build.txt $(STALE)
	@rm -f $@
	@sh tools/make_venv.sh '$(PYTHON)'
	@echo 'Installing what Bonafide needs to run (130 MB to download)'
	@$(INSTALL) --requirement requirements/runtime.txt --requirement requirements/build.txt
	@printf '%s\n' '$(CURDIR)' '$(PYTHON)' >$(MADE_FOR)
	@touch $@

# The runtime's stamp is away meanwhile: a killed pip can leave a package that only looks installed.
$(SERVICE): requirements/service.txt $(RUNTIME)
	@echo 'Installing what the service needs (10 MB to download)'
	@mv $(RUNTIME) $(RUNTIME).away
	@$(INSTALL) --requirement requirements/service.txt
	@mv $(RUNTIME).away $(RUNTIME)
	@touch $@

$(DEVELOPMENT): requirements/dev.txt $(RUNTIME)
	@echo 'Installing what the tests and checks need (100 MB to download)'
	@mv $(RUNTIME) $(RUNTIME).away
	@$(INSTALL) --requirement requirements/dev.txt
	@mv $(RUNTIME).away $(RUNTIME)
	@touch $@

# pip refuses to replace a half-installed project, so there is nothing to replace.
$(PROJECT): pyproject.toml src/bonafide/version.py $(RUNTIME)
	@rm -rf .venv/lib/python3.*/site-packages/bonafide-*.dist-info
	@$(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# The weights lie in the user's data folder. Make cannot watch that (its name may hold spaces, and it follows the
# environment), so the last pull leaves a list: for which environment, and the files to look for.
HOMES = $$BONAFIDE_HOME:$$XDG_DATA_HOME:$$HOME
GONE := $(shell ( read -r homes && [ "$$homes" = "$(HOMES)" ] && \
	while read -r file; do [ -f "$$file" ] || exit 1; done ) 2>/dev/null <$(WEIGHTS) || echo FORCE)

$(WEIGHTS): src/bonafide/models/manifest.toml $(PROJECT) $(GONE)
	@mkdir -p $(@D)
	@$(BIN)/bonafide models pull
	@{ echo "$(HOMES)" && $(BIN)/python tools/list_weights.py; } >$@.new
	@mv $@.new $@

$(SAMPLES): demo/samples.toml $(PROJECT)
	@$(BIN)/python demo/fetch_samples.py
	@touch $@

# Every target sets up what it needs first; make and Python 3.11 to 3.13 are enough to start with.

.PHONY: help demo demo-live demo-web fuzz bench test test-cluster test-training lint lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo: .venv/run.installed ## Name one person in a video clip; what comes out is in demo-output/
	.venv/bin/python -m stream.cli.demo

demo-live: .venv/run.installed ## Play the same clip as a camera, in a window where there is a display
	.venv/bin/python -m stream.cli.demo --live

BENCHES := tracking live recorded cameras faults soak

demo-web: .venv/run.installed ## Show the web pages, with the clip as a camera, on this machine at port 8765
	.venv/bin/python -m web.demo

fuzz: .venv/dev.installed ## Send the API ten thousand requests that nobody would think of
	.venv/bin/python -m tests.web.fuzz

bench: .venv/dev.installed ## Measure on this machine, beside others; tables go to bench-output/ too
	.venv/bin/doorman bench
	for bench in $(BENCHES); do .venv/bin/python -m tests.bench.$$bench || exit; done

test: lint ## Check and test everything that needs no torch
	.venv/bin/python -m pytest -m "not training and not cluster" --cov

test-cluster: .venv-cluster/cluster.installed ## Install the cluster extra and test what runs on Ray
	.venv-cluster/bin/python -m pytest -m cluster

test-training: .venv-train/train.installed ## Install the training extra (several GB) and test the training
	.venv-train/bin/python -m pytest -m training --cov --cov-append

lint: .venv/dev.installed ## Check style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

# The environments. A lock file that changed is installed again, over what is there.

.venv/run.installed: requirements/run.txt
.venv/dev.installed: requirements/dev.txt
.venv-train/train.installed: requirements/train.txt
.venv-cluster/cluster.installed: requirements/cluster.txt
%.installed: requirements/install.sh pyproject.toml
	sh requirements/install.sh $(@D) requirements/$(*F).txt
	touch $@

# The locks: versions and digests for every supported Python and system. The larger ones bind the smaller.

LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"

lock: ## Choose the newest versions that fit pyproject.toml (needs uv)
	$(LOCK) --upgrade --group dev --extra eval --extra web --extra train -o requirements/train.txt
	$(LOCK) --upgrade --group dev --extra eval --extra web -c requirements/train.txt -o requirements/dev.txt
	$(LOCK) --upgrade --group build --extra web --extra postgresql --extra notify --extra onvif -c requirements/dev.txt -o requirements/run.txt
	$(LOCK) --upgrade --group dev --group cluster --extra eval --extra web --extra cluster -c requirements/dev.txt -o requirements/cluster.txt

clean: ## Remove the environments, caches and the demo's output
	rm -rf .venv .venv-train .venv-cluster demo-output bench-output .mypy_cache .pytest_cache .ruff_cache .coverage
	find . -name __pycache__ -prune -exec rm -rf {} +

# What a developer and CI run; nothing else is needed. Every target installs what it lacks.
SHELL := /bin/bash
export SLUICE_TOOLS := $(CURDIR)/.tools/bin
FORMATTED := Package.swift Sources Tests Benchmarks/Sources
SWIFT_FLAGS := --explicit-target-dependency-import-check error
# Of its own, so that it can be built while something else uses what .build holds.
RELEASE_TREE := .build-release
RELEASE := $(RELEASE_TREE)/release/sluice
# Tests start programs; all at once they would keep one another from their time limits.
TEST_WIDTH := 4

.PHONY: build release tools test-tools check format test-build test demo bench bench-data bench-report bench-serve install clean

build: tools ## a debug build
	swift build $(SWIFT_FLAGS)

release: tools ## the binary that users run
	swift build $(SWIFT_FLAGS) -c release --scratch-path $(RELEASE_TREE) --product sluice

tools: ## what Debian and PyPI have to give
	@scripts/install-tools.sh

test-tools: ## the same, and a browser for the tests of the HTML report
	@scripts/install-tools.sh --tests

check: tools ## formatting, shell scripts, walls between the rooms
	swift format lint --strict --recursive $(wildcard $(FORMATTED))
	@for script in scripts/*.sh demo/*.sh Benchmarks/*.sh .ci/run templates/*/*.sh; do bash -n "$$script" || exit 1; done
	swift build $(SWIFT_FLAGS)

format: ## put the sources into shape
	swift format format --in-place --recursive $(wildcard $(FORMATTED))

test-build: test-tools ## the tests, and what they start
	swift build $(SWIFT_FLAGS) --build-tests

test: test-build ## every test
	scripts/test.sh $(TEST_WIDTH) $(SWIFT_FLAGS)

demo: release ## the whole story on real flights, in .demo, a year of them dropped month by month, and a client's batch files
	SLUICE=$(CURDIR)/$(RELEASE) demo/demo.sh
	FLIGHTS=$(CURDIR)/.demo/flights SLUICE=$(CURDIR)/$(RELEASE) demo/seasons.sh
	SLUICE=$(CURDIR)/$(RELEASE) demo/wafer.sh

bench: release ## every benchmark, beside the tool it replaces
	SLUICE=$(CURDIR)/$(RELEASE) Benchmarks/run.sh

bench-data: release ## tests and drift of data files, beside bare DuckDB and the Python tools; BENCH_ROWS=1000000 is the short way
	SLUICE=$(CURDIR)/$(RELEASE) Benchmarks/data.sh

bench-report: release ## metrics of predictions, beside scikit-learn; a policy tried on 500 and on 5,000 recorded runs
	SLUICE=$(CURDIR)/$(RELEASE) Benchmarks/score.sh
	SLUICE=$(CURDIR)/$(RELEASE) python3 Benchmarks/replay.py

bench-serve: release ## the server under load, at rest and with a long history, beside webhook and Flask
	SLUICE=$(CURDIR)/$(RELEASE) Benchmarks/serve.sh

install: release ## into PREFIX (else /usr/local)
	install -D -m 0755 $(RELEASE) $(or $(PREFIX),/usr/local)/bin/sluice

clean: ## everything that was built
	rm -rf .build $(RELEASE_TREE) .demo .demo-seasons .demo-wafer .tools .bench

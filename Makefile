# Targets are one line each; loops and parsing are Rust in xtask.
.PHONY: stack run demo listen test smoke contract receivers statements templates bench check fmt lint openapi access-patterns banks build dist deploy destroy deploy-local test-deployed help

help: ## this text
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: ## start the bundle on this machine (RESET=1 starts clean, PORT=4000, DATA_DIR=.trilho)
	@echo "Building (the first time takes a few minutes) ..."; cargo build --quiet --package local && exec cargo run --quiet --package local -- $(if $(RESET),--reset)

demo: ## play the whole story against the running bundle
	@cargo run --quiet --package local --bin trilho-demo

listen: ## show webhooks as they arrive (EVENTS="charge.paid charge.credited", URL=http://127.0.0.1:3000, VERBOSE=1)
	@cargo run --quiet --package local --bin trilho-listen

test: ## every test that needs no deployed stack
	cargo test --workspace --quiet

smoke: ## start the bundle as people do and look at everything once
	cargo build --quiet --package local && python3 .ci/smoke.py

contract: ## schemathesis: do the answers agree with infra/openapi.json?
	cargo build --quiet --package local && python3 .ci/contract.py

receivers: ## do the example receivers take what the bundle sends, and nothing else?
	cargo build --quiet --package local && cargo build --quiet --package tests --example receiver && python3 .ci/receivers.py

statements: ## do programs that others wrote read the statements, and do these add up?
	cargo build --quiet --package statement --example sample && python3 .ci/statements.py

templates: ## cfn-lint and checkov: is anything wrong with the templates of infra?
	@python3 .ci/templates.py

bench: ## measure contention for the books, fairness and throughput of deliveries (release build, about six minutes)
	cargo build --quiet --release --package tests --bin bench && cargo run --quiet --release --package tests --bin bench

check: ## what CI runs: format, lints, dependencies, tests, generated files, templates, smoke, contract, receivers, statements, a deployed stack
	bash .ci/run

fmt: ## format the code
	cargo fmt --all

lint: ## clippy, without warnings
	cargo clippy --workspace --all-targets --quiet -- --deny warnings

openapi: ## write infra/openapi.json from the code
	cargo xtask openapi

stack: ## write the templates of infra from the code and infra/access.toml
	cargo xtask stack

access-patterns: ## write the table of operations in docs/access-patterns.md from infra/access.toml
	cargo xtask access-patterns

banks: ## write the table of banks from shared/brazil/data/banks.csv
	cargo xtask banks

build: ## release binaries of all domains for this machine, zipped into dist/host
	@cargo xtask dist --profile release --host --out dist/host

dist: ## what is shipped: arm64, link-time optimisation, zipped into dist
	@cargo xtask dist

deploy: ## build it as it is shipped and bring it to AWS (STAGE=sandbox or live, ARGS="--parameter LogLevel=info")
	@: $(or $(STAGE),$(error say STAGE=sandbox or STAGE=live)); cargo xtask dist && cargo xtask deploy --stage $(STAGE) $(ARGS)

destroy: ## delete a stack, but not its tables (STAGE=sandbox or live)
	@cargo xtask destroy --stage $(or $(STAGE),$(error say STAGE=sandbox or STAGE=live)) $(ARGS)

deploy-local: ## deploy to an emulator of AWS on this machine, until Ctrl-C
	@python3 .ci/stack.py

test-deployed: ## the same, and the tests of a deployed stack against it
	@python3 .ci/stack.py cargo test --quiet --package tests --features deployed --test deployed

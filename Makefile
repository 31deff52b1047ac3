# Targets are one line each; loops and parsing are Rust in xtask.
.PHONY: stack functions states run demo listen test smoke contract fuzz clients receivers statements slips pages templates bench cold units check fmt lint openapi access-patterns banks build dist deploy destroy deploy-local test-deployed help

help: ## show this help
	@awk '/^##@/ { print "\n" substr($$0, 5) } /^#\+/ { printf "%18s%s\n", "", substr($$0, 4) } /^[a-z-]+:.*## / { split($$0, part, /:.*## /); printf "  %-16s%s\n", part[1], part[2] }' $(MAKEFILE_LIST)

##@ Use it

run: ## start the bundle on this machine
#+ RESET=1 starts clean, PORT=4000, DATA_DIR=.trilho
	@echo "Building (the first time takes about 4 minutes) ..."; cargo build --quiet --package local && exec cargo run --quiet --package local -- $(if $(RESET),--reset)

demo: ## play the demo against the running bundle
	@cargo run --quiet --package local --bin trilho-demo

listen: ## show webhooks as they arrive
#+ EVENTS="charge.paid charge.credited", VERBOSE=1,
#+ URL=http://127.0.0.1:3000 forwards them
	@cargo run --quiet --package local --bin trilho-listen

##@ Change it

check: ## run all checks, as CI does
	bash .ci/run

fmt: ## format the code
	cargo fmt --all

lint: ## run clippy, without warnings
	cargo clippy --workspace --all-targets --quiet -- --deny warnings

test: ## run every test that needs no deployed stack
	cargo test --workspace --quiet

openapi: ## write infra/openapi.json from the code
	cargo xtask openapi

states: ## write docs/states.md from the code
	cargo xtask states

functions: ## write docs/functions.md from the code
	cargo xtask functions

stack: ## write the templates from the code and infra/access.toml
	cargo xtask stack

access-patterns: ## write the operations of docs/access-patterns.md
	cargo xtask access-patterns

banks: ## write the table of banks from shared/brazil/data/banks.csv
	cargo xtask banks

smoke: ## start the bundle as users do, and try everything once
	cargo build --quiet --package local && python3 .ci/smoke.py

contract: ## check the answers against infra/openapi.json (schemathesis)
	cargo build --quiet --package local && python3 .ci/contract.py

fuzz: ## the same with random requests, others in each run (hours)
	cargo build --quiet --package local && python3 .ci/contract.py fuzz

clients: ## lint infra/openapi.json, and try generated clients
	cargo build --quiet --package local && python3 .ci/clients.py

receivers: ## check the example receivers against the bundle
	cargo build --quiet --package local && cargo build --quiet --package tests --example receiver && python3 .ci/receivers.py

statements: ## check the statement formats with independent programs
	cargo build --quiet --package statement --example sample && python3 .ci/statements.py

slips: ## read the slips with ZBar and ZXing
	cargo build --quiet --package slip --example slip_samples && python3 .ci/slips.py

pages: ## open the pages for payers in Chromium (axe-core)
#+ PICTURES=folder keeps the pictures
	cargo build --quiet --package local && python3 .ci/pages.py

templates: ## check the templates with cfn-lint and checkov
	@python3 .ci/templates.py

bench: ## measure the books, fairness and deliveries (about 6 minutes)
	cargo build --quiet --release --package tests --bin bench && cargo run --quiet --release --package tests --bin bench

cold: ## measure starts of functions (builds them as make dist does)
#+ ARGS=instructions counts with valgrind, ARGS=system-roots
	cargo build --quiet --profile dist --package payin --package payout && cargo build --quiet --profile dist --package edge --examples && cargo run --quiet --release --package tests --example cold -- $(ARGS)

units: ## write the counted tables of docs/performance.md
	cargo run --quiet --package tests --bin units

##@ Deploy it

build: ## build release zips for this machine into dist/host
	@cargo xtask dist --profile release --host --out dist/host

dist: ## build the zips for AWS (arm64) into dist
	@cargo xtask dist

deploy: ## build the zips and deploy them to AWS
#+ STAGE=sandbox or live, ARGS="--parameter LogLevel=info"
	@: $(or $(STAGE),$(error set STAGE=sandbox or STAGE=live)); cargo xtask dist && cargo xtask deploy --stage $(STAGE) $(ARGS)

destroy: ## delete a stack, but not its tables, secrets and buckets
#+ STAGE=sandbox or live
	@cargo xtask destroy --stage $(or $(STAGE),$(error set STAGE=sandbox or STAGE=live)) $(ARGS)

deploy-local: ## deploy to an emulator of AWS, until Ctrl-C
	@python3 .ci/stack.py

test-deployed: ## deploy to an emulator and run the tests of a deployed stack
	@python3 .ci/stack.py cargo test --quiet --workspace --features tests/deployed --test deployed

# Everything that the project needs on a machine besides Go, git and make is installed by what runs here.

.DEFAULT_GOAL := help
.PHONY: help run test soak bench load lint audit build synth deploy invoke

# The CDK's bridge warns about the age of the system's Node; the majors named here are known to work.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 18,20
VULNERABILITIES := golang.org/x/vuln/cmd/govulncheck@v1.9.0
CONSOLE := go run ./infra/local/consolebuild/cmd/buildconsole
CDK := npx --yes aws-cdk@2.1148.1

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## the whole service on this machine; PORT, DATA_DIR, PROPAGATION=5s, CLOCK_SKEW=336h
	@go run ./infra/local

# Packages whose tests wait for parts, mails and delays leave a processor to others: one more than there are goes on.
PACKAGES := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

test: ## everything: unit, contract, integration with the real parts, the stack, the whole service
	@$(CONSOLE)
	@go run ./infra/local/parts/cmd/withparts -- go test -p $(PACKAGES) -timeout 1h $(TESTFLAGS) ./...

STEPS ?= 100000
PAIRS ?= 200

soak: ## all faults at every call, and the model at length; STEPS=100000, PAIRS=200 of faults a workflow (-1: all)
	@go run ./infra/local/parts/cmd/withparts -- go test -count=1 -timeout 0 -run '^(TestFaults|TestModel|TestEveryPreviewIsWhatHappens)$$' ./functions/functionstest \
	  -soak -pairs=$(PAIRS) -steps=$(STEPS) -rapid.checks=$(STEPS)

bench: ## the budgets' figures, one JSON object a line
	@go run ./infra/bench

USERS ?= 1000000
ORGANISATIONS ?= 10000
MINUTES ?= 10
CLIENTS ?= 8

load: ## clients beside many users; USERS=1000000, ORGANISATIONS=10000, MINUTES=10, CLIENTS=8, DATA=folder keeps the users
	@go run ./infra/load -users $(USERS) -organisations $(ORGANISATIONS) -minutes $(MINUTES) -clients $(CLIENTS) -data "$(DATA)"

lint: ## gofmt, go vet, staticcheck; the console's types and texts
	@$(CONSOLE)
	@test -z "$$(gofmt -l functions infra shared)" || { gofmt -l functions infra shared; exit 1; }
	@go vet ./...
	@go tool staticcheck ./...

# What is deployed is built, and looked through, by the release of Go that go.mod's toolchain line names, and not by an older
# one that the machine was told to stay with: what a release mends in the standard library is mended in the functions.
audit build synth deploy: export GOTOOLCHAIN := $(shell awk '$$1 == "toolchain" {print $$2}' go.mod)

audit: ## known vulnerabilities in what is linked (asks vuln.go.dev), and every linked module's licence
	@go run $(VULNERABILITIES) ./...
	@go run ./infra/licenses/cmd/licenses

build: ## the functions as they are deployed, into dist/functions; the same source makes the same bytes
	@$(CONSOLE)
	@go run ./infra/compile/cmd/functions

synth: build ## the CloudFormation template, into cdk.out; needs no account
	@go run ./infra/cdk

deploy: build ## to AWS: make deploy SENDER=no-reply@your.domain CONSOLE_URL=https://your.domain
	$(CDK) deploy -c sender="$(SENDER)" -c consoleUrl="$(CONSOLE_URL)" $(if $(ALARM_EMAIL),-c alarmEmail="$(ALARM_EMAIL)")

invoke: ## one function with one payload: make invoke FUNCTION=users EVENT=events/account.signIn.json
	@go run ./infra/local/invoke "$(FUNCTION)" "$(EVENT)"

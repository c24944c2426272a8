# Everything here needs nothing but Go, unless it says otherwise.

.PHONY: all build test lint race cross bench fuzz bench-peers results generate notebook-kernel notebooks notebook

all: build

build: ## the command, as bin/zoo, which needs no library of the system
	CGO_ENABLED=0 go build -o bin/ ./cmd/zoo

test: lint ## format, vet, staticcheck and all tests
	go test ./...

lint:
	@files=$$(gofmt -l .); test -z "$$files" || { echo "not formatted (gofmt -w them):" $$files; exit 1; }
	go vet ./...
	go tool staticcheck ./...

race: ## the tests under the race detector; needs a C compiler
	go test -race -short ./...

cross: ## builds for the other platforms
	GOOS=linux GOARCH=arm64 go build ./...
	GOOS=darwin GOARCH=arm64 go build ./...
	GOOS=windows GOARCH=amd64 go build ./...

PROGRAMS ?= 2000
SEED ?= 1

fuzz: ## $(PROGRAMS) random graphs, from $(SEED) on, compiled in all ways: four a second
	ZOO_FUZZ=$(PROGRAMS) ZOO_FUZZ_SEED=$(SEED) go test -count 1 -timeout 0 -run TestPrograms ./internal/graphfuzz

bench: ## the Go benchmarks
	go test -run '^$$' -bench . -benchmem ./...

results: ## the table of docs/results.md: some hours, with the corpora in $$ZOO_DATA or fetched
	go run ./bench/results

bench-peers: ## other frameworks beside ours, into docs/performance.md; PYTHON names the interpreter that has them (bench/peers/README.md)
	go run ./bench/peers

generate: ## what is generated from code
	go generate ./...

notebook-kernel: ## the kernel of the notebooks, in notebooks/.prefix: a minute and a half the first time
	go run ./notebooks install

notebooks: notebook-kernel ## runs every notebook and compares its key figures; needs jupyter-nbconvert
	go run ./notebooks execute

notebook: notebook-kernel ## opens Jupyter; needs jupyter-lab or jupyter-notebook
	go run ./notebooks open

package main

import (
	"bytes"
	"os"
	"testing"
)

// TestTableIsFresh fails when a public API has changed since the table was written.
func TestTableIsFresh(t *testing.T) {
	if testing.Short() {
		t.Skip("it asks the compiler for the types of all public packages")
	}
	pkgs, err := load(others...)
	if err != nil {
		t.Fatal(err)
	}
	want, err := write(pkgs)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../kernel/bind/table.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the notebooks' table of packages is not that of the public API any more: make generate")
	}
}

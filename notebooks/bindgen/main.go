// Command bindgen writes the table by which the notebooks' kernel knows packages without compiling them: gomacro's
// imports.PackageUnderlying of each. It binds all public packages of this module, and Gorgonia and its tensors. What is
// generic is left out: the interpreter cannot call it.
package main

import (
	"flag"
	"log"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
)

//go:generate go run . -o ../kernel/bind/table.go

func main() {
	log.SetFlags(0)
	out := flag.String("o", "table.go", "file to write")
	flag.Parse()
	pkgs, err := load(others...)
	if err != nil {
		log.Fatal(err)
	}
	table, err := write(pkgs)
	if err != nil {
		log.Fatal(err)
	}
	if err := atomicfile.WriteData(*out, table); err != nil {
		log.Fatal(err)
	}
}

// others are the packages that are bound besides our own.
var others = []string{"gorgonia.org/gorgonia", "gorgonia.org/tensor"}

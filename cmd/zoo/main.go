// Command zoo trains, evaluates and uses recurrent neural networks, and draws their symbolic graphs.
//
//	zoo models
//	zoo run lstm airline
//	zoo predict lstm-airline-1 --steps 12
package main

import (
	"os"

	"github.com/rnnzoo/rnnzoo/command"
)

func main() {
	os.Exit(command.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

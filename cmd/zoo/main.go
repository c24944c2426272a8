// Command zoo trains, evaluates and uses recurrent neural networks, and draws their symbolic graphs.
//
//	zoo models
//	zoo run lstm airline
//	zoo predict lstm-airline-1 --steps 12
package main

import (
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run runs the command of the arguments and returns the exit status.
func run(args []string, in io.Reader, out, errOut io.Writer) (status int) {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	checked := &output{Writer: out}
	root.SetOut(checked)
	root.SetErr(errOut)
	defer func() {
		if p := recover(); p != nil {
			status = report(errOut, bug(p), wantsDebug(root))
		}
	}()
	err := root.Execute()
	if err == nil {
		err = checked.err
	}
	if err != nil {
		return report(errOut, err, wantsDebug(root))
	}
	return statusDone
}

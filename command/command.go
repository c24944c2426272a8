// Package command is the command zoo: flags in, calls out. A binary of one's own that registers models of its own runs it as
// cmd/zoo does:
//
//	func main() {
//		if err := zoo.Register(zoo.Model{Name: "mgu", Title: "minimal gated unit", New: newMGU}); err != nil {
//			log.Fatal(err)
//		}
//		os.Exit(command.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
//	}
//
// A command sets what is the process's own, such as GOMAXPROCS: it serves one goroutine at a time.
package command

import "io"

// Run runs the command of the arguments and returns the exit status: 0 done, 1 the work failed, 2 the command line is wrong,
// 130 interrupted. It sets GOMAXPROCS where --threads says so, and is meant for a process of its own.
func Run(args []string, in io.Reader, out, errOut io.Writer) (status int) {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	checked := &output{Writer: out}
	root.SetOut(checked)
	root.SetErr(errOut)
	defer func() {
		if p := recover(); p != nil {
			status = report(errOut, root, bug(p), wantsDebug(root))
		}
	}()
	cmd, err := root.ExecuteC()
	if err == nil {
		err = checked.err
	}
	if err != nil {
		return report(errOut, cmd, err, wantsDebug(root))
	}
	return statusDone
}

// Command notebooks builds the kernel of the notebooks beside it, runs them and opens them:
//
//	go run ./notebooks install    builds the kernel into a prefix of its own
//	go run ./notebooks execute    runs every notebook and compares its key figures with figures.json
//	go run ./notebooks open       opens Jupyter with the kernel
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

func main() {
	if err := command().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "notebooks:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	var dir string
	root := &cobra.Command{Use: "notebooks", Short: "Build the kernel of the notebooks, run them, open them", SilenceUsage: true, SilenceErrors: true}
	root.PersistentFlags().StringVar(&dir, "dir", "notebooks", "folder of the notebooks")
	place := func() (string, error) { return filepath.Abs(dir) }

	install := &cobra.Command{
		Use: "install", Short: "Build the kernel into a prefix of its own, " + prefixFolder, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := place()
			if err != nil {
				return err
			}
			return install(dir)
		},
	}

	var write bool
	execute := &cobra.Command{
		Use: "execute [NOTEBOOK…]", Short: "Run notebooks and compare their key figures with " + figuresFile,
		RunE: func(cmd *cobra.Command, names []string) error {
			dir, err := place()
			if err != nil {
				return err
			}
			return executeAll(cmd.OutOrStdout(), dir, names, write)
		},
	}
	execute.Flags().BoolVar(&write, "write", false, "store the new outputs in the notebooks and the new values in "+figuresFile)

	open := &cobra.Command{
		Use: "open", Short: "Open Jupyter with the kernel", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := place()
			if err != nil {
				return err
			}
			return open(dir)
		},
	}
	root.AddCommand(install, execute, open)
	return root
}

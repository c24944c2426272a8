package command

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

func newGraph() *cobra.Command {
	// Small sizes that differ from each other, so that it shows which axis is which.
	d := zoo.Drawing{Steps: 1, Batch: 2, Input: 3, Hidden: 4, Layers: 1}
	var out string
	cmd := &cobra.Command{
		Use:   "graph <model>",
		Short: "Draw the symbolic graph of one step or of an unrolled sequence",
		Long: `Draw the symbolic graph of a model: one step, or a sequence with a box for each time step, layer and direction. The
drawing is in DOT, the language of Graphviz; --out FILE.svg has Graphviz make a picture of it.`,
		Example: `  zoo graph lstm --out lstm.svg
  zoo graph bigru --steps 3 | dot -Tpng > bigru.png
  zoo graph rnn --grad`,
		Args:              arguments("<model>"),
		ValidArgsFunction: completing(modelNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			ending := strings.ToLower(filepath.Ext(out))
			if out != "" && ending != ".dot" && ending != ".svg" {
				return linef("--out %q: want a name that ends in .dot or .svg", out)
			}
			drawing, err := zoo.Draw(args[0], d)
			if err == nil && ending == ".svg" {
				drawing, err = svg(cmd, drawing)
			}
			if err != nil {
				return err
			}
			if out == "" {
				_, err = cmd.OutOrStdout().Write(drawing)
				return errors.WithStack(err)
			}
			return atomicfile.WriteData(out, drawing)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	var set option.Set
	d.Declare(&set)
	addSettings(flags, &set)
	flags.StringVar(&out, "out", "", "file to write, .dot or .svg (default DOT on standard output)")
	return cmd
}

// svg has Graphviz make a picture of a drawing.
func svg(cmd *cobra.Command, drawing []byte) ([]byte, error) {
	path, err := exec.LookPath("dot")
	if err != nil {
		return nil, errors.New("an SVG is made by Graphviz, whose command dot is not installed: apt install graphviz, brew install graphviz or https://graphviz.org/download; or write --out FILE.dot")
	}
	dot := exec.CommandContext(cmd.Context(), path, "-Tsvg")
	dot.Stdin = bytes.NewReader(drawing)
	var complaints bytes.Buffer
	dot.Stderr = &complaints
	picture, err := dot.Output()
	if err != nil {
		first, _, _ := strings.Cut(complaints.String(), "\n")
		return nil, errors.Errorf("%s -Tsvg: %v: %s; write --out FILE.dot to see what it was given", path, err, first)
	}
	return picture, nil
}

package command

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
)

func newGraph() *cobra.Command {
	// Small sizes that differ from each other, so that it shows which axis is which.
	d := zoo.Drawing{Steps: 1, Batch: 2, Input: 3, Hidden: 4, Layers: 1}
	var out string
	cmd := &cobra.Command{
		Use:   "graph <model>",
		Short: "Draw the symbolic graph of one step or of an unrolled sequence",
		Long: fmt.Sprintf(`Draw the symbolic graph of a model: one step, or a sequence with a box for each time step, layer and direction.
--out FILE.svg or FILE.png makes a picture of up to %d nodes, some steps of a model; nothing has to be installed for it.
Without --out, and with FILE.dot, the drawing is in DOT, the language of Graphviz, in any size.
With --ir it is text: the values that the compiler computes, as they are after each of its passes, and the instructions
of the plan with the memory that they read and write.`, show.MaxNodes),
		Example: `  zoo graph lstm --out lstm.svg
  zoo graph bigru --steps 3 --out bigru.png
  zoo graph rnn --grad > rnn.dot
  zoo graph lstm --steps 3 --grad --ir | less`,
		Args:              arguments("<model>"),
		ValidArgsFunction: completing(modelNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			ending := strings.ToLower(filepath.Ext(out))
			if d.IR && out != "" && ending != ".txt" {
				return linef("--out %q: what --ir prints is text; want a name that ends in .txt", out)
			}
			if !d.IR && out != "" && ending != ".dot" && ending != ".svg" && ending != ".png" {
				return linef("--out %q: want a name that ends in .svg, .png or .dot", out)
			}
			drawing, err := zoo.Draw(args[0], d)
			if err == nil {
				drawing, err = drawn(drawing, ending)
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
	flags.StringVar(&out, "out", "", "file to write, .svg, .png or .dot, with --ir .txt (default standard output)")
	return cmd
}

// drawn returns a drawing in the format that a file name ends in.
func drawn(dot []byte, ending string) ([]byte, error) {
	if ending != ".svg" && ending != ".png" {
		return dot, nil
	}
	g, err := show.NewGraph(dot)
	if err != nil {
		return nil, err
	}
	if ending == ".svg" {
		return []byte(g.SVG()), nil
	}
	return g.PNG(), nil
}

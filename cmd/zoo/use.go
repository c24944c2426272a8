package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/zoo"
)

// use is how zoo predict uses the runs of a task.
type use struct {
	example string // what may follow zoo predict <run>
	predict func(cmd *cobra.Command, r *zoo.Run, inputs []string, o predictOptions) error
}

// uses are by task.
var uses = map[string]use{
	"forecast":  {"--steps 12", predictSeries},
	"classify":  {`"not bad at all"`, predictClasses},
	"translate": {`"a text"`, predictTranslations},
}

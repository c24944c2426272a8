package zoo

import (
	"fmt"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// Model is an architecture that the zoo knows by name.
type Model struct {
	Name   string
	Title  string // one line
	Cannot string // what it cannot do, and what can; empty if there is nothing
	New    func(opts ...graph.NetworkOption) *graph.Network
}

const seesTheFuture = "generate, or forecast at every step of a window: it sees the future; choose rnn, lstm or gru"

// Models returns the architectures, the simplest first.
func Models() []Model {
	both := func(one func(...graph.NetworkOption) *graph.Network) func(...graph.NetworkOption) *graph.Network {
		return func(opts ...graph.NetworkOption) *graph.Network { return birnn.New(one(opts...)) }
	}
	return []Model{
		{"rnn", "Elman's recurrent network, tanh", "", rnn.New},
		{"lstm", "long short-term memory, with forget gates", "", lstm.New},
		{"gru", "gated recurrent unit, reset after the product", "", gru.New},
		{"birnn", "rnn in both directions", seesTheFuture, both(rnn.New)},
		{"bilstm", "lstm in both directions", seesTheFuture, both(lstm.New)},
		{"bigru", "gru in both directions", seesTheFuture, both(gru.New)},
	}
}

// ModelByName returns the architecture of a name, or a UsageError that suggests the nearest.
func ModelByName(name string) (Model, error) {
	var names []string
	for _, m := range Models() {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
	}
	hint := ""
	if near := suggest.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return Model{}, usagef("model %q not found%s (zoo models lists them)", name, hint)
}

package zoo

import (
	"strings"
	"sync"
	"unicode"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/option"
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

// Models returns the architectures, the simplest first, and those that were registered behind them.
func Models() []Model {
	both := func(one func(...graph.NetworkOption) *graph.Network) func(...graph.NetworkOption) *graph.Network {
		return func(opts ...graph.NetworkOption) *graph.Network { return birnn.New(one(opts...)) }
	}
	own := []Model{
		{"rnn", "Elman's recurrent network, tanh", "", rnn.New},
		{"lstm", "long short-term memory, with forget gates", "", lstm.New},
		{"gru", "gated recurrent unit, reset after the product", "", gru.New},
		{"birnn", "rnn in both directions", seesTheFuture, both(rnn.New)},
		{"bilstm", "lstm in both directions", seesTheFuture, both(lstm.New)},
		{"bigru", "gru in both directions", seesTheFuture, both(gru.New)},
	}
	registered.Lock()
	defer registered.Unlock()
	return append(own, registered.models...)
}

// registered are the models of Register.
var registered struct {
	sync.Mutex
	models []Model
}

// Register has the zoo know a model of one's own by its name: in Configure, New and Open, and in a binary of one's own that
// runs package command, so that zoo run NAME … works there. It is meant for the beginning of a program, and serves many
// goroutines.
func Register(m Model) error {
	if m.New == nil {
		return errors.Errorf("register %q: it has no New", m.Name)
	}
	if m.Name == "" || strings.ContainsFunc(m.Name, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`/\:`, r) }) || strings.HasPrefix(m.Name, "-") || strings.HasPrefix(m.Name, ".") {
		return errors.Errorf("register %q: want a name of letters and digits, which may be part of a folder's", m.Name)
	}
	for _, known := range Models() {
		if known.Name == m.Name {
			return errors.Errorf("register %q: there is a model of this name already; choose another", m.Name)
		}
	}
	new := m.New
	m.New = func(opts ...graph.NetworkOption) *graph.Network { return new(opts...).With(graph.Named(m.Name)) }
	registered.Lock()
	defer registered.Unlock()
	registered.models = append(registered.models, m)
	return nil
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
		hint = "; did you mean \"" + near + "\"?"
	}
	return Model{}, option.Usagef("model %q not found%s (zoo models lists them)", name, hint)
}

package zoo

import (
	"reflect"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

func TestModels(t *testing.T) {
	var names []string
	for _, m := range Models() {
		names = append(names, m.Name)
		n := m.New(graph.Hidden(5))
		if err := n.Check(); err != nil {
			t.Error(err)
		}
		both := strings.HasPrefix(m.Name, "bi")
		width := 5
		if both {
			width = 10
		}
		if n.IsBidirectional() != both || n.Width() != width || n.Name() != m.Name {
			t.Errorf("%s: a network %s, in both directions %v, of width %d; want %d", m.Name, n.Name(), n.IsBidirectional(), n.Width(), width)
		}
		if (m.Cannot != "") != both || m.Title == "" || strings.Contains(m.Title, "\n") {
			t.Errorf("%s: %q, cannot %q", m.Name, m.Title, m.Cannot)
		}
		if got, err := ModelByName(m.Name); err != nil || got.Name != m.Name || got.Title != m.Title {
			t.Errorf("%s: %+v, %v", m.Name, got, err)
		}
	}
	if want := []string{"rnn", "lstm", "gru", "birnn", "bilstm", "bigru"}; !reflect.DeepEqual(names, want) {
		t.Errorf("models %v; want %v", names, want)
	}
}

func TestModelByNameUnknown(t *testing.T) {
	for name, want := range map[string]string{
		"lsmt":        `model "lsmt" not found; did you mean "lstm"? (zoo models lists them)`,
		"LSTM":        `model "LSTM" not found; did you mean "lstm"? (zoo models lists them)`,
		"bilsm":       `model "bilsm" not found; did you mean "bilstm"? (zoo models lists them)`,
		"transformer": `model "transformer" not found (zoo models lists them)`,
		"":            `model "" not found (zoo models lists them)`,
	} {
		_, err := ModelByName(name)
		if wantUsage(t, err); err == nil || err.Error() != want {
			t.Errorf("error %v; want %q", err, want)
		}
	}
}

// wantUsage checks that an error is, somewhere in its chain, a UsageError of one line.
func wantUsage(t *testing.T, err error) {
	t.Helper()
	var usage *option.UsageError
	if !errors.As(err, &usage) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v of type %T; want a UsageError of one line", err, errors.Cause(err))
	}
}

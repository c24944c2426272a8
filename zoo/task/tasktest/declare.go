package tasktest

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// unknown is a dataset of a kind that no task can learn from.
type unknown struct{}

func (unknown) Info() datasets.Info { return datasets.Info{Name: "riddles", Kind: "riddles"} }

// settingName is how settings and metrics are called.
var settingName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// declares checks what a kind says of itself.
func (s *suite) declares(t *testing.T) {
	k := s.kind
	if !settingName.MatchString(k.Name()) || k.Title() == "" || !slices.Contains(k.Accepts(), s.data.Info().Kind) {
		t.Errorf("%q, %q, of %q", k.Name(), k.Title(), k.Accepts())
	}
	seen := make(map[string]bool)
	for _, m := range k.Metrics() {
		if !settingName.MatchString(m.Name) || m.Title == "" || seen[m.Name] {
			t.Errorf("metric %+v", m)
		}
		seen[m.Name] = true
	}
	if len(seen) == 0 {
		t.Error("there are no metrics")
	}

	r := task.DefaultRecipe()
	o := k.Defaults(&r, task.Subject{Model: "gru", Data: s.data.Info()})
	if r.Maximize != "" && !seen[r.Maximize] {
		t.Errorf("%q decides the best epoch, which is no metric", r.Maximize)
	}
	fields := declared(t, o)
	for _, f := range declared(t, &r) { // both are flags of one command
		if slices.ContainsFunc(fields, func(own *option.Field) bool { return own.Name == f.Name }) {
			t.Errorf("%s is a setting of the recipe, too", f.Name)
		}
	}
	if d := k.Decoding(); d != nil { // with zero values, and so the question to nobody: a predictor has others
		declaredHelp(t, d)
	}
	declaredHelp(t, k.Query())
	if k.Query().Example() == "" {
		t.Error("the question has no example")
	}
	written, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	read := k.Options()
	if err := json.Unmarshal(written, read); err != nil || !reflect.DeepEqual(read, o) {
		t.Errorf("%s is read as %+v, %v; want %+v", written, read, err, o)
	}
	setting := s.setting(t, 1)
	if _, err := k.New(setting, unknown{}); err == nil || !strings.Contains(err.Error(), "riddles") {
		t.Errorf("error %v of a dataset of another kind", err)
	}
	if c, ok := k.(task.Checker); ok {
		setting.Params = nil
		if err := c.Check(setting); err != nil {
			t.Error(err)
		}
	}
}

// declared returns settings, of which each has a name and help and is within its bounds.
func declared(t *testing.T, o task.Options) []*option.Field {
	t.Helper()
	var set option.Set
	o.Declare(&set)
	if err := set.Check(); err != nil {
		t.Error(err)
	}
	return declaredHelp(t, o)
}

// declaredHelp is declared where values are zero, which may be out of bounds.
func declaredHelp(t *testing.T, o task.Options) []*option.Field {
	t.Helper()
	var set option.Set
	o.Declare(&set)
	seen := make(map[string]bool)
	for _, f := range set.Fields() {
		if !settingName.MatchString(f.Name) || seen[f.Name] || strings.TrimSpace(f.Help) == "" || strings.Contains(f.Help, "\n") || strings.HasSuffix(f.Help, ".") {
			t.Errorf("setting %q: %q", f.Name, f.Help)
		}
		if err := f.Set(f.String()); err != nil {
			t.Errorf("setting %q does not take its own value: %v", f.Name, err)
		}
		seen[f.Name] = true
	}
	return set.Fields()
}

package datasets

import (
	"testing"

	"github.com/pkg/errors"
)

func TestPart(t *testing.T) {
	l := &Labelled{Train: []Example{{"a", 0}}, Valid: []Example{{"b", 1}}, Test: []Example{{"c", 2}}}
	p := &Pairs{Train: []Pair{{"a", "0"}}, Valid: []Pair{{"b", "1"}}, Test: []Pair{{"c", "2"}}}
	s := Split{Train: Range{0, 1}, Valid: Range{1, 2}, Test: Range{2, 3}}
	for i, name := range []string{"train", "valid", "test"} {
		if rows, err := s.Part(name); err != nil || rows != (Range{i, i + 1}) {
			t.Errorf("rows of %s: %v, %v", name, rows, err)
		}
		if examples, err := l.Part(name); err != nil || len(examples) != 1 || examples[0].Label != i {
			t.Errorf("examples of %s: %v, %v", name, examples, err)
		}
		if pairs, err := p.Part(name); err != nil || len(pairs) != 1 || pairs[0].Source != string(rune('a'+i)) {
			t.Errorf("pairs of %s: %v, %v", name, pairs, err)
		}
	}
	for name, want := range map[string]string{
		"vaild": `part "vaild" not found; did you mean "valid"? (choose train, valid or test)`,
		"":      `part "" not found; choose train, valid or test`,
	} {
		if rows, err := s.Part(name); err == nil || err.Error() != want || rows != (Range{}) {
			t.Errorf("rows of %q: %v, %v", name, rows, err)
		}
		examples, err := l.Part(name)
		var unknown *UnknownError
		if examples != nil || !errors.As(err, &unknown) || err.Error() != want || unknown.Setting != "split" {
			t.Errorf("examples of %q: %v, %v; want %s", name, examples, err, want)
		}
		if pairs, err := p.Part(name); pairs != nil || err == nil || err.Error() != want {
			t.Errorf("pairs of %q: %v, %v; want %s", name, pairs, err, want)
		}
	}
}

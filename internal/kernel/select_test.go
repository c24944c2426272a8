package kernel

import (
	"strings"
	"testing"
)

// TestChoose checks that a name chooses its set, no name the fastest, and that the error of another says what there is.
func TestChoose(t *testing.T) {
	sets := available()
	if k, err := choose(sets, ""); err != nil || k.Name() != sets[0].Name() {
		t.Errorf("no name chose %v, %v", k, err)
	}
	for _, s := range sets {
		if k, err := choose(sets, s.Name()); err != nil || k.Name() != s.Name() {
			t.Errorf("%s chose %v, %v", s.Name(), k, err)
		}
	}
	_, err := choose(sets, "avx1024")
	if err == nil {
		t.Fatal("avx1024 was accepted")
	}
	for _, want := range []string{"avx1024", "portable", sets[0].Name()} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error %q does not name %s", err, want)
		}
	}
}

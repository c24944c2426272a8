package attention

import (
	"slices"
	"testing"
)

func TestAttentionNamesAreScores(t *testing.T) {
	if got := Scores(); !slices.Equal(got, []string{"additive", "dot", "general", "scaled"}) {
		t.Errorf("scores %q", got)
	}
}

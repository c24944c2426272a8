package metric

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// TestSacreBLEU compares with the scores that sacreBLEU gives to five systems' outputs.
func TestSacreBLEU(t *testing.T) {
	data, err := os.ReadFile("testdata/systems.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		References []string
		Systems    []struct {
			Name       string
			Hypotheses []string
			BLEU, ChrF float64
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Systems) != 5 {
		t.Fatalf("%d systems; want 5", len(golden.Systems))
	}
	for _, s := range golden.Systems {
		t.Run(s.Name, func(t *testing.T) {
			if got := BLEU(s.Hypotheses, golden.References); !(math.Abs(got-s.BLEU) < 1e-9) {
				t.Errorf("BLEU %v; want %v", got, s.BLEU)
			}
			if got := ChrF(s.Hypotheses, golden.References); !(math.Abs(got-s.ChrF) < 1e-9) {
				t.Errorf("chrF %v; want %v", got, s.ChrF)
			}
		})
	}
}

func TestWords13a(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"He's 3.5-4 years, old.", []string{"He's", "3.5", "-", "4", "years", ",", "old", "."}},
		{"&quot;a&amp;b&quot; <skipped>c", []string{`"`, "a", "&", "b", `"`, "c"}},
		{"1,000.5 and a.b", []string{"1,000.5", "and", "a", ".", "b"}},
		{"  ", nil},
		{"well-known (x)", []string{"well-known", "(", "x", ")"}},
	} {
		if got := words13a(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q; want %q", c.text, got, c.want)
		}
	}
}

func TestShortOutputs(t *testing.T) {
	for _, c := range []struct {
		name       string
		hyp, ref   []string
		bleu, chrf float64
	}{
		{"nothing", nil, nil, 0, 0},
		{"empty hypothesis", []string{""}, []string{"a b c d"}, 0, 0},
		{"no sentence of four words", []string{"a b c"}, []string{"a b c"}, 0, 100},
		{"equal", []string{"a b c d"}, []string{"a b c d"}, 100, 100},
	} {
		if got := BLEU(c.hyp, c.ref); !(math.Abs(got-c.bleu) < 1e-9) {
			t.Errorf("%s: BLEU %v; want %v", c.name, got, c.bleu)
		}
		if got := ChrF(c.hyp, c.ref); !(math.Abs(got-c.chrf) < 1e-9) {
			t.Errorf("%s: chrF %v; want %v", c.name, got, c.chrf)
		}
	}
}

func TestExact(t *testing.T) {
	if got := Exact([]string{"a", "b", "", "d "}, []string{"a", "B", "", "d"}); got != 0.5 {
		t.Errorf("exact %v; want 0.5", got)
	}
	if got := Exact(nil, nil); got != 0 {
		t.Errorf("exact of nothing %v; want 0", got)
	}
}

func TestPerplexity(t *testing.T) {
	if got := Perplexity(3*math.Log(7), 3); !(math.Abs(got-7) < 1e-12) {
		t.Errorf("perplexity %v; want 7: each of 3 words is one of 7", got)
	}
}

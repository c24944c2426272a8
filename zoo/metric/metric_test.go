package metric

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// each returns references of which there is one for each hypothesis.
func each(references []string) [][]string {
	all := make([][]string, len(references))
	for i, r := range references {
		all[i] = []string{r}
	}
	return all
}

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
			if got := BLEU(s.Hypotheses, each(golden.References), BLEU13a); !(math.Abs(got-s.BLEU) < 1e-9) {
				t.Errorf("BLEU %v; want %v", got, s.BLEU)
			}
			if got := ChrF(s.Hypotheses, each(golden.References)); !(math.Abs(got-s.ChrF) < 1e-9) {
				t.Errorf("chrF %v; want %v", got, s.ChrF)
			}
		})
	}
}

// TestBLEUTokenizers compares words and scores with those of sacreBLEU's tokenizers, with one and with several references.
func TestBLEUTokenizers(t *testing.T) {
	data, err := os.ReadFile("testdata/tokenizers.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Words []struct {
			Text  string
			Words map[BLEUTokenizer][]string
		}
		References [][]string
		Systems    []struct {
			Name       string
			Several    bool
			Hypotheses []string
			BLEU       map[BLEUTokenizer]float64
			ChrF       float64
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	for _, c := range golden.Words {
		for _, tok := range BLEUTokenizers() {
			if got, want := tok.words(c.Text), c.Words[tok]; len(want) == 0 || !slices.Equal(got, want) {
				t.Errorf("%s of %q: %q; want %q", tok, c.Text, got, want)
			}
		}
	}
	first := make([]string, len(golden.References))
	for i, all := range golden.References {
		first[i] = all[0]
	}
	if len(golden.Systems) != 10 {
		t.Fatalf("%d systems; want 10", len(golden.Systems))
	}
	for _, s := range golden.Systems {
		references := each(first)
		if s.Several {
			references = golden.References
		}
		for _, tok := range BLEUTokenizers() {
			if got, want := BLEU(s.Hypotheses, references, tok), s.BLEU[tok]; !(math.Abs(got-want) < 1e-9) {
				t.Errorf("%s, several %v, %s: BLEU %v; want %v", s.Name, s.Several, tok, got, want)
			}
		}
		if got := ChrF(s.Hypotheses, references); !(math.Abs(got-s.ChrF) < 1e-9) {
			t.Errorf("%s, several %v: chrF %v; want %v", s.Name, s.Several, got, s.ChrF)
		}
	}
}

func TestChooseBLEUTokenizer(t *testing.T) {
	for text, want := range map[string]BLEUTokenizer{
		"":                  BLEU13a,
		"Qui est-ce ? 3,50": BLEU13a,
		"나는 학교에 갔다":         BLEU13a,
		"هل أنتَ هنا؟":      BLEU13a,
		"我今天去学校。":           BLEUZh,
		"我用iPhone买东西。":      BLEUZh,
		"my name is Wang 王": BLEU13a,
		"東京タワーは333mです。":     BLEUChar,
		"สวัสดีครับ ผมชื่อ John Doe": BLEUChar,
	} {
		if got := ChooseBLEUTokenizer([][]string{{text}}); got != want {
			t.Errorf("%q: %s; want %s", text, got, want)
		}
	}
	if BLEU13a.Reachable([][]string{{"a b c", "a."}, {"我今天去学校"}}) || !BLEUZh.Reachable([][]string{{"a"}, {"x", "我今天去"}}) {
		t.Error("which BLEU can be above 0 is wrong")
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
		if got := BLEU(c.hyp, each(c.ref), BLEU13a); !(math.Abs(got-c.bleu) < 1e-9) {
			t.Errorf("%s: BLEU %v; want %v", c.name, got, c.bleu)
		}
		if got := ChrF(c.hyp, each(c.ref)); !(math.Abs(got-c.chrf) < 1e-9) {
			t.Errorf("%s: chrF %v; want %v", c.name, got, c.chrf)
		}
	}
}

func TestExact(t *testing.T) {
	if got := Exact([]string{"a", "b", "", "d "}, [][]string{{"x", "a"}, {"B"}, {""}, {"d", "D "}}); got != 0.5 {
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

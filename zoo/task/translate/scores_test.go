package translate

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/metric"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// untrained returns a task on pairs, a tenth of each in the parts that test.
func untrained(t *testing.T, pairs []datasets.Pair, o Options) *Translation {
	t.Helper()
	network := gru.New(graph.Hidden(4))
	o.Embedding, o.Penalty = 4, 1
	data := &datasets.Pairs{Meta: datasets.Info{Name: "own"}, Train: pairs, Valid: pairs, Test: pairs}
	task, err := New(network, network, data, graph.NewParams(tensor.Float32, graph.InitSeed(1)), o)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// TestTargetsComeBack wants what a network is to say back as the target has it, with every tokenizer of words, also after
// the translator was kept.
func TestTargetsComeBack(t *testing.T) {
	merges := filepath.Join(t.TempDir(), "codes.bpe")
	if err := os.WriteFile(merges, []byte("a n\nan d</w>\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var pairs []datasets.Pair
	for _, s := range []string{
		"es kostet 1,000 und 3.50 um 10:30 am 12/05 in den U.S. und 5 %", "Qui es-tu maintenant ? Moi !", "می\u200cخواهم خانه\u200cها", "我爱你。",
		`"Don't", he said: see https://a.org/b_c?d=1 or a.b@c.de (it's me)...`,
	} {
		pairs = append(pairs, datasets.Pair{Source: s, Target: s})
	}
	for _, tokenizer := range []string{"words", "treebank", "bpe:50", merges} {
		translation := untrained(t, pairs, Options{Tokenizer: tokenizer, Cased: true, Spacing: true})
		data, err := json.Marshal(translation.targetEncoder)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, translation.targetEncoder); err != nil {
			t.Fatal(err)
		}
		for _, p := range pairs {
			e := translation.targetEncoder
			if got := e.Tokenizer.Detokenize(e.Tokenizer.Tokenize(p.Target)); got != p.Target {
				t.Errorf("%s: %q came back as %q", tokenizer, p.Target, got)
			}
			if got := e.Decode(translation.encodeTarget(p.Target)); got != p.Target && tokenizer != merges { // which have few letters
				t.Errorf("%s: by numbers %q came back as %q", tokenizer, p.Target, got)
			}
		}
	}
}

// TestReferences wants one translation of a source and all its targets as references.
func TestReferences(t *testing.T) {
	pairs := []datasets.Pair{{Source: "Hello", Target: "Hallo"}, {Source: "bye", Target: "tschüss"}, {Source: "hello", Target: "Guten Tag"}, {Source: "bye", Target: "Tschüss"}}
	translation := untrained(t, pairs, Options{Tokenizer: "words", Spacing: true})
	sources, references := translation.sides(pairs)
	if want := []string{"Hello", "bye"}; !slices.Equal(sources, want) {
		t.Errorf("sources %q; want %q", sources, want)
	}
	if !slices.EqualFunc(references, [][]string{{"hallo", "guten tag"}, {"tschüss"}}, slices.Equal) {
		t.Errorf("references %q", references)
	}
	scores, err := translation.Evaluate(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Each source is translated once: 2 sources, 1 of which have several references, 3 in all.",
		"bleu counts four words in a row, which no reference has: even a translation that is right has 0. See chrf and exact.",
	}
	if !slices.Equal(scores.Notes, want) {
		t.Errorf("notes %q; want %q", scores.Notes, want)
	}
	rivals, err := translation.Baselines(t.Context(), task.TestPart)
	if err != nil || len(rivals) != 2 {
		t.Fatalf("rivals %v, %v", rivals, err)
	}
}

// TestBLEUOfChinese wants characters counted, or what the setting says.
func TestBLEUOfChinese(t *testing.T) {
	pairs := []datasets.Pair{{Source: "学师山我秋。", Target: "学师山我秋。"}, {Source: "好爱天们师冬。", Target: "好爱天们师冬。"}}
	translation := untrained(t, pairs, Options{Tokenizer: "words", Spacing: true})
	copied := func() float64 {
		rivals, err := translation.Baselines(t.Context(), task.TestPart)
		if err != nil {
			t.Fatal(err)
		}
		return rivals[0].Metrics["bleu"]
	}
	if got := copied(); !(got > 99.9) {
		t.Errorf("BLEU of copies is %v; want 100", got)
	}
	scores, err := translation.Evaluate(t.Context(), task.TestPart)
	if err != nil || !slices.Equal(scores.Notes, []string{"bleu takes for words what sacreBLEU's tokenizer zh does."}) {
		t.Errorf("notes %q, %v", scores.Notes, err)
	}
	translation.decoding.BLEUTokenize = string(metric.BLEU13a)
	if got := copied(); got != 0 {
		t.Errorf("BLEU of copies by 13a is %v; want 0: each is one word", got)
	}
	d := translation.Decoding().(*Decoding)
	d.BLEUTokenize = "jp"
	if _, err := translation.On(translation.data, d); err == nil || !strings.HasPrefix(err.Error(), `bleu-tokenize "jp": want auto or one of [13a zh char intl]`) {
		t.Errorf("error %v", err)
	}
	var asked, evaluated option.Set
	translation.Query().Declare(&asked)
	translation.Decoding().Declare(&evaluated)
	if asked.Lookup("bleu-tokenize") != nil || evaluated.Lookup("bleu-tokenize") == nil {
		t.Error("BLEU's words are a setting of evaluation alone")
	}
}

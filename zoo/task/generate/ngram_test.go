package generate

import (
	"bufio"
	"compress/gzip"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// madeTexts are texts of the ids below vocabulary−1 by the generator x ← 1103515245·x + 12345 mod 2³¹: three of so many
// tokens follow from the one before, w ← a·w + b, and the others do not.
func madeTexts(vocabulary, texts, most, a, b, choices int) [][]int32 {
	x := 7
	next := func() int {
		x = (x*1103515245 + 12345) % (1 << 31)
		return x >> 16
	}
	all := make([][]int32, texts)
	for i := range all {
		w := 0
		for range next() % most {
			if r := next() % choices; r < 3 {
				w = (w*a + b) % (vocabulary - 1)
			} else {
				w = r * r * r % (vocabulary - 1)
			}
			all[i] = append(all[i], int32(w))
		}
	}
	return all
}

// counted counts texts.
func counted(t testing.TB, vocabulary int, texts ...[]int32) *ngrams {
	t.Helper()
	n, err := newNgrams(vocabulary)
	if err != nil {
		t.Fatal(err)
	}
	for _, ids := range texts {
		if !n.add(ids) {
			t.Fatal("a text is left out")
		}
	}
	return n
}

// asked is a probability that is known.
type asked struct {
	order   int
	context []int32
	id      int32
	want    float64
}

// The probabilities were computed in Python from the definitions, with dictionaries of whole runs. The first texts have all
// discounts of pairs and of triples, and one for all other counts; of triples of the second no two are alike, and the
// discount is a half.
func TestKneserNey(t *testing.T) {
	few := counted(t, 12, madeTexts(12, 40, 15, 3, 1, 8)...)
	check(t, few, []asked{
		{1, []int32{}, 4, 0.14749897498975},
		{1, []int32{}, 11, 0.00112751127511275},
		{1, []int32{}, 7, 0.169639196391964},
		{2, []int32{}, 4, 0.165791609861691},
		{2, []int32{}, 11, 0.00214644756423732},
		{2, []int32{}, 7, 0.135486372009283},
		{2, []int32{5}, 4, 0.0598640110645721},
		{2, []int32{5}, 11, 0.00135065578021736},
		{2, []int32{5}, 7, 0.139433844388737},
		{3, []int32{}, 4, 0.164381548571529},
		{3, []int32{}, 11, 0.00131254034962558},
		{3, []int32{}, 7, 0.135349914465074},
		{3, []int32{5}, 4, 0.0297363060383555},
		{3, []int32{5}, 11, 0.00125456981751712},
		{3, []int32{5}, 7, 0.0898202357716021},
		{3, []int32{0, 7}, 4, 0.591918043040359},
		{3, []int32{0, 7}, 11, 0.000864743463962722},
		{3, []int32{0, 7}, 7, 0.0535603068947246},
		{3, []int32{7, 0}, 4, 0.159281501950663},
		{3, []int32{7, 0}, 11, 0.00527355154063026},
		{3, []int32{7, 0}, 7, 0.151227350506791},
		{3, []int32{11, 5}, 4, 0.0479617839328314},
		{3, []int32{11, 5}, 11, 0.00202349970567277},
		{3, []int32{11, 5}, 7, 0.144871348018713},
		{3, []int32{0, 11}, 4, 0.187556154537287},
		{3, []int32{0, 11}, 11, 0.0123539982030548},
		{3, []int32{0, 11}, 7, 0.168688230008985},
		{3, []int32{9999, 0}, 4, 0.191847135731326},
		{3, []int32{9999, 0}, 11, 0.00809399882269108},
		{3, []int32{9999, 0}, 7, 0.179485392074852},
		{3, []int32{2, 1, 9}, 4, 0.111330471740361},
		{3, []int32{2, 1, 9}, 11, 0.00132447253462218},
		{3, []int32{2, 1, 9}, 7, 0.109307640960211},
	})
	check(t, counted(t, 300, madeTexts(300, 60, 40, 7, 5, 260)...), []asked{
		{1, []int32{}, 252, 0.0103577252004925},
		{1, []int32{}, 77, 0.00856078000732089},
		{2, []int32{}, 299, 0.00025345973550647},
		{2, []int32{190}, 252, 0.00992775583884188},
		{2, []int32{190}, 77, 0.00820540534312299},
		{3, []int32{}, 299, 0.00025345973550647},
		{3, []int32{190}, 252, 0.00496387791942094},
		{3, []int32{190}, 77, 0.0041027026715615},
		{3, []int32{222, 14}, 299, 0.000131727917542944},
		{3, []int32{285, 57}, 252, 0.00496387791942094},
		{3, []int32{285, 57}, 77, 0.0041027026715615},
		{3, []int32{299, 190}, 299, 0.000263455835085889},
		{3, []int32{222, 299}, 252, 0.0109896550506655},
		{3, []int32{222, 299}, 77, 0.00908307735762454},
		{3, []int32{9999, 222}, 299, 0.000263455835085889},
		{3, []int32{131, 86, 161}, 252, 0.00496387791942094},
		{3, []int32{131, 86, 161}, 77, 0.0041027026715615},
	})
	for level, want := range map[*level][3]float64{&few.raw1: {1. / 3, 1. / 3, 1. / 3}, &few.raw2: {3. / 7, 2. / 7, 15. / 14}, &few.raw3: {0.6, 25. / 26, 2.52}} {
		for i, w := range want {
			if got := level.discount[i+1]; math.Abs(got-w) > 1e-12 {
				t.Errorf("discount %d is %v, want %v", i+1, got, w)
			}
		}
	}
}

func check(t *testing.T, n *ngrams, all []asked) {
	t.Helper()
	for _, a := range all {
		if got := n.probability(a.order, a.context, a.id); math.Abs(got-a.want) > 1e-13 {
			t.Errorf("order %d: p(%d | %v) is %.15g, want %.15g", a.order, a.id, a.context, got, a.want)
		}
	}
}

// For whatever context, and of whatever texts, all tokens of the vocabulary have some probability, 1 together.
func TestNgramsAreProper(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for round := range 60 {
		vocabulary := 1 + rng.IntN(40)
		n := counted(t, vocabulary)
		for range rng.IntN(4) {
			ids := make([]int32, rng.IntN([]int{2, 10, 2000}[round%3]))
			for i := range ids {
				ids[i] = int32(float64(vocabulary) * math.Pow(rng.Float64(), 3))
			}
			n.add(ids)
		}
		for range 40 {
			context := make([]int32, rng.IntN(5))
			for i := range context {
				context[i] = rng.Int32N(int32(vocabulary)+2) - 1
			}
			for order := 1; order <= 3; order++ {
				sum := 0.0
				for id := range vocabulary {
					p := n.probability(order, context, int32(id))
					if !(p > 0) {
						t.Fatalf("order %d: p(%d | %v) is %v", order, id, context, p)
					}
					sum += p
				}
				if math.Abs(sum-1) > 1e-12 {
					t.Fatalf("order %d: the probabilities after %v sum to %v", order, context, sum)
				}
			}
		}
	}
}

// A text in pieces is the text, and two texts are not one.
func TestNgramsOfPieces(t *testing.T) {
	ids := slices.Concat(madeTexts(12, 40, 15, 3, 1, 8)...)
	whole, pieces, other := counted(t, 12, ids), counted(t, 12), counted(t, 12, ids[:100], ids[100:])
	for i := 0; i < len(ids); i += 7 {
		pieces.extend(ids[i:min(i+7, len(ids))])
		pieces.probability(3, nil, 1) // what is asked in between changes nothing
	}
	differs := false
	for i := range ids {
		for order := 1; order <= 3; order++ {
			a, b := whole.probability(order, ids[:i], ids[i]), pieces.probability(order, ids[:i], ids[i])
			if a != b {
				t.Fatalf("order %d: token %d has probability %v, in pieces %v", order, i, a, b)
			}
			differs = differs || a != other.probability(order, ids[:i], ids[i])
		}
	}
	if !differs {
		t.Error("two texts are counted as one")
	}
}

func TestNgramsWithoutSense(t *testing.T) {
	for _, v := range []int{0, -1, math.MinInt, 1 << 21, math.MaxInt} {
		if _, err := newNgrams(v); err == nil || !strings.Contains(err.Error(), "a vocabulary of") {
			t.Errorf("a vocabulary of %d: %v", v, err)
		}
	}
	largest := counted(t, mostNgramVocabulary, []int32{mostNgramVocabulary - 1, mostNgramVocabulary - 2, mostNgramVocabulary - 1})
	if p := largest.probability(3, []int32{mostNgramVocabulary - 1}, mostNgramVocabulary-2); !(p > 0.1 && p < 1) {
		t.Errorf("of the largest ids p is %v", p)
	}
	n := counted(t, 3, []int32{0, 1, -1, 2, 0, 3, math.MaxInt32, 1, math.MinInt32}, nil, []int32{})
	same := counted(t, 3, []int32{0, 1}, []int32{2, 0}, []int32{1})
	for order := -1; order < 6; order++ {
		for _, context := range [][]int32{nil, {0}, {3}, {-1}, {0, 3}, {3, 0}, {math.MaxInt32, math.MinInt32}, {2, 0}} {
			for id := int32(-1); id < 4; id++ {
				p := n.probability(order, context, id)
				if want := same.probability(order, context, id); p != want || (p == 0) != (id < 0 || id > 2) {
					t.Errorf("order %d: p(%d | %v) is %v, want %v", order, id, context, p, want)
				}
			}
		}
	}
}

// What is too much is left out, and said.
func TestNgramsAreBounded(t *testing.T) {
	n := counted(t, 3)
	n.tokens = make([]int32, mostNgramTokens-2, mostNgramTokens+8)
	if !n.extend([]int32{1}) || n.add([]int32{1, 1, 1, 1}) || n.extend([]int32{1}) || n.add(nil) || len(n.tokens) != mostNgramTokens {
		t.Errorf("%d tokens of at most %d are counted", len(n.tokens), mostNgramTokens)
	}
}

// ptbTexts reads a part of Penn Treebank: the sentences, each with its end, and the number of different tokens.
func ptbTexts(t testing.TB, ids map[string]int32, part string) (texts [][]int32) {
	t.Helper()
	root := os.Getenv("ZOO_DATA")
	if root == "" {
		t.Skip("needs ZOO_DATA, the folder of datasets")
	}
	f, err := os.Open(filepath.Join(root, "ptb", "ptb."+part+".txt.gz"))
	if err != nil {
		t.Skipf("needs Penn Treebank: %v", err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var sentence []int32
		for _, word := range append(strings.Fields(lines.Text()), "<eos>") {
			id, ok := ids[word]
			if !ok {
				id = int32(len(ids))
				ids[word] = id
			}
			sentence = append(sentence, id)
		}
		texts = append(texts, sentence)
	}
	return texts
}

// ngramPerplexity is that of texts, each after its beginning.
func ngramPerplexity(n *ngrams, order int, texts [][]int32) float64 {
	loss, tokens := 0.0, 0
	for _, ids := range texts {
		for i, id := range ids {
			loss -= math.Log(n.probability(order, ids[:i], id))
		}
		tokens += len(ids)
	}
	return math.Exp(loss / float64(tokens))
}

// The perplexities are those of the same definitions in Python. Published is 148.3 with a trigram and Kneser-Ney smoothing,
// and 141.2 with runs of five (Mikolov et al. 2011, "Empirical evaluation and combination of advanced language modeling
// techniques").
func TestPennTreebank(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	ids := make(map[string]int32)
	train, test := ptbTexts(t, ids, "train"), ptbTexts(t, ids, "test")
	for _, c := range []struct {
		name        string
		train, test [][]int32
		want        [3]float64
	}{
		{"sentences", train, test, [3]float64{639.3008098, 185.7046940, 148.2813356}},
		{"one text", [][]int32{slices.Concat(train...)}, [][]int32{slices.Concat(test...)}, [3]float64{639.3008098, 185.7077573, 148.3822465}},
	} {
		n := counted(t, len(ids), c.train...)
		for i, want := range c.want {
			if got := ngramPerplexity(n, i+1, c.test); math.Abs(got-want) > 1e-6 {
				t.Errorf("%s, order %d: perplexity %.7f, want %.7f", c.name, i+1, got, want)
			}
		}
	}
}

// BenchmarkNgrams counts as many words as Penn Treebank has, by Zipf's law, and a million characters.
func BenchmarkNgrams(b *testing.B) {
	for _, c := range []struct {
		name               string
		vocabulary, tokens int
	}{{"words", 10_000, 930_000}, {"characters", 65, 1_000_000}} {
		rng := rand.New(rand.NewPCG(1, 0))
		zipf, ids := rand.NewZipf(rng, 1.1, 2.7, uint64(c.vocabulary-1)), make([]int32, c.tokens)
		for i := range ids {
			ids[i] = int32(zipf.Uint64())
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				counted(b, c.vocabulary, ids).finish()
			}
		})
	}
}

package datasets

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

func phrasesInfo() Info {
	return Info{
		Name:    "phrases",
		Kind:    KindTexts,
		Task:    "classify",
		Title:   "Made-up opinions of films in which the order of the words decides",
		Size:    "11,000 sentences",
		Licence: "that of this program",
		Source:  "a grammar of the zoo's own",
		Where:   "embedded",
	}
}

// Phrases returns sentences about films, each negative or positive, made by a grammar in which the order of the words
// decides and single words say little:
//
//   - negation turns an adjective round (not good, hardly dull), and so does what
//     stands before the whole clause (it is not true that …, nobody says that …);
//     both together cancel out;
//   - of two clauses that disagree, the one after "but" or "yet" counts, and the
//     one that "although" or "even though" begins does not, wherever it stands;
//   - of two clauses that disagree and are joined by "and", the one with the
//     stronger word counts: "slightly dull and truly moving" is praise.
//
// The parts hold 8,000, 1,000 and 2,000 sentences, no two alike. Each pair of a modifier and an adjective, such as
// "hardly" and "gripping", belongs to one part: every sentence for validation and test holds a pair that is in neither
// of the other parts, so that whoever learns words by heart fails.
func Phrases() *Labelled {
	l := &Labelled{Meta: phrasesInfo(), Classes: []string{"negative", "positive"}}
	g := &grammar{rng: rand.New(rand.NewPCG(1, 0)), seen: map[string]bool{}}
	l.Train = g.examples(trainPart, 8000)
	l.Valid = g.examples(validPart, 1000)
	l.Test = g.examples(testPart, 2000)
	return l
}

// part is where a pair of a modifier and an adjective belongs.
type part int

const (
	trainPart part = iota
	validPart
	testPart
)

// partOf spreads the pairs evenly and the same on every machine: a sixth each for validation and test.
func partOf(modifier, adjective string) part {
	h := fnv.New32a()
	h.Write([]byte(modifier + " " + adjective))
	switch h.Sum32() % 6 {
	case 0:
		return testPart
	case 1:
		return validPart
	}
	return trainPart
}

var (
	adjectives = [2][]string{
		{"bad", "poor", "awful", "dull", "boring", "clumsy", "stale", "weak", "tedious", "shallow", "dreadful", "bland"},
		{"good", "great", "lovely", "brilliant", "charming", "funny", "clever", "moving", "fresh", "warm", "delightful", "gripping"},
	}
	nouns    = strings.Fields("film plot story cast music ending script dialogue camera opening pace humour hero villain scenery editing")
	verbs    = strings.Fields("is was seems feels")
	negators = []string{"not", "never", "hardly"}
	strong   = []string{"very", "extremely", "truly"}
	weak     = []string{"slightly", "somewhat", "fairly"}
	denials  = []string{"it is not true that", "nobody says that", "i do not think that"}
)

// grammar makes sentences.
type grammar struct {
	rng  *rand.Rand
	seen map[string]bool
	// Of the sentence in the making:
	held map[part]bool // the parts that its pairs belong to
	noun string        // the last one
}

// examples returns n sentences that belong to a part, half of them positive.
func (g *grammar) examples(p part, n int) []Example {
	examples := make([]Example, 0, n)
	for len(examples) < n {
		label := len(examples) % 2
		g.held = map[part]bool{}
		text := g.sentence(label)
		if g.seen[text] || !g.belongs(p) {
			continue
		}
		g.seen[text] = true
		examples = append(examples, Example{text, label})
	}
	g.rng.Shuffle(n, func(i, j int) { examples[i], examples[j] = examples[j], examples[i] })
	return examples
}

// belongs reports whether the sentence in the making belongs to a part: it holds a pair of that part and, but for those
// of training, of no other.
func (g *grammar) belongs(p part) bool {
	for other := range g.held {
		if other != p && other != trainPart {
			return false
		}
	}
	return g.held[p]
}

func (g *grammar) pick(words []string) string { return words[g.rng.IntN(len(words))] }

// chance is true with probability p.
func (g *grammar) chance(p float64) bool { return g.rng.Float64() < p }

// sentence returns a sentence of the label. How often each kind comes and how often a clause is negated is set so that
// words tell little on their own.
func (g *grammar) sentence(label int) string {
	switch kind := g.rng.Float64(); {
	case kind < 0.25:
		return g.clause(label) + "."
	case kind < 0.45:
		return g.pick(denials) + " " + g.clause(1-label) + "."
	case kind < 0.60:
		return g.clause(1-label) + g.pick([]string{", but ", ", yet "}) + g.clause(label) + "."
	case kind < 0.70:
		return g.pick([]string{"although ", "even though "}) + g.clause(1-label) + ", " + g.clause(label) + "."
	case kind < 0.80:
		return g.clause(label) + g.pick([]string{", although ", ", even though "}) + g.clause(1-label) + "."
	}
	first, second := g.graded(weak, 1-label), g.graded(strong, label)
	if g.chance(0.5) {
		first, second = second, first
	}
	return first + " and " + second + "."
}

// clause returns a clause that is negative, 0, or positive, 1.
func (g *grammar) clause(label int) string {
	var modifier string
	switch kind := g.rng.Float64(); {
	case kind < 0.42:
		modifier = g.pick(negators)
		label = 1 - label
	case kind < 0.55:
		modifier = g.pick(strong)
	case kind < 0.68:
		modifier = g.pick(weak)
	}
	return g.opinion(modifier, label)
}

// graded returns a clause with one of the modifiers, sometimes negated.
func (g *grammar) graded(modifiers []string, label int) string {
	return g.opinion(g.pick(modifiers), label)
}

// opinion puts a clause together.
func (g *grammar) opinion(modifier string, label int) string {
	adjective := g.pick(adjectives[label])
	g.held[partOf(modifier, adjective)] = true
	before := g.noun
	for g.noun == before {
		g.noun = g.pick(nouns)
	}
	words := []string{"the", g.noun, g.pick(verbs)}
	if modifier != "" {
		words = append(words, modifier)
	}
	return strings.Join(append(words, adjective), " ")
}

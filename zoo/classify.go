package zoo

import (
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

func classifyTask() taskEntry {
	return taskEntry{
		name:     "classify",
		defaults: classifyDefaults,
		check:    checkClassify,
		maximize: "accuracy",
		prepare:  prepareClassify,
		open: func(c Config, network *graph.Network, params *graph.Params, read func(string, any) error) (task.Predictor, error) {
			return task.OpenClassifier(network, params, c.Classify, read)
		},
	}
}

// classifyDefaults gives a person's own texts what was good for reviews: a rate that falls along a cosine, PyTorch's initial
// weights and much dropout. With them the last epoch is seldom much worse than the best.
func classifyDefaults(c *Config) {
	c.Hidden, c.Epochs, c.LR, c.Clip, c.Patience, c.Schedule, c.TorchInit = 64, 10, 1e-3, 5, 3, "cosine", true
	c.Classify = task.ClassifyOptions{Tokenizer: "words", Vocabulary: 30000, MinCount: 1, MaxTokens: 400, Embedding: 100,
		EmbeddingDropout: 0.5, WordDropout: 0.1, Pooling: "max", OutputDropout: 0.5}
	switch c.Dataset {
	case "imdb":
		c.Epochs, c.Patience = 4, 0
	case "uci-sentiment": // few sentences, so more passes over them
		c.Epochs, c.Patience = 20, 0
	case "sst2", "sst5": // many short phrases, whose words occur again and again
		c.Hidden, c.Batch, c.Epochs, c.Patience, c.Schedule, c.TorchInit = 128, 128, 4, 2, "constant", false
		c.Classify.Tokenizer = "treebank" // as its words are cut
		c.Classify.Embedding, c.Classify.EmbeddingDropout, c.Classify.WordDropout = 128, 0.4, 0
	case "phrases": // few words and no noise
		c.Patience, c.Schedule, c.TorchInit = 2, "constant", false
		c.Classify.Embedding, c.Classify.EmbeddingDropout, c.Classify.WordDropout, c.Classify.OutputDropout = 32, 0.1, 0, 0.1
	}
}

func checkClassify(c Config) error {
	o := c.Classify
	err := checkRanges([]bounded{
		{"vocabulary", float64(o.Vocabulary), 0, math.MaxInt32},
		{"min-count", float64(o.MinCount), 0, math.MaxInt32},
		{"max-tokens", float64(o.MaxTokens), 0, 1<<13 + 1},
		{"embedding", float64(o.Embedding), 0, 1 << 13},
		{"embedding-dropout", o.EmbeddingDropout, 0, 1},
		{"word-dropout", o.WordDropout, 0, 1},
		{"output-dropout", o.OutputDropout, 0, 1},
	})
	if err != nil {
		return err
	}
	if err := checkTokenizer(o.Tokenizer); err != nil {
		return err
	}
	if o.ClassWeights != "" && o.ClassWeights != "balanced" {
		for field := range strings.SplitSeq(o.ClassWeights, ",") {
			if w, err := strconv.ParseFloat(strings.TrimSpace(field), 64); err != nil || !(w > 0) || math.IsInf(w, 0) {
				return usagef("--class-weights %q: want balanced, or a number above 0 for each class, with commas between", o.ClassWeights)
			}
		}
	}
	return checkChoice("pooling", o.Pooling, task.Poolings())
}

func prepareClassify(c *Config, network *graph.Network, d datasets.Dataset, params *graph.Params) (task.Task, error) {
	labelled, ok := d.(*datasets.Labelled)
	if !ok {
		return nil, errors.Errorf("dataset %q has no labelled texts", d.Info().Name)
	}
	t, err := task.NewClassification(network, labelled, params, c.Classify)
	if err != nil {
		return nil, err
	}
	c.Classify = t.Options()
	return t, nil
}

// Classify returns the class of a text, and the probability of each. It is for runs that classify.
func (r *Run) Classify(text string) (label string, probabilities map[string]float64, err error) {
	classes, err := r.ClassifyAll(text)
	if err != nil {
		return "", nil, err
	}
	p, err := predictor[*task.Classifier](r, "classify")
	probabilities = make(map[string]float64)
	for i, name := range p.Classes() {
		probabilities[name] = classes[0].Probabilities[i]
	}
	return classes[0].Label, probabilities, err
}

// ClassifyAll returns the class of each text, all at once.
func (r *Run) ClassifyAll(texts ...string) ([]task.Class, error) {
	p, err := predictor[*task.Classifier](r, "classify")
	if err != nil {
		return nil, err
	}
	return p.Classify(texts...)
}

package metric

import "math"

// Perplexity is exp of the mean negative log likelihood in nats over a number of words: what a model is as unsure as,
// one of so many equally likely words. A total over sub-words may be spread over the words that they make up.
func Perplexity(nats float64, words int) float64 { return math.Exp(nats / float64(max(1, words))) }

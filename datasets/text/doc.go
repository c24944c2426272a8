// Package text turns text into numbers and back.
//
// A [Tokenizer] cuts a string into tokens: [Words], [Characters], or sub-words by byte-pair encoding, [BPE]. A
// [Vocabulary] numbers the tokens. An [Encoder] joins the two and is what a model keeps:
//
//	enc, err := text.NewEncoder(text.Words{Lower: true}, texts, text.MinCount(2), text.MaxSize(25000))
//	ids := enc.Encode("Not bad at all!")
//	line := enc.Decode(ids)
//
// Encoders are saved as JSON with the run that they belong to. Tokenizers, vocabularies and encoders serve any
// number of goroutines.
package text

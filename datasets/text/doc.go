// Package text turns text into numbers and back.
//
// A [Tokenizer] cuts a string into tokens: [Words], [Characters], sub-words by byte-pair encoding, [BPE], or whatever a
// tokenizer.json of Hugging Face says, [TokenizerJSON]. A [Vocabulary] numbers the tokens. An [Encoder] joins the two
// and is what a model keeps. None of them changes once it is made, and all may be used from several goroutines at once.
//
//	enc, err := text.NewEncoder(text.Words{Lower: true}, texts, text.MinCount(2), text.MaxSize(25000))
//	ids := enc.Encode("Not bad at all!")
//	line := enc.Decode(ids)
//
// Encoders are saved as JSON with the run that they belong to. Tokenizers, vocabularies and encoders serve any
// number of goroutines.
package text

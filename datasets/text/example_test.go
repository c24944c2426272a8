package text_test

import (
	"encoding/json"
	"fmt"

	"github.com/rnnzoo/rnnzoo/datasets/text"
)

func ExampleEncoder() {
	enc, err := text.NewEncoder(text.Words{Lower: true}, []string{"Not bad at all!", "Not good."})
	if err != nil {
		fmt.Println(err)
		return
	}
	ids := enc.Encode("Not all bad, though.")
	fmt.Println(ids)
	fmt.Println(enc.Decode(ids))

	saved, err := json.Marshal(enc)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(saved))
	// Output:
	// [4 7 9 1 1 6]
	// not all bad <unk> <unk>.
	// {"tokenizer":"words","options":{"lower":true},"vocabulary":["\u003cpad\u003e","\u003cunk\u003e","\u003cbos\u003e","\u003ceos\u003e","not","!",".","all","at","bad","good"]}
}

func ExampleLearnBPE() {
	texts := []string{"low low low lower lowest", "newer newer wider"}
	words, err := text.LearnBPE(texts, 6)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q\n", words.Tokenize("low widest"))
	fmt.Println(words.Detokenize(words.Tokenize("low widest")))

	bytes, err := text.LearnBPE(texts, 6, text.ByteLevel())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q\n", bytes.Tokenize("low ü"))
	fmt.Println(bytes.Detokenize(bytes.Tokenize("low ü")))
	// Output:
	// ["low</w>" "w" "i" "d" "e" "s" "t</w>"]
	// low widest
	// ["low" "Ġ" "Ã" "¼"]
	// low ü
}

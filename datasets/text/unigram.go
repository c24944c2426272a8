package text

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// unigram cuts a word into the tokens whose scores, logarithms of their probabilities, have the largest sum (Kudo
// 2018), as SentencePiece does for T5 and XLM-R. The best way to each place is found from left to right (Viterbi).
type unigram struct {
	tokens  []string
	scores  []float64
	trie    *trie
	unknown int32   // below 0 is none
	penalty float64 // the score of a character that is no token
	bytes   bool    // spell what is unknown as bytes
	names   [256]string
}

// unigramPenalty is by how much an unknown character is worse than the worst token.
const unigramPenalty = 10

func parseUnigram(j *modelJSON) (model, []string, error) {
	var vocab [][2]json.RawMessage
	if err := json.Unmarshal(j.Vocab, &vocab); err != nil {
		return nil, nil, errors.Wrap(err, "model.vocab is not a list of tokens with their scores")
	}
	u := &unigram{trie: newTrie(), unknown: -1, bytes: j.ByteFallback}
	if len(vocab) == 0 {
		return nil, nil, errors.New("model.vocab is empty")
	}
	ids := make(map[string]int32, len(vocab))
	for i, entry := range vocab {
		var token string
		var score float64
		if json.Unmarshal(entry[0], &token) != nil || json.Unmarshal(entry[1], &score) != nil {
			return nil, nil, errors.Errorf("model.vocab: entry %d is not a token with its score", i+1)
		}
		if len(token) > longestToken {
			return nil, nil, errors.Errorf("model.vocab: token %.40q… has %d bytes; no more than %d are read", token, len(token), longestToken)
		}
		u.tokens, u.scores = append(u.tokens, token), append(u.scores, score)
		ids[token] = int32(i)
		if token != "" && !u.trie.add(token, int32(i)) {
			return nil, nil, errors.Errorf("model.vocab: more than %d different characters of tokens", mostTrie)
		}
	}
	u.penalty = slices.Min(u.scores) - unigramPenalty
	if j.UnknownID != nil {
		if *j.UnknownID < 0 || *j.UnknownID >= len(vocab) {
			return nil, nil, errors.Errorf("model.unk_id is %d of %d tokens", *j.UnknownID, len(vocab))
		}
		u.unknown = int32(*j.UnknownID)
	}
	for b := range u.names {
		name := byteName(byte(b))
		if _, ok := ids[name]; ok {
			u.names[b] = name
		}
	}
	return cached{u, newWordCache()}, slices.DeleteFunc(slices.Clone(u.tokens), func(s string) bool { return s == "" }), nil
}

// way is the best one to a place: from where, by which token, with which score.
type way struct {
	score float64
	from  int32
	token int32
}

// noToken is a character that is none.
const noToken = -1

func (u *unigram) word(s string) []string {
	ways := make([]way, len(s)+1)
	for i := range ways {
		ways[i].from = -1
	}
	for at := 0; at < len(s); {
		_, size := utf8.DecodeRuneInString(s[at:])
		here := ways[at].score
		reach := func(to int, token int32, score float64) {
			if w := &ways[to]; w.from < 0 || score > w.score {
				*w = way{score, int32(at), token}
			}
		}
		single := false
		for to, node := at, int32(0); to < len(s); {
			if node = u.trie.step(node, s[to]); node < 0 {
				break
			}
			to++
			if id := u.trie.values[node]; id >= 0 {
				reach(to, id, u.scores[id]+here)
				single = single || to == at+size
			}
		}
		if !single {
			reach(at+size, noToken, u.penalty+here)
		}
		at += size
	}
	// Backwards; neighbouring unknown characters are one token.
	var tokens []string
	for end := len(s); end > 0; {
		w := ways[end]
		from := int(w.from)
		unknown := func(w way) bool { return w.token == noToken || w.token == u.unknown }
		if !unknown(w) {
			tokens = append(tokens, u.tokens[w.token])
			end = from
			continue
		}
		for from > 0 && unknown(ways[from]) {
			from = int(ways[from].from)
		}
		spelled := s[from:end]
		end = from
		if to, id := u.trie.longest(spelled); to == len(spelled) {
			tokens = append(tokens, u.tokens[id])
			continue
		}
		if u.bytes && u.spells(spelled) {
			for i := len(spelled) - 1; i >= 0; i-- {
				tokens = append(tokens, u.names[spelled[i]])
			}
		} else if u.unknown >= 0 && u.tokens[u.unknown] != "" {
			tokens = append(tokens, u.tokens[u.unknown])
		}
	}
	slices.Reverse(tokens)
	return tokens
}

// spells reports whether there is a token of each byte.
func (u *unigram) spells(s string) bool {
	for i := range len(s) {
		if u.names[s[i]] == "" {
			return false
		}
	}
	return true
}

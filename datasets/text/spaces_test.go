package text

import (
	"archive/zip"
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// ordinary are texts as people write them, with one space between words.
var ordinary = map[string][]string{
	"English": {
		`The U.S. paid $3.50, 1,000 or 10:30 p.m. (e.g. 12/05) - i.e. 50% of it.`,
		`"Don't", he said, "it's the dogs' bowl!" – 'tis so... isn't it?!`,
		`A well-made state-of-the-art toy, and/or 3 + 4 = 7; J. R. R. Tolkien & Sons`,
		`see https://www.example.org/a_b/c?d=1&e=%20#top or mail to jane.doe+x@example.co.uk`,
		`v1.2.3-rc.1: 'x' "y" ("z") [1] {2} <b> C:\n 5'10" 90's rock 'n' roll`,
	},
	"French":   {"Qui est-ce ? Moi ! Ou : lui ; « oui », dit-il « non ».", "Cours\u202f! Qui est-ce\u00a0? «\u00a0Oui\u00a0», 3\u202f000,50\u00a0€ à l’école aujourd'hui"},
	"German":   {"Er sagt: „Schön“, und geht ein- und aus. 3,5 % von 1.000 € (z. B. am 3.10.)", "»Ja«, rief sie, ‚so nicht‘!"},
	"Persian":  {"می\u200cخواهم خانه\u200cها را ببینم، نمی\u200cدانم؟", "کتاب\u200cهای ۱٬۰۰۰ تومانی «خوب» بود."},
	"Arabic":   {"هل أنتَ هُنا؟ نعم، أنا هنا؛ «مرحبًا» (٣٫٥)."},
	"Hindi":    {"क्\u200dया हाल है? मैं ठीक हूँ। र्\u200dय"},
	"Chinese":  {"我今天去学校。", "他说：“你好，世界！”然后（2020年3月）走了……《红楼梦》、「引」", "我 love 你 3.5% OK吗？用iPhone买。"},
	"Japanese": {"東京タワーは333mです。「はい」と言った・・・", "10:30に「ＡＢＣ」で会おう！　いいね"},
	"Korean":   {"나는 학교에 갔다. 3,000원 (약 2.5달러)!"},
	"Thai":     {"สวัสดีครับ ผมชื่อ จอห์น ๆ"},
	"emoji":    {"fun 👍🏽👨‍👩‍👧 🇩🇪!! ok👌, :-) <3 ^_^"},
	"marks":    {"▁a￭ ￭ ▁ ￭￭▁▁ a▁b ￭\u0301 \\￭"},
	"quotes":   {`"" '' "a "b" c" ("a") “a” ‘b’ „c“ "d`, `''a'' ''`, "a' b' 'c d"},
}

// TestMarkedWordsComeBack wants every text back, character by character, of words and of sub-words.
func TestMarkedWordsComeBack(t *testing.T) {
	var all []string
	for _, texts := range ordinary {
		all = append(all, texts...)
	}
	slices.Sort(all)
	learnt, err := LearnBPE(all, 100)
	if err != nil {
		t.Fatal(err)
	}
	merges, err := ReadMerges("codes", strings.NewReader("l o\nlo w</w>\ne r</w>\n"), Base(Words{Marked: true}))
	if err != nil {
		t.Fatal(err)
	}
	for language, texts := range ordinary {
		for _, s := range texts {
			for _, tok := range []Tokenizer{
				Words{Marked: true}, Words{Marked: true, Hyphens: true}, Words{Marked: true, Hyphens: true, Clitics: true}, learnt,
			} {
				enc, err := NewEncoder(tok, all)
				if err != nil {
					t.Fatal(err)
				}
				if got := enc.Decode(enc.Encode(s)); got != s {
					t.Errorf("%s, %T: %q came back as %q by %q", language, tok, s, got, tok.Tokenize(s))
				}
			}
			ascii := strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return ' ' // merges that were learnt elsewhere know no other
				}
				return r
			}, s)
			if got := merges.Detokenize(merges.Tokenize(s)); got != ascii {
				t.Errorf("%s, merges: %q came back as %q", language, ascii, got)
			}
		}
	}
}

// TestMarks wants marks where a guess would be wrong and nowhere else, and those at punctuation.
func TestMarks(t *testing.T) {
	for text, want := range map[string]string{
		"Not bad, at all!":        "Not bad , at all !",
		"3.50 or 1,000 at 10:30":  "3 .￭ 50 or 1 ,￭ 000 at 10 :￭ 30",
		"the U.S.":                "the U .￭ S .",
		"Va ! Où\u00a0?":          "Va ▁! Où \u00a0?",
		"« oui »":                 "«▁ oui ▁»",
		"می\u200cخواهم":           "می\u200cخواهم",
		"今天，我说：“好。”":              "今 天 ， 我 说 ： “ 好 。 ”",
		"我 love 你":                "我▁ love ▁你",
		"2020年3月":                 "2020 年 3 月",
		"a@b.de":                  "a ￭@￭ b .￭ de",
		" two  \u00a0spaces\t\n ": "two \u00a0spaces",
		"▁":                       "￭▁￭",
	} {
		// A space that is a mark would not be told from one between tokens.
		got := Words{Marked: true}.Tokenize(text)
		if shown := strings.Join(got, " "); shown != want {
			t.Errorf("%q: %q; want %q", text, shown, want)
		}
	}
	// A language model may say what no text would give.
	for want, tokens := range map[string][]string{
		"a b":  {"a", "▁", "b"},
		"ab":   {"a", "￭", "b"},
		"x, y": {"￭x", ",▁", "y￭"},
		"":     {"￭"},
	} {
		if got := (Words{Marked: true}).Detokenize(tokens); got != want {
			t.Errorf("%q: %q; want %q", tokens, got, want)
		}
	}
}

// TestUnknownMarks: a word whose marks are new is still known.
func TestUnknownMarks(t *testing.T) {
	texts := []string{"so? 3 yes. 5"}
	words, err := NewEncoder(Words{Marked: true}, texts)
	if err != nil {
		t.Fatal(err)
	}
	learnt, err := LearnBPE(texts, 0)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := NewEncoder(learnt, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := words.Encode("so\u202f? 3.5"), words.Encode("so? 3. 5"); !slices.Equal(got, want) {
		t.Errorf("words: %v; want %v", got, want)
	}
	if got := parts.Encode("so\u202f? 3.5"); slices.Contains(got, Unknown) || parts.Decode(got) != "so ? 3.5" {
		t.Errorf("sub-words: %v, %q", got, parts.Decode(got))
	}
}

// TestOldWords: what was kept before there were marks is read, and cuts and joins as it did.
func TestOldWords(t *testing.T) {
	const text = "3.50 « oui » qui ? می\u200cخواهم"
	for _, c := range []struct {
		file         string
		tokens, back string
	}{
		{
			`{"tokenizer":"words","options":{},"vocabulary":["<pad>","<unk>","<bos>","<eos>","oui"]}`,
			"3 . 50 « oui » qui ? می \u200c خواهم", "3. 50 «oui» qui? می \u200c خواهم",
		},
		{
			`{"tokenizer":"bpe","options":{"words":{"hyphens":true},"symbols":["o","o</w>","u","u</w>","i","i</w>","ui</w>"],"merges":[["u","i</w>"]]},"vocabulary":["<pad>","<unk>","<bos>","<eos>","o","o</w>","u","u</w>","i","i</w>","ui</w>"]}`,
			"3</w> .</w> 5 0</w> «</w> o ui</w> »</w> q ui</w> ?</w> م ی</w> \u200c</w> خ و ا ه م</w>", "3. 50 «oui» qui? می \u200c خواهم",
		},
	} {
		var e Encoder
		if err := json.Unmarshal([]byte(c.file), &e); err != nil {
			t.Fatal(err)
		}
		tokens := e.Tokenizer.Tokenize(text)
		if got := strings.Join(tokens, " "); got != c.tokens {
			t.Errorf("%q; want %q", got, c.tokens)
		}
		if got := e.Tokenizer.Detokenize(tokens); got != c.back {
			t.Errorf("%q; want %q", got, c.back)
		}
		if data, err := json.Marshal(&e); err != nil || strings.ReplaceAll(strings.ReplaceAll(string(data), `\u003c`, "<"), `\u003e`, ">") != c.file {
			t.Errorf("kept again it is %s, %v; want %s", data, err, c.file)
		}
	}
}

// TestCorporaComeBack wants 99.5 % of the sentences of corpora back as they are.
func TestCorporaComeBack(t *testing.T) {
	data := os.Getenv("ZOO_DATA")
	if data == "" || testing.Short() {
		t.Skip("needs ZOO_DATA, the folder of datasets")
	}
	languages := map[string][]string{}
	files, _ := filepath.Glob(filepath.Join(data, "multi30k", "raw", "*.gz"))
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		language := "multi30k " + filepath.Ext(strings.TrimSuffix(path, ".gz"))
		languages[language] = append(languages[language], linesOf(t, r)...)
	}
	if z, err := zip.OpenReader(filepath.Join(data, "tatoeba-fra-eng", "fra-eng.zip")); err == nil {
		defer z.Close()
		f, err := z.Open("fra.txt")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for _, l := range linesOf(t, f) {
			if fields := strings.Split(l, "\t"); len(fields) > 1 {
				languages["tatoeba en"] = append(languages["tatoeba en"], fields[0])
				languages["tatoeba fr"] = append(languages["tatoeba fr"], fields[1])
			}
		}
	}
	if len(languages) == 0 {
		t.Skipf("%s has neither multi30k nor tatoeba-fra-eng", data)
	}
	for language, texts := range languages {
		for _, w := range []Words{{Marked: true}, {Marked: true, Hyphens: true}, {Marked: true, Hyphens: true, Clitics: true}} {
			same, example := 0, ""
			for _, s := range texts {
				if got := w.Detokenize(w.Tokenize(s)); got == s {
					same++
				} else {
					example = s
				}
			}
			t.Logf("%s: %d of %d texts; %q is different", language, same, len(texts), example)
			if part := float64(same) / float64(len(texts)); part < 0.995 {
				t.Errorf("%s, %+v: %.2f %% come back; want 99.5 %%", language, w, 100*part)
			}
		}
	}
}

func linesOf(t *testing.T, r io.Reader) (lines []string) {
	t.Helper()
	s := bufio.NewScanner(r)
	for s.Scan() {
		lines = append(lines, s.Text())
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

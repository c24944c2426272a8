package main

import (
	"strings"
	"testing"
)

func TestParseAndLine(t *testing.T) {
	run := func(accuracy, seconds string) outcome {
		o, err := parse(strings.NewReader(`{"event":"start","parameters":42}
{"event":"epoch","metrics":{"accuracy":0.1},"seconds":3}
{"event":"result","metrics":{"accuracy":` + accuracy + `},"baselines":{"majority":{"accuracy":0.5}},"epochs":7,"seconds":` + seconds + `}
`))
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	r := row{model: "lstm", dataset: "imdb", metric: "accuracy", scale: 100, unit: " %", published: "86.2 %", seeds: []int{1, 2, 3}}
	got := r.line([]outcome{run("0.875", "30"), run("0.8812", "10.4"), run("0.86", "20")})
	want := "| `zoo run lstm imdb` | 1 2 3 | 42 | **87.50 %** (87.50, 88.12, 86.00) | majority 50.00 % | 86.2 % | 20 |"
	if got != want {
		t.Errorf("the line is\n%s; want\n%s", got, want)
	}
	r = row{model: "bigru", dataset: "multi30k-de-en", metric: bleu, scale: 1, unit: " BLEU", published: "–", seeds: []int{1}}
	got = r.line([]outcome{{Parameters: 7, Metrics: map[string]float64{bleu: 40.126, "perplexity": 7.162}, Baselines: map[string]map[string]float64{"copy": {bleu: 0.75}}, Seconds: 812, Greedy: 39.1}})
	want = "| `zoo run bigru multi30k-de-en` | 1 | 7 | **40.13 BLEU** (greedy 39.10, perplexity 7.16) | copy 0.75 BLEU | – | 812 |"
	if got != want {
		t.Errorf("the line is\n%s; want\n%s", got, want)
	}
	r = row{model: "lstm", dataset: "names", metric: "nats", scale: 1, unit: " nats", published: "–", seeds: []int{1}, more: []string{"--task=generate"}, places: 3}
	got = r.line([]outcome{{Parameters: 7, Metrics: map[string]float64{"nats": 2.0434}, Baselines: map[string]map[string]float64{"trigram": {"nats": 2.2189}}, Seconds: 25}})
	want = "| `zoo run lstm names --task=generate` | 1 | 7 | **2.043 nats** (2.043) | trigram 2.219 nats | – | 25 |"
	if got != want {
		t.Errorf("the line is\n%s; want\n%s", got, want)
	}
	if _, err := parse(strings.NewReader("{")); err == nil {
		t.Error("half an event is none")
	}
}

func TestReplaced(t *testing.T) {
	text := "# Results\n" + begin + "\nold\n" + end + "\nmore\n"
	imdb, phrases := row{model: "lstm", dataset: "imdb"}, row{model: "gru", dataset: "phrases"}
	for _, step := range []struct{ key, line string }{{imdb.key(), imdb.key() + " 1 |"}, {phrases.key(), phrases.key() + " 2 |"}, {imdb.key(), imdb.key() + " 3 |"}} {
		var err error
		if text, err = replaced(text, step.key, step.line); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.HasPrefix(text, "# Results\n"+begin+"\n"+header+phrases.key()+" 2 |\n"+imdb.key()+" 3 |\n\n") || !strings.HasSuffix(text, "\n"+end+"\nmore\n") || strings.Contains(text, "old") {
		t.Errorf("the text is\n%s", text)
	}
	if _, err := replaced("# Results\n", imdb.key(), ""); err == nil {
		t.Error("a text without a place for the table")
	}
}

package zoo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// handler answers POST /?setting=value with an event a line: the predictions for the inputs, one on each line of the body.
// It works for every task, and needs no lock: a run serves any number of goroutines.
func handler(run *zoo.Run) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := run.Predictor().Query()
		var settings option.Set
		query.Declare(&settings)
		for name := range r.URL.Query() {
			if err := settings.Set(name, r.URL.Query().Get(name)); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
		if err := settings.Check(); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body := http.MaxBytesReader(w, r.Body, 1<<20)
		out := json.NewEncoder(w)
		emit := func(p task.Prediction) error { return out.Encode(p.Event()) }
		if err := query.Run(r.Context(), []string{"-"}, body, emit); err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		}
	})
}

// A run behind HTTP.
func Example_handler() {
	run, err := zoo.Train(context.Background(), gru.New(graph.Hidden(32)), datasets.Phrases(), train.Epochs(6))
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(handler(run))
	defer server.Close()
	answer, err := http.Post(server.URL, "text/plain", strings.NewReader("the plot was good.\nthe plot was not good.\n"))
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	for in := json.NewDecoder(answer.Body); ; {
		var event struct{ Text, Label string }
		if err := in.Decode(&event); err == io.EOF {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		fmt.Println(event.Text, event.Label)
	}
	// Output:
	// the plot was good. positive
	// the plot was not good. negative
}

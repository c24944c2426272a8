package zoo_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/task/classify"
	"github.com/rnnzoo/rnnzoo/zoo/task/forecast"
)

// Train a network on the airline series and forecast the year after it.
func ExampleTrain() {
	network := gru.New(graph.Hidden(16))
	run, err := zoo.Train(context.Background(), network, datasets.Airline(), train.Epochs(20))
	if err != nil {
		fmt.Println(err)
		return
	}
	forecaster, err := forecast.Of(run)
	if err != nil {
		fmt.Println(err)
		return
	}
	next, err := forecaster.Predict(forecaster.History().Values, 12)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(next), "months of", forecaster.Variables())
	// The last digits of the error differ from machine to machine.
	fmt.Println("better than the same month of the year before:", run.Result.Metrics["rmse"] < run.Result.Baseline("seasonal")["rmse"])
	// Output:
	// 12 months of [passengers]
	// better than the same month of the year before: true
}

// Train a network on sentences in which the order of the words decides.
func ExampleTrain_classify() {
	network := gru.New(graph.Hidden(32))
	run, err := zoo.Train(context.Background(), network, datasets.Phrases(), train.Epochs(6))
	if err != nil {
		fmt.Println(err)
		return
	}
	classifier, err := classify.Of(run)
	if err != nil {
		fmt.Println(err)
		return
	}
	classes, err := classifier.Classify("the plot was good.", "the plot was not good.", "nobody says that the plot was not good.")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range classes {
		fmt.Println(c.Label, slices.Max(c.Probabilities) > 0.5)
	}
	// Output:
	// positive true
	// negative true
	// positive true
}

// A request that makes no sense is a UsageError, which says how to do better.
func ExampleNew() {
	config := zoo.Defaults("lsmt", "airline")
	_, err := zoo.New(config)
	fmt.Println(err)
	// Output:
	// model "lsmt" not found; did you mean "lstm"? (zoo models lists them)
}

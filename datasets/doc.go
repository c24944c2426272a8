// Package datasets brings the data of the zoo: series and made-up sentences that are compiled into the program, corpora
// that are fetched on first use, and a person's own files. It knows no models.
//
// A dataset is opened by name, or from a file:
//
//	data, err := datasets.Open("airline")
//	data, err := datasets.Open("csv:sales.csv", datasets.Fill("previous"))
//
// [Describe] tells what either is without reading it, and [Settings] are the options as plain data.
//
// A time series, whatever its origin, is a [Series]. Its rows are in time order, and [Chronological] cuts them into
// train, validation and test parts without letting the future into the past. Text in classes is [Labelled], text with
// its translation [Pairs]. Running text is a [Corpus], each part of which is read as a stream.
// its translation [Pairs]. [Sequences] are sequences of numbers, of which those that are made as one goes have no end.
//
// [Buckets] makes batches of sequences of about the same length.
//
// All functions serve any number of goroutines, and so does a dataset that nobody changes.
package datasets

package datasets_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

func ExampleOpen() {
	data, err := datasets.Open("airline")
	if err != nil {
		fmt.Println(err)
		return
	}
	if series, ok := data.(*datasets.Series); ok {
		fmt.Println(series.Info().Title)
		fmt.Println(series.Len(), "steps of", series.Variables, "from", series.Times[0])
	}
	// Output:
	// International airline passengers, thousands a month, 1949 to 1960
	// 144 steps of [passengers] from 1949-01
}

func ExampleDescribe() {
	for _, spec := range []string{"airline", "csv:reviews.csv", "tsv:reviews.tsv", "reviews.csv"} {
		info, err := datasets.Describe(spec, datasets.Text("review"))
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: %s, to %s\n", info.Title, info.Kind, info.Task)
	}
	// Output:
	// International airline passengers, thousands a month, 1949 to 1960: series, to forecast
	// Labelled text in reviews.csv: texts, to classify
	// Labelled text in reviews.tsv: texts, to classify
	// dataset "reviews.csv" not found; did you mean "csv:reviews.csv"? (zoo datasets lists them)
}

// Settings are plain data: they come from a file, and their options by name from a command line or a form.
func ExampleSettings() {
	var settings datasets.Settings
	if err := json.Unmarshal([]byte(`{"columns": ["Sales"], "period": 12}`), &settings); err != nil {
		fmt.Println(err)
		return
	}
	var declared option.Set
	settings.Declare(&declared)
	if err := declared.Set("fill", "previuos"); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(declared.Check())
	settings.Fill = "previous"

	file := strings.NewReader("Month,Sales,Visitors\n2024-01,266,40\n2024-02,,42\n")
	series, err := datasets.ReadCSV("sales.csv", file, datasets.Use(settings))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(series.Variables, series.Values, "with a season of", series.Period)
	// Output:
	// fill "previuos": not found; did you mean previous? Choose one of previous, linear, mean, zero
	// [Sales] [[266] [266]] with a season of 12
}

// A dataset that is made by hand says what it holds.
func ExampleSeries() {
	s := &datasets.Series{Variables: []string{"tide"}, Values: [][]float64{{1.2}, {2.9}, {0.8}}}
	fmt.Println(s.Info().Kind, s.Len(), s.Width(), s.Column(0))
	// Output:
	// series 3 1 [1.2 2.9 0.8]
}

func ExampleLabelled_Part() {
	data := datasets.Phrases()
	test, err := data.Part("test")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(test), data.Classes)
	_, err = data.Part("tset")
	fmt.Println(err)
	// Output:
	// 2000 [negative positive]
	// part "tset" not found; did you mean "test"? (choose train, valid or test)
}

func ExampleReadTSV() {
	var file strings.Builder
	for n := range 100 {
		fmt.Fprintf(&file, "%s\t%s\n", datasets.EnglishNumber(n), datasets.GermanNumber(n))
	}
	data, err := datasets.ReadTSV("numbers.tsv", strings.NewReader(file.String()))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(data.Train[21].Source, "is", data.Train[21].Target)
	fmt.Println(len(data.Train), len(data.Valid), len(data.Test))
	// Output:
	// thirty is dreißig
	// 80 10 10
}

func ExampleUnknownError() {
	_, err := datasets.Open("arline")
	var unknown *datasets.UnknownError
	if errors.As(err, &unknown) {
		fmt.Println(unknown.Suggestion)
	}
	fmt.Println(err)
	// Output:
	// airline
	// dataset "arline" not found; did you mean "airline"? (zoo datasets lists them)
}

func ExampleList() {
	for _, info := range datasets.List() {
		if info.Task == "forecast" {
			fmt.Println(info.Name, "-", info.Size)
		}
	}
	// Output:
	// airline - 144 months
	// co2 - 820 months
	// etth1 - 17,420 hours, 7 variables
	// etth2 - 17,420 hours, 7 variables
	// m4-daily - 4,227 series, 14 days to forecast
	// m4-hourly - 414 series, 48 hours to forecast
	// m4-weekly - 359 series, 13 weeks to forecast
	// sunspots - 2820 months
	// temperatures - 3650 days
}

func ExampleReadLabelledCSV() {
	var file strings.Builder
	file.WriteString("Review,Stars\n")
	for i := range 50 {
		fmt.Fprintf(&file, "\"Review %d, and what it says\",%d\n", i, 1+i%5)
	}
	data, err := datasets.ReadLabelledCSV("reviews.csv", strings.NewReader(file.String()), datasets.Text("Review"), datasets.Label("Stars"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(data.Classes)
	fmt.Println(len(data.Train), len(data.Valid), len(data.Test))
	// Output:
	// [1 2 3 4 5]
	// 35 5 10
}

func ExampleReadCSV() {
	file := strings.NewReader(`Month,Sales,Visitors
2024-01,266,40
2024-02,,42
2024-03,183,39
`)
	_, err := datasets.ReadCSV("sales.csv", file)
	fmt.Println(err)

	if _, err := file.Seek(0, 0); err != nil {
		fmt.Println(err)
		return
	}
	series, err := datasets.ReadCSV("sales.csv", file, datasets.Fill("previous"), datasets.Columns("Sales"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, row := range series.Values {
		fmt.Println(series.Times[i], row)
	}
	// Output:
	// sales.csv: line 3, column "Sales": missing value; choose a fill method (fill: previous, linear, mean or zero)
	// 2024-01 [266]
	// 2024-02 [266]
	// 2024-03 [183]
}

func ExampleChronological() {
	split, err := datasets.Chronological(datasets.Airline().Len(), 0.125, 1.0/3)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(split.Train, split.Valid, split.Test)
	// Output:
	// {0 84} {84 96} {96 144}
}

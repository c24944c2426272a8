package datasets_test

import (
	"fmt"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
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

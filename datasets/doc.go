// Package datasets brings the data of the zoo: small series that are compiled
// into the program, and a person's own files. It knows no models.
//
// A dataset is opened by name, or from a file:
//
//	data, err := datasets.Open("airline")
//	data, err := datasets.Open("csv:sales.csv", datasets.Fill("previous"))
//
// A time series, whatever its origin, is a [Series]. Its rows are in time
// order, and [Chronological] cuts them into train, validation and test parts
// without letting the future into the past.
package datasets

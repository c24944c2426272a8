package datasets

import _ "embed"

//go:embed data/airline.csv
var airlineData string

func airlineInfo() Info {
	return Info{
		Name:    "airline",
		Kind:    KindSeries,
		Task:    "forecast",
		Title:   "International airline passengers, thousands a month, 1949 to 1960",
		Size:    "144 months",
		Licence: "none stated (published table)",
		Source:  "Box and Jenkins, Time Series Analysis (1970), series G",
		Where:   "embedded",
	}
}

// Airline returns the totals of international airline passengers in thousands, one a month from 1949-01 to 1960-12:
// N=144, V=1. The level rises, and the yearly season (Period 12) grows with it.
//
// Source: G. E. P. Box and G. M. Jenkins, Time Series Analysis: Forecasting and Control (1970), series G;
// airline-passengers.csv of github.com/jbrownlee/Datasets at d20fcb6402ae. The last third is the usual test part; on it
// the value of the month before scores an RMSE of 48.04 and the value of the year before one of 41.85.
func Airline() *Series {
	return embedded(airlineInfo(), "passengers", 12, airlineData)
}

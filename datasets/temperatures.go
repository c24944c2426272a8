package datasets

import _ "embed"

//go:embed data/temperatures.csv
var temperaturesData string

func temperaturesInfo() Info {
	return Info{
		Name:    "temperatures",
		Kind:    KindSeries,
		Task:    "forecast",
		Title:   "Daily minimum temperatures of Melbourne, °C, 1981 to 1990",
		Size:    "3650 days",
		Licence: "none stated (published measurements)",
		Source:  "Australian Bureau of Meteorology, by the Time Series Data Library",
		Where:   "embedded",
	}
}

// Temperatures returns the daily minimum temperatures of Melbourne, Australia, in degrees Celsius, from 1981-01-01 to
// 1990-12-31: N=3650, V=1.
//
// The source leaves 31 December of the leap years 1984 and 1988 out, so each year has 365 rows and the season (Period
// 365) fits exactly. The gaps are kept: Times steps over both days.
//
// Source: Australian Bureau of Meteorology, by the Time Series Data Library; daily-min-temperatures.csv of
// github.com/jbrownlee/Datasets at d20fcb6402ae. Some copies of this file write question marks before small values
// ("?0.2"); this one has none, and each value is a number as it stands.
func Temperatures() *Series {
	return embedded(temperaturesInfo(), "temperature", 365, temperaturesData)
}

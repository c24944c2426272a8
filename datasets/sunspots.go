package datasets

import _ "embed"

//go:embed data/sunspots.csv
var sunspotsData string

func sunspotsInfo() Info {
	return Info{
		Name:    "sunspots",
		Kind:    KindSeries,
		Task:    "forecast",
		Title:   "Relative sunspot numbers of Zürich, monthly means, 1749 to 1983",
		Size:    "2820 months",
		Licence: "none stated (published table)",
		Source:  "Andrews and Herzberg, Data (1985)",
		Where:   "embedded",
	}
}

// Sunspots returns the monthly means of the relative sunspot number (no unit, 0 or more) from 1749-01 to 1983-12:
// N=2820, V=1.
//
// The numbers rise and fall about every 11 years, but one cycle takes from 9 to 14, so the number of 132 months ago is
// no seasonal forecast: on the last third its RMSE is 38.6, where that of the month before is 18.5. Period is therefore
// 0.
//
// Source: D. F. Andrews and A. M. Herzberg, Data: A Collection of Problems from Many Fields for the Student and
// Research Worker (1985); monthly-sunspots.csv of github.com/jbrownlee/Datasets at d20fcb6402ae. This is the Zürich
// series and not its revision of 2015, whose numbers are larger.
func Sunspots() *Series {
	return embedded(sunspotsInfo(), "sunspots", 0, sunspotsData)
}

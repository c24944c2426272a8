package datasets

import _ "embed"

//go:embed data/co2.csv
var co2Data string

func co2Info() Info {
	return Info{
		Name:    "co2",
		Kind:    KindSeries,
		Task:    "forecast",
		Title:   "Carbon dioxide at Mauna Loa, ppm, monthly means, 1958 to 2026",
		Size:    "820 months",
		Licence: "public domain (NOAA; PDDL 1.0)",
		Source:  "NOAA Global Monitoring Laboratory and Scripps Institution of Oceanography",
		Where:   "embedded",
	}
}

// CO2 returns the monthly means of carbon dioxide in the air of Mauna Loa, Hawaii, as mole fractions in parts per
// million of dry air, from 1958-03 to 2026-06: N=820, V=1. The level rises ever faster, with a yearly season (Period
// 12).
//
// Source: NOAA Global Monitoring Laboratory (gml.noaa.gov/ccgg/trends), with the months before 1974-05 from the Scripps
// Institution of Oceanography; data/co2-mm-mlo.csv of github.com/datasets/co2-ppm at 146bdc608e10. Its rows have seven
// fields under six names, the first and third of which are the month and its mean.
//
// No mean is missing, and none holds NOAA's mark for a missing value, -99.99: NOAA interpolates the months without
// enough measurements, which since 1974 are 1975-12 and 1984-04, and the interpolated means are kept. The last year is
// provisional and NOAA may revise it.
func CO2() *Series {
	return embedded(co2Info(), "co2", 12, co2Data)
}

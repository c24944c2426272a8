package datasets

// entry is a dataset that has a name.
type entry struct {
	info Info
	open func(options) (Dataset, error)
}

// catalogue returns the named datasets by task and then by name. It is a
// function and not a variable so that nobody can change it.
func catalogue() []entry {
	return []entry{
		{phrasesInfo(), func(options) (Dataset, error) { return Phrases(), nil }},
		{airlineInfo(), openSeries(Airline)},
		{co2Info(), openSeries(CO2)},
		{sunspotsInfo(), openSeries(Sunspots)},
		{temperaturesInfo(), openSeries(Temperatures)},
		{datesInfo(), openPairs(Dates)},
		{numbersEnDeInfo(), openPairs(NumbersEnDe)},
		{numbersEnFrInfo(), openPairs(NumbersEnFr)},
	}
}

// openSeries makes the constructor of an embedded series heed the options.
func openSeries(series func() *Series) func(options) (Dataset, error) {
	return func(o options) (Dataset, error) {
		s := series()
		if err := s.choose(o.columns); err != nil {
			return nil, err
		}
		if o.period > 0 {
			s.Period = o.period
		}
		return s, nil
	}
}

// openPairs makes the constructor of generated pairs one that takes options.
func openPairs(pairs func() *Pairs) func(options) (Dataset, error) {
	return func(options) (Dataset, error) { return pairs(), nil }
}

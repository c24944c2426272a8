package datasets

import "slices"

// entry is a dataset that has a name.
type entry struct {
	info   Info                                         // without Where
	source *source                                      // nil if it is embedded
	open   func(dir string, o options) (Dataset, error) // dir is "" if it is embedded
}

// catalogue returns the named datasets by task and then by name. It is a function and not a variable so that nobody can
// change it.
func catalogue() []entry {
	return slices.Concat([]entry{
		{imdbInfo(), imdbSource(), openIMDB},
		{namesInfo(), namesSource(), openNames},
		{phrasesInfo(), nil, func(string, options) (Dataset, error) { return Phrases(), nil }},
		{sst2Info(), sstSource(), openSST(sst2Info(), sst2Classes, sst2Label)},
		{sst5Info(), sstSource(), openSST(sst5Info(), sst5Classes, sst5Label)},
		{uciInfo(), uciSource(), openUCI},

		ecg(0),
		ecg(1),
		{nabInfo(), nabSource(), openNAB},

		{airlineInfo(), nil, openSeries(Airline)},
		{co2Info(), nil, openSeries(CO2)},
		ett(ettFiles[0]),
		ett(ettFiles[1]),
		m4(m4Parts[0]),
		m4(m4Parts[1]),
		m4(m4Parts[2]),
		{sunspotsInfo(), nil, openSeries(Sunspots)},
		{temperaturesInfo(), nil, openSeries(Temperatures)},

		{ptbInfo(), ptbSource(), openPTB(ptbInfo())},
		{ptbCharsInfo(), ptbSource(), openPTB(ptbCharsInfo())},
		{shakespeareInfo(), shakespeareSource(), openShakespeare},
		{wikiText2Info(), wikiText2Source(), openWikiText2},

		{addingInfo(), nil, openMade(Adding)},
		{copyInfo(), nil, openMade(Copy)},
		mnist(0),
		mnist(1),
		mnist(2),
	}, stocks(), []entry{
		{datesInfo(), nil, openPairs(Dates)},
		multi30k("de", "en"),
		multi30k("en", "de"),
		multi30k("en", "fr"),
		{numbersEnDeInfo(), nil, openPairs(NumbersEnDe)},
		{numbersEnFrInfo(), nil, openPairs(NumbersEnFr)},
		{tatoebaFraEngInfo(), tatoebaFraEngSource(), openTatoebaFraEng},
	})
}

// openSeries makes the constructor of an embedded series heed the options.
func openSeries(series func() *Series) func(string, options) (Dataset, error) {
	return func(_ string, o options) (Dataset, error) {
		return series().heed(o)
	}
}

// openPairs makes the constructor of generated pairs one that takes options.
func openPairs(pairs func() *Pairs) func(string, options) (Dataset, error) {
	return func(string, options) (Dataset, error) { return pairs(), nil }
}

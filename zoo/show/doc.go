// Package show makes pictures of what models do: line charts, heat maps, graphs and tables, as values that display
// themselves. A notebook shows a value that ends a cell; a program writes what its methods SVG, PNG and HTML return to a
// file. Zero fields have sensible defaults, and what cannot be drawn, such as NaN, is left out.
//
//	show.Chart{Title: "Loss", X: "epoch", Lines: []show.Line{{Name: "train", Y: train}, {Name: "validation", Y: valid}}}
//
// SVG is sharp at every size, and says what is where to who points at it; PNG is for where that is not shown. Nothing has
// to be installed for either. Values that nobody changes serve any number of goroutines; Progress serves one run.
package show

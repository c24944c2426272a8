// Package show makes pictures of what models do: line charts, heat maps, graphs and tables, as values that display
// themselves. A notebook shows the last value of a cell by its method SVG or HTML; a program writes what they return to
// a file. Zero fields have sensible defaults, and what cannot be drawn, such as NaN, is left out.
//
//	show.Chart{Title: "Loss", X: "epoch", Lines: []show.Line{{Name: "train", Y: train}, {Name: "validation", Y: valid}}}
//
// The pictures are SVG that is written here: it is sharp at every size, needs neither fonts nor a browser to make, and
// adds no dependency.
package show

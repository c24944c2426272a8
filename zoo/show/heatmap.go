package show

import (
	"fmt"
	"math"
	"strconv"
)

// HeatMap shows a matrix in colours, from white for the lowest value to dark for the highest: attention weights, with what
// is written in the rows and what is read in the columns.
type HeatMap struct {
	Title         string
	Rows, Columns []string // their names; nil for none
	Values        [][]float64
	Min, Max      float64 // what is white and what is dark, such as 0 and 1 for probabilities; both 0 mean the lowest and the highest value
	Log           bool    // colours by logarithms
	Digits        int     // write the values into the cells with so many decimals; 0 means not at all
	Cell          int     // size of a cell in pixels; 0 means one that suits the matrix
}

// HTML returns the picture for a page.
func (h HeatMap) HTML() string { return onPage(h.SVG()) }

// SVG returns the map as a picture.
func (h HeatMap) SVG() string { return h.draw().svg() }

// PNG returns the map as a picture of twice its width and height in pixels.
func (h HeatMap) PNG() []byte { return h.draw().png() }

func (h HeatMap) draw() *picture {
	columns := len(h.Columns)
	scale := emptyAxis(h.Log)
	for _, row := range h.Values {
		columns = max(columns, len(row))
		for _, v := range row {
			scale.extend(v)
		}
	}
	if h.Min < h.Max && scale.drawable(h.Min) {
		scale.low, scale.high = h.Min, h.Max
	}
	scale.finish()
	scale.from, scale.to = 0, 1
	size := float64(min(h.Cell, 1<<10))
	if h.Cell <= 0 {
		size = max(4, min(34, 640/float64(max(columns, 1))))
	}
	left, bottom := 10.0, 14.0
	for _, r := range h.Rows {
		left = max(left, textWidth(r)+16)
	}
	slanted := false // names that are wider than a column
	for _, c := range h.Columns {
		slanted = slanted || textWidth(c) > size
	}
	for _, c := range h.Columns {
		if bottom = max(bottom, 26); slanted {
			bottom = max(bottom, textWidth(c)*0.75+20)
		}
	}
	top := 34.0
	if h.Title == "" {
		top = 10
	}
	width := left + size*float64(columns) + 30
	p := &picture{width: max(width, textWidth(h.Title)*1.3), height: top + size*float64(len(h.Values)) + bottom}
	p.title(h.Title)
	for i, row := range h.Values {
		y := top + size*float64(i)
		if i < len(h.Rows) {
			p.add(words{x: left - 8, y: y + size/2 + 4, text: h.Rows[i], anchor: end})
		}
		for j, v := range row {
			x := left + size*float64(j)
			if !scale.drawable(v) {
				continue
			}
			dark := min(1, max(0, scale.at(v)))
			p.add(rectangle{x: x, y: y, width: size, height: size, style: style{fill: shade(dark), title: h.name(i, j, v)}})
			if h.Digits > 0 {
				on := "black"
				if dark > 0.5 {
					on = "white"
				}
				p.add(words{x: x + size/2, y: y + size/2 + 3.5, text: string(Fixed(v, h.Digits)), size: 10, colour: on, anchor: middle})
			}
		}
	}
	for j, name := range h.Columns {
		x, y := left+size*(float64(j)+0.5), top+size*float64(len(h.Values))+16
		if slanted {
			p.add(words{x: x + 4, y: y - 4, text: name, anchor: end, turn: -45})
			continue
		}
		p.add(words{x: x, y: y, text: name, anchor: middle})
	}
	return p
}

// name says what a cell is, for who points at it.
func (h HeatMap) name(i, j int, v float64) string {
	row, column := strconv.Itoa(i), strconv.Itoa(j)
	if i < len(h.Rows) {
		row = h.Rows[i]
	}
	if j < len(h.Columns) {
		column = h.Columns[j]
	}
	return fmt.Sprintf("%s, %s: %.4g", row, column, v)
}

// shade returns a colour between white and dark blue.
func shade(dark float64) string {
	mix := func(from, to float64) int { return int(math.Round(from + dark*(to-from))) }
	return fmt.Sprintf("#%02x%02x%02x", mix(255, 8), mix(255, 48), mix(255, 107))
}

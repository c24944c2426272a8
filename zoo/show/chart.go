package show

import (
	"fmt"
	"strings"
)

// Chart is a chart of lines over a common axis.
type Chart struct {
	Title, X, Y   string // what the axes show
	Log           bool   // the y axis by logarithms; values of 0 and less are left out
	Lines         []Line
	Width, Height int // in pixels; 0 means 720 and 320
}

// Line is a line of a chart.
type Line struct {
	Name      string
	Y         []float64
	X         []float64 // nil means 0, 1, 2, …
	Dashed    bool
	Low, High []float64 // a band around the line, such as an interval; nil for none
}

// colours are those of Okabe and Ito, which people of all colour vision can tell apart.
var colours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"}

// x returns the place of a point on the x axis.
func (l Line) x(i int) float64 {
	if i < len(l.X) {
		return l.X[i]
	}
	return float64(i)
}

// HTML returns the picture for a page.
func (c Chart) HTML() string { return onPage(c.SVG()) }

// SVG returns the chart as a picture.
func (c Chart) SVG() string {
	width, height := 720.0, 320.0
	if c.Width > 0 {
		width = float64(c.Width)
	}
	if c.Height > 0 {
		height = float64(c.Height)
	}
	x, y := emptyAxis(false), emptyAxis(c.Log)
	names := 0.0
	for _, l := range c.Lines {
		for i := range l.Y {
			x.extend(l.x(i))
			y.extend(l.Y[i])
		}
		for _, band := range [][]float64{l.Low, l.High} {
			for _, v := range band {
				y.extend(v)
			}
		}
		names = max(names, textWidth(l.Name))
	}
	x.finish()
	y.finish()
	if !c.Log { // some air above and below
		air := (y.high - y.low) / 20
		y.low, y.high = y.low-air, y.high+air
	}
	x.from, x.to = 70, width-20
	if names > 0 {
		x.to -= names + 30
	}
	y.from, y.to = height-45, 34

	p := newPicture(width, height)
	p.title(c.Title)
	for _, v := range x.ticks(8) {
		p.line(x.at(v), y.from, x.at(v), y.to, `stroke="#eeeeee"`)
		p.text(x.at(v), y.from+16, `text-anchor="middle" fill="#555555"`, label(v))
	}
	for _, v := range y.ticks(6) {
		p.line(x.from, y.at(v), x.to, y.at(v), `stroke="#eeeeee"`)
		p.text(x.from-6, y.at(v)+4, `text-anchor="end" fill="#555555"`, label(v))
	}
	p.line(x.from, y.from, x.to, y.from, `stroke="#555555"`)
	p.line(x.from, y.from, x.from, y.to, `stroke="#555555"`)
	p.text((x.from+x.to)/2, height-10, `text-anchor="middle"`, c.X)
	middle := (y.from + y.to) / 2
	p.text(14, middle, fmt.Sprintf(`text-anchor="middle" transform="rotate(-90 14 %.1f)"`, middle), c.Y)
	for i, l := range c.Lines {
		colour := colours[i%len(colours)]
		p.band(l, x, y, colour)
		style := fmt.Sprintf(`fill="none" stroke="%s" stroke-width="1.8" stroke-linejoin="round"`, colour)
		if l.Dashed {
			style += ` stroke-dasharray="5 4"`
		}
		p.polyline(l, x, y, style)
		if l.Name != "" {
			at := y.to + 8 + 18*float64(i)
			p.line(x.to+8, at, x.to+24, at, style)
			p.text(x.to+28, at+4, "", l.Name)
		}
	}
	return p.end()
}

// polyline draws a line, with a gap where a value has no place.
func (p *picture) polyline(l Line, x, y axis, style string) {
	var path strings.Builder
	pen := "M"
	for i, v := range l.Y {
		if !x.drawable(l.x(i)) || !y.drawable(v) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", pen, x.at(l.x(i)), y.at(v))
		pen = "L"
	}
	fmt.Fprintf(p, `<path d="%s" %s/>`, path.String(), style)
}

// band draws the area between Low and High.
func (p *picture) band(l Line, x, y axis, colour string) {
	n := min(len(l.Low), len(l.High), len(l.Y))
	var points []string
	add := func(i int, v float64) {
		if y.drawable(v) {
			points = append(points, fmt.Sprintf("%.1f,%.1f", x.at(l.x(i)), y.at(v)))
		}
	}
	for i := range n {
		add(i, l.High[i])
	}
	for i := n - 1; i >= 0; i-- {
		add(i, l.Low[i])
	}
	if points != nil {
		fmt.Fprintf(p, `<polygon points="%s" fill="%s" fill-opacity="0.15"/>`, strings.Join(points, " "), colour)
	}
}

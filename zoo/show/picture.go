package show

import "strings"

// picture is what is drawn, on white: readable on pages of any colour. SVG and PNG are made of the same shapes.
type picture struct {
	width, height float64 // in pixels
	shapes        []shape
}

// shape is something in a picture.
type shape interface {
	svg(b *strings.Builder)
	paint(c *canvas)
}

// style says how a shape looks.
type style struct {
	fill, stroke string  // colours, #rrggbb; empty for none
	opacity      float64 // of the fill; 0 means 1
	width        float64 // of the stroke; 0 means 1
	dashed       bool
	title        string // shown to who points at it
}

// rectangle is a rectangle with corners rounded by a radius.
type rectangle struct {
	x, y, width, height, round float64
	style
}

// curve is a line, a curve or an area.
type curve struct {
	path  []segment
	arrow bool // a head at the end
	style
}

// segment is a piece of a curve: to where it goes, and how, as the letters of SVG's paths say: M moves, L draws a line, C
// a cubic Bézier curve with two control points.
type segment struct {
	verb   byte
	points [3][2]float64 // the last one is where it goes; M and L have only that
}

// words is a line of text.
type words struct {
	x, y   float64 // the base line at the anchor
	text   string
	size   float64 // in pixels; 0 means 12
	bold   bool
	colour string // empty means black
	anchor anchor
	turn   float64 // degrees, clockwise
}

// anchor is the part of a text that is at its place.
type anchor float64

const (
	start  anchor = 0
	middle anchor = 0.5
	end    anchor = 1
)

// The greys.
const (
	ink   = "#555555" // axes and what is written on them
	faint = "#eeeeee" // lines behind the data
)

func (p *picture) add(s shape) { p.shapes = append(p.shapes, s) }

// line draws a straight line.
func (p *picture) line(x1, y1, x2, y2 float64, s style) {
	p.add(curve{path: []segment{move(x1, y1), lineTo(x2, y2)}, style: s})
}

// title writes the title over the middle.
func (p *picture) title(text string) {
	if text != "" {
		p.add(words{x: p.width / 2, y: 20, text: text, size: 14, bold: true, anchor: middle})
	}
}

func move(x, y float64) segment   { return segment{'M', [3][2]float64{2: {x, y}}} }
func lineTo(x, y float64) segment { return segment{'L', [3][2]float64{2: {x, y}}} }
func curveTo(x1, y1, x2, y2, x, y float64) segment {
	return segment{'C', [3][2]float64{{x1, y1}, {x2, y2}, {x, y}}}
}

// textWidth returns about how wide text is in letters of 12 pixels.
func textWidth(text string) float64 { return 6.6 * float64(len([]rune(text))) }

// onPage makes a picture part of a page. Notebooks show it rather than the SVG by itself, which the nbconvert of Debian
// 12 (6.5.3) strips of all but its text.
func onPage(svg string) string { return "<div>" + svg + "</div>" }

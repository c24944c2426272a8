package show

// Chart is a chart of lines over a common axis.
type Chart struct {
	Title, X, Y   string   // what the axes show
	Times         []string // what 0, 1, 2, … on the x axis are called, such as months: a few of them stand there for numbers
	Log           bool     // the y axis by logarithms; values of 0 and less are left out
	Lines         []Line
	Width, Height int // in pixels, up to 8192; 0 means 720 and 320
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
func (c Chart) SVG() string { return c.draw().svg() }

// PNG returns the chart as a picture of twice its width and height in pixels.
func (c Chart) PNG() []byte { return c.draw().png() }

// mostSide is how wide and high a chart is at most, in pixels.
const mostSide = 1 << 13

func (c Chart) draw() *picture {
	width, height := 720.0, 320.0
	if c.Width > 0 {
		width = float64(min(c.Width, mostSide))
	}
	if c.Height > 0 {
		height = float64(min(c.Height, mostSide))
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

	p := &picture{width: width, height: height}
	p.title(c.Title)
	for _, m := range x.marks(c.Times) {
		p.line(x.at(m.at), y.from, x.at(m.at), y.to, style{stroke: faint})
		p.add(words{x: x.at(m.at), y: y.from + 16, text: m.text, colour: ink, anchor: middle})
	}
	for _, v := range y.ticks(7) {
		p.line(x.from, y.at(v), x.to, y.at(v), style{stroke: faint})
		p.add(words{x: x.from - 6, y: y.at(v) + 4, text: label(v), colour: ink, anchor: end})
	}
	p.line(x.from, y.from, x.to, y.from, style{stroke: ink})
	p.line(x.from, y.from, x.from, y.to, style{stroke: ink})
	p.add(words{x: (x.from + x.to) / 2, y: height - 10, text: c.X, anchor: middle})
	p.add(words{x: 14, y: (y.from + y.to) / 2, text: c.Y, anchor: middle, turn: -90})
	for i, l := range c.Lines {
		s := style{stroke: colours[i%len(colours)], width: 1.8, dashed: l.Dashed}
		if band := l.band(x, y); band != nil {
			p.add(curve{path: band, style: style{fill: s.stroke, opacity: 0.15}})
		}
		p.add(curve{path: l.path(x, y), style: s})
		if l.Name != "" {
			at := y.to + 8 + 18*float64(i)
			p.line(x.to+8, at, x.to+24, at, s)
			p.add(words{x: x.to + 28, y: at + 4, text: l.Name})
		}
	}
	return p
}

// path returns the line, with a gap where a value has no place.
func (l Line) path(x, y axis) (path []segment) {
	pen := move
	for i, v := range l.Y {
		if !x.drawable(l.x(i)) || !y.drawable(v) {
			pen = move
			continue
		}
		path = append(path, pen(x.at(l.x(i)), y.at(v)))
		pen = lineTo
	}
	return path
}

// band returns the outline of the area between Low and High, nil for none.
func (l Line) band(x, y axis) (outline []segment) {
	n := min(len(l.Low), len(l.High), len(l.Y))
	pen := move
	add := func(i int, v float64) {
		if y.drawable(v) {
			outline = append(outline, pen(x.at(l.x(i)), y.at(v)))
			pen = lineTo
		}
	}
	for i := range n {
		add(i, l.High[i])
	}
	for i := n - 1; i >= 0; i-- {
		add(i, l.Low[i])
	}
	return outline
}

package show

import (
	"bytes"
	"encoding/hex"
	"image/color"
	"math"
	"strings"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/colornames"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// density is how many pixels of a PNG a pixel of the picture is wide, for sharp letters on today's screens.
const density = 2

// canvas is where a PNG is painted.
type canvas struct {
	*gg.Context
	faces map[face]font.Face
}

// face is a font at a size.
type face struct {
	bold bool
	size float64
}

// The fonts are Go's, which are part of its library: they have the letters of Latin, Greek and Cyrillic. What else there
// is in a text is left out, but for these.
var replaced = strings.NewReplacer("∘", "◦", "ᵀ", "′", "␣", "_")

// mostPixels is how many pixels a PNG has at most, 128 MB of memory; what is beyond its lower or right edge is cut off.
const mostPixels = 1 << 25

// png returns the picture as PNG.
func (p *picture) png() []byte {
	width := int(math.Ceil(min(p.width*density, 1<<14)))
	height := int(math.Ceil(min(p.height*density, float64(mostPixels/max(1, width)))))
	c := &canvas{gg.NewContext(width, height), make(map[face]font.Face)}
	c.SetColor(color.White)
	c.Clear()
	for _, s := range p.shapes {
		s.paint(c)
	}
	var b bytes.Buffer
	if err := c.EncodePNG(&b); err != nil {
		return nil // a buffer takes what it is given; an image without an area is the only one that cannot be written
	}
	return b.Bytes()
}

func (r rectangle) paint(c *canvas) {
	c.DrawRoundedRectangle(r.x*density, r.y*density, r.width*density, r.height*density, min(r.round, r.width/2, r.height/2)*density)
	r.style.paint(c)
}

func (v curve) paint(c *canvas) {
	for _, s := range v.path {
		var p [3][2]float64
		for i := range p {
			p[i] = [2]float64{s.points[i][0] * density, s.points[i][1] * density}
		}
		switch s.verb {
		case 'M':
			c.MoveTo(p[2][0], p[2][1])
		case 'L':
			c.LineTo(p[2][0], p[2][1])
		case 'C':
			c.CubicTo(p[0][0], p[0][1], p[1][0], p[1][1], p[2][0], p[2][1])
		}
	}
	v.style.paint(c)
	if !v.arrow || len(v.path) == 0 {
		return
	}
	// The head points where the curve ends: from its last control point.
	last := v.path[len(v.path)-1]
	tip, from := last.points[2], last.points[1]
	if last.verb != 'C' && len(v.path) > 1 {
		from = v.path[len(v.path)-2].points[2]
	}
	const length, half = 6, 3
	angle := math.Atan2(tip[1]-from[1], tip[0]-from[0])
	sin, cos := math.Sincos(angle)
	at := func(back, aside float64) (x, y float64) {
		return (tip[0] - back*cos - aside*sin) * density, (tip[1] - back*sin + aside*cos) * density
	}
	c.MoveTo(at(0, 0))
	c.LineTo(at(length, half))
	c.LineTo(at(length, -half))
	c.ClosePath()
	style{fill: "#777777"}.paint(c)
}

// paint fills and strokes the path of the canvas.
func (s style) paint(c *canvas) {
	if s.fill != "" {
		opacity := s.opacity
		if opacity == 0 {
			opacity = 1
		}
		c.SetColor(colour(s.fill, opacity))
		c.FillPreserve()
	}
	if s.stroke != "" {
		width := s.width
		if width == 0 {
			width = 1
		}
		c.SetColor(colour(s.stroke, 1))
		c.SetLineWidth(width * density)
		var dashes []float64
		if s.dashed {
			dashes = []float64{5 * density, 4 * density}
		}
		c.SetDash(dashes...)
		c.StrokePreserve()
	}
	c.ClearPath()
}

func (w words) paint(c *canvas) {
	size := w.size
	if size == 0 {
		size = 12
	}
	key := face{w.bold, size}
	if c.faces[key] == nil {
		data := goregular.TTF
		if w.bold {
			data = gobold.TTF
		}
		f, err := gg.LoadFontFaceFromBytes(data, size*density)
		if err != nil {
			return // the fonts are part of the program and can be read
		}
		c.faces[key] = f
	}
	c.SetFontFace(c.faces[key])
	c.SetColor(color.Black)
	if w.colour != "" {
		c.SetColor(colour(w.colour, 1))
	}
	x, y := w.x*density, w.y*density
	c.Push()
	c.RotateAbout(gg.Radians(w.turn), x, y)
	c.DrawStringAnchored(replaced.Replace(w.text), x, y, float64(w.anchor), 0)
	c.Pop()
}

// colour returns a colour by its name or as #rrggbb; black if it is neither.
func colour(name string, opacity float64) color.Color {
	c, ok := colornames.Map[name]
	if !ok {
		c = color.RGBA{A: 255}
		if rgb, err := hex.DecodeString(strings.TrimPrefix(name, "#")); err == nil && len(rgb) == 3 {
			c.R, c.G, c.B = rgb[0], rgb[1], rgb[2]
		}
	}
	return color.NRGBA{c.R, c.G, c.B, byte(math.Round(255 * opacity))}
}

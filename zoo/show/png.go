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

// A pixel of the picture is two pixels of a PNG wide, for sharp letters on today's screens. A large picture has fewer, so
// that painting it takes no more than a quarter of a gigabyte.
const (
	sharp      = 2
	mostPixels = 40e6
)

// canvas is where a PNG is painted.
type canvas struct {
	*gg.Context
	density float64 // how many pixels of the PNG a pixel of the picture is wide
	faces   map[face]font.Face
}

// face is a font at a size.
type face struct {
	bold bool
	size float64
}

// The fonts are Go's, which are part of its library: they have the letters of Latin, Greek and Cyrillic. What else there
// is in a text is left out, but for these.
var replaced = strings.NewReplacer("∘", "◦", "␣", "_")

// png returns the picture as PNG.
func (p *picture) png() []byte {
	density := min(sharp, math.Sqrt(mostPixels/max(1, p.width*p.height)))
	c := &canvas{gg.NewContext(int(math.Ceil(p.width*density)), int(math.Ceil(p.height*density))), density, make(map[face]font.Face)}
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
	c.DrawRoundedRectangle(r.x*c.density, r.y*c.density, r.width*c.density, r.height*c.density, min(r.round, r.width/2, r.height/2)*c.density)
	r.style.paint(c)
}

func (v curve) paint(c *canvas) {
	for _, s := range v.path {
		var p [3][2]float64
		for i := range p {
			p[i] = [2]float64{s.points[i][0] * c.density, s.points[i][1] * c.density}
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
		return (tip[0] - back*cos - aside*sin) * c.density, (tip[1] - back*sin + aside*cos) * c.density
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
		c.SetLineWidth(width * c.density)
		var dashes []float64
		if s.dashed {
			dashes = []float64{5 * c.density, 4 * c.density}
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
	c.SetColor(color.Black)
	if w.colour != "" {
		c.SetColor(colour(w.colour, 1))
	}
	// The fonts have no ᵀ: it is a small T, raised.
	parts := strings.Split(replaced.Replace(w.text), "ᵀ")
	draw := func(x, y float64, paint bool) float64 {
		at := x
		for i, part := range parts {
			if i > 0 {
				at += c.write("T", face{w.bold, 0.65 * size}, at, y-0.4*size*c.density, paint)
			}
			at += c.write(part, face{w.bold, size}, at, y, paint)
		}
		return at - x
	}
	width := draw(0, 0, false)
	x, y := w.x*c.density, w.y*c.density
	c.Push()
	c.RotateAbout(gg.Radians(w.turn), x, y)
	draw(x-width*float64(w.anchor), y, true)
	c.Pop()
}

// write writes text from a place to the right, if it is to paint, and returns its width.
func (c *canvas) write(text string, f face, x, y float64, paint bool) (width float64) {
	if c.faces[f] == nil {
		data := goregular.TTF
		if f.bold {
			data = gobold.TTF
		}
		loaded, err := gg.LoadFontFaceFromBytes(data, f.size*c.density)
		if err != nil {
			return 0 // the fonts are part of the program and can be read
		}
		c.faces[f] = loaded
	}
	c.SetFontFace(c.faces[f])
	if paint {
		c.DrawString(text, x, y)
	}
	width, _ = c.MeasureString(text)
	return width
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

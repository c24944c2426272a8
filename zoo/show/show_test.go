package show_test

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/show"
)

// valid fails the test unless text is well-formed and holds no number that is none.
func valid(t *testing.T, text string) {
	t.Helper()
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("it is not well-formed: %v:\n%s", err, text)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Errorf("it has numbers that are none:\n%s", text)
	}
}

func TestChart(t *testing.T) {
	if html := (show.Chart{Title: "a"}).HTML(); !strings.Contains(html, show.Chart{Title: "a"}.SVG()) {
		t.Errorf("the picture is not in %s", html)
	}
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]show.Chart{
		"empty":       {},
		"one point":   {Lines: []show.Line{{Y: []float64{3}}}},
		"constant":    {Lines: []show.Line{{Y: []float64{0, 0, 0}}}},
		"no numbers":  {Lines: []show.Line{{Y: []float64{nan, inf, -inf}}}},
		"logarithms":  {Log: true, Lines: []show.Line{{Y: []float64{1e-30, 0, -1, 1e10}}}},
		"none of log": {Log: true, Lines: []show.Line{{Y: []float64{0, -1}}}},
		"markup":      {Title: "a<b & \"c\"", X: "<", Y: ">", Lines: []show.Line{{Name: "<x>", Y: []float64{1, 2}}}},
		"band":        {Lines: []show.Line{{X: []float64{5, 7}, Y: []float64{1, 2}, Low: []float64{0, nan}, High: []float64{2, 9}}}},
	} {
		t.Run(name, func(t *testing.T) { valid(t, c.SVG()) })
	}
}

// TestChartPutsPointsInPlace reads the line back: equal steps are equally far apart, higher values are higher up.
func TestChartPutsPointsInPlace(t *testing.T) {
	for _, c := range []struct {
		log bool
		y   []float64
	}{{false, []float64{1, 2, 3}}, {true, []float64{1, 10, 100}}} {
		svg := show.Chart{Log: c.log, Lines: []show.Line{{Y: c.y}}}.SVG()
		m := regexp.MustCompile(`<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"`).FindStringSubmatch(svg)
		if m == nil {
			t.Fatalf("there is no line of three points:\n%s", svg)
		}
		var v []float64
		for _, s := range m[1:] {
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			v = append(v, x)
		}
		if dx := (v[2] - v[0]) - (v[4] - v[2]); math.Abs(dx) > 0.2 || v[2] <= v[0] {
			t.Errorf("log %v: the points are at x = %v, %v, %v", c.log, v[0], v[2], v[4])
		}
		if dy := (v[1] - v[3]) - (v[3] - v[5]); math.Abs(dy) > 0.2 || v[3] >= v[1] {
			t.Errorf("log %v: the points are at y = %v, %v, %v", c.log, v[1], v[3], v[5])
		}
	}
}

func TestHeatMap(t *testing.T) {
	h := show.HeatMap{Title: "<Attention>", Rows: []string{"the", "film"}, Columns: []string{"le", "film & co"}, Values: [][]float64{{0, 1}, {0.25, math.NaN()}}, Digits: 2}
	svg := h.SVG()
	valid(t, svg)
	for _, want := range []string{`fill="#ffffff"><title>the, le: 0<`, `fill="#08306b"><title>the, film &amp; co: 1<`, ">0.25<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("there is no %s in:\n%s", want, svg)
		}
	}
	for _, h := range []show.HeatMap{{}, {Values: [][]float64{{5}}}, {Log: true, Values: [][]float64{{0, 1e-9}, {1}}}} {
		valid(t, h.SVG())
	}
}

func TestTable(t *testing.T) {
	html := show.Table{Title: "<T>", Header: []string{"model", "rmse"}, Rows: [][]any{{"lstm & co", 14.6312}, {"naive", 41.85}, {"many", 123456.0}, {"count", 7}}}.HTML()
	valid(t, html)
	for _, want := range []string{"<caption>&lt;T&gt;</caption>", "<th>rmse</th>", "lstm &amp; co", ">14.63<", ">123456<", `right">7<`} {
		if !strings.Contains(html, want) {
			t.Errorf("there is no %s in:\n%s", want, html)
		}
	}
}

// drawn returns the drawing of a model and the DOT that it is made of.
func drawn(t *testing.T, model string, d zoo.Drawing) (g *show.Graph, text string) {
	t.Helper()
	dot, err := zoo.Draw(model, d)
	if err != nil {
		t.Fatal(err)
	}
	if g, err = show.NewGraph(dot); err != nil {
		t.Fatal(err)
	}
	return g, string(dot)
}

func TestGraphDrawsEveryModel(t *testing.T) {
	for _, m := range zoo.Models() {
		for _, grad := range []bool{false, true} {
			g, text := drawn(t, m.Name, zoo.Drawing{Steps: 3, Batch: 2, Input: 3, Hidden: 4, Layers: 2, Gradients: grad})
			svg := g.SVG()
			valid(t, svg)
			if nodes, edges := strings.Count(text, "shape="), strings.Count(text, "->"); strings.Count(svg, "marker-end") != edges || strings.Count(svg, `stroke="#555555"`) != nodes {
				t.Errorf("%s: %d arrows and %d nodes are drawn; want %d and %d", m.Name, strings.Count(svg, "marker-end"), strings.Count(svg, `stroke="#555555"`), edges, nodes)
			}
			if !strings.Contains(svg, ">layer 1, t = 2<") && !strings.Contains(svg, ">layer 1, backwards, t = 2<") {
				t.Errorf("%s: the box of the last time step has no title", m.Name)
			}
		}
	}
}

// TestGraphNodesDoNotOverlap reads the boxes of the nodes back.
func TestGraphNodesDoNotOverlap(t *testing.T) {
	g, _ := drawn(t, "lstm", zoo.Drawing{Steps: 3, Batch: 2, Input: 3, Hidden: 4, Layers: 1})
	type rect struct{ x, y, w, h float64 }
	var all []rect
	for _, m := range regexp.MustCompile(`<rect x="(-?[\d.]+)" y="(-?[\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="[\d.]+" fill="[^"]*" stroke="#555555"`).FindAllStringSubmatch(g.SVG(), -1) {
		var v [4]float64
		for i := range v {
			v[i], _ = strconv.ParseFloat(m[i+1], 64)
		}
		all = append(all, rect{v[0], v[1], v[2], v[3]})
	}
	if len(all) < 50 {
		t.Fatalf("%d nodes are drawn", len(all))
	}
	overlaps := 0
	for i, a := range all {
		if a.x < 0 || a.y < 0 {
			t.Errorf("node %d is outside of the picture: %v", i, a)
		}
		for _, b := range all[:i] {
			if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
				overlaps++
			}
		}
	}
	if overlaps > 0 {
		t.Errorf("%d pairs of nodes overlap", overlaps)
	}
}

func TestGraphOfNoDOT(t *testing.T) {
	for _, text := range []string{"", "digraph {", "<svg/>"} {
		if _, err := show.NewGraph([]byte(text)); err == nil {
			t.Errorf("%q: there is no error", text)
		}
	}
}

func TestProgressWritesOneLineOver(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	p := show.Progress()
	for epoch := range 3 {
		p.Epoch(train.EpochEvent{Epoch: epoch + 1, Epochs: 3, TrainLoss: 1.5, Valid: train.Evaluation{Loss: 2}})
	}
	os.Stdout = stdout
	w.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); strings.Count(s, "\n") != 1 || !strings.HasSuffix(s, "\repoch 3/3  loss 1.5000  validation 2.0000\n") {
		t.Errorf("it wrote %q", s)
	}
}

// TestPNGShowsWhatSVGShows reads pixels back: what is drawn where, in the colours that the SVG names.
func TestPNGShowsWhatSVGShows(t *testing.T) {
	decode := func(data []byte) image.Image {
		t.Helper()
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return picture
	}
	pixels := func(picture image.Image, want color.RGBA) (n int) {
		b := picture.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				if color.RGBAModel.Convert(picture.At(x, y)) == want {
					n++
				}
			}
		}
		return n
	}

	m := decode(show.HeatMap{Values: [][]float64{{0, 1}, {1, 0}}, Cell: 20}.PNG())
	if n := pixels(m, color.RGBA{0x08, 0x30, 0x6b, 255}); n != 2*40*40 {
		t.Errorf("two cells of 40 by 40 pixels are dark: %d pixels are", n)
	}

	line := show.Chart{Width: 200, Height: 100, Lines: []show.Line{{Y: []float64{1, 1}}}}
	blue := color.RGBA{0x00, 0x72, 0xb2, 255}
	c := decode(line.PNG())
	if size := c.Bounds().Size(); size != (image.Point{400, 200}) {
		t.Errorf("the chart is of size %v; want twice 200 by 100", size)
	}
	whole := pixels(c, blue)
	if whole < 200 {
		t.Errorf("the line has %d pixels", whole)
	}
	line.Lines[0].Dashed = true
	if n := pixels(decode(line.PNG()), blue); n == 0 || n > whole*3/4 {
		t.Errorf("the dashed line has %d pixels, the whole one %d", n, whole)
	}
	black := color.RGBA{0, 0, 0, 255}
	empty := pixels(decode(show.Chart{}.PNG()), black)
	if n := pixels(decode(show.Chart{Title: "Loss", Y: "turned"}.PNG()), black); n < empty+100 {
		t.Errorf("title and axis have %d black pixels, %d without", n, empty)
	}

	g, _ := drawn(t, "lstm", zoo.Drawing{Steps: 2, Batch: 2, Input: 3, Hidden: 4, Layers: 1})
	if n := pixels(decode(g.PNG()), color.RGBA{0x77, 0x77, 0x77, 255}); n < 500 {
		t.Errorf("the arrows have %d pixels", n)
	}
}

package show_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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
	html := show.Table{Title: "<T>", Header: []string{"model", "rmse"}, Rows: [][]any{{"lstm & co", 14.6312}, {"naive", 41.85}, {"many", 123456.0}, {"count", 7}}, Note: "a < b\nand c"}.HTML()
	valid(t, html)
	for _, want := range []string{"<caption>&lt;T&gt;</caption>", `<th style="text-align:left">model</th><th style="text-align:right">rmse</th>`, "lstm &amp; co", ">14.63<", ">123456<", `right">7<`, `<tfoot><tr><td colspan="2" style="text-align:left">a &lt; b<br/>and c</td></tr></tfoot></table>`} {
		if !strings.Contains(html, want) {
			t.Errorf("there is no %s in:\n%s", want, html)
		}
	}
}

func TestTableAsText(t *testing.T) {
	got := show.Table{Header: []string{"model", "rmse"}, Rows: [][]any{{"lstm", 14.6312}, {"persistence", show.Number("–")}}, Note: "one is left out"}.String()
	want := "model         rmse\nlstm         14.63\npersistence      –\none is left out\n"
	if got != want {
		t.Errorf("the table is\n%s; want\n%s", got, want)
	}
}

// TestHeatMapOnAFixedScale compares maps of probabilities: the same number has the same colour, whatever is beside it.
func TestHeatMapOnAFixedScale(t *testing.T) {
	svg := show.HeatMap{Values: [][]float64{{0.5, 0.6, 1.5, -1}}, Max: 1}.SVG()
	for _, want := range []string{`fill="#8498b5"><title>0, 0: 0.5<`, `fill="#08306b"><title>0, 2: 1.5<`, `fill="#ffffff"><title>0, 3: -1<`} {
		if !strings.Contains(svg, want) {
			t.Errorf("there is no %s in:\n%s", want, svg)
		}
	}
	valid(t, show.HeatMap{Values: [][]float64{{1, 10}}, Max: 100, Log: true}.SVG()) // 0 has no logarithm
}

// TestChartOfTimes reads what is written along the axis.
func TestChartOfTimes(t *testing.T) {
	var months, days, hours []string
	for i := range 144 {
		months = append(months, fmt.Sprintf("%d-%02d", 1949+i/12, i%12+1))
		days = append(days, time.Date(2024, 3, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		hours = append(hours, fmt.Sprintf("hour %d", i))
	}
	for _, c := range []struct {
		times []string
		x     []float64 // of the first and the last point
		want  []string
	}{
		{months, []float64{0, 143}, []string{"1950", "1952", "1954", "1956", "1958", "1960"}},
		{months, []float64{100, 160}, []string{"1958", "1959", "1960"}},
		{months, []float64{141, 150}, []string{"1960-10", "1960-11", "1960-12"}},
		{days, []float64{0, 143}, []string{"2024-03-01", "2024-03-22", "2024-04-12", "2024-05-03", "2024-05-24", "2024-06-14", "2024-07-05"}},
		{hours, []float64{0, 3}, []string{"hour 0", "hour 1", "hour 2", "hour 3"}},
		{hours, []float64{200, 300}, nil},
	} {
		svg := show.Chart{Times: c.times, Lines: []show.Line{{X: c.x, Y: []float64{1, 2}}}}.SVG()
		valid(t, svg)
		var got []string
		end := 0.0
		for _, m := range regexp.MustCompile(`<text x="([\d.]+)" y="291.0"[^>]*>([^<]*)<`).FindAllStringSubmatch(svg, -1) {
			got = append(got, m[2])
			x := numbers(t, m[1:2])[0]
			if x < end {
				t.Errorf("%s stands on what is before it", m[2])
			}
			end = x + 6.6*float64(len(m[2]))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("from %v to %v: the axis says %q; want %q", c.x[0], c.x[1], got, c.want)
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

// rect is a node that is drawn.
type rect struct{ left, top, right, bottom float64 }

// nodesOf reads the nodes of a drawing back.
func nodesOf(t *testing.T, svg string) (all []rect) {
	t.Helper()
	for _, m := range regexp.MustCompile(`<rect x="(-?[\d.]+)" y="(-?[\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="[\d.]+" fill="[^"]*" stroke="#555555"`).FindAllStringSubmatch(svg, -1) {
		v := numbers(t, m[1:])
		all = append(all, rect{v[0], v[1], v[0] + v[2], v[1] + v[3]})
	}
	return all
}

func numbers(t *testing.T, texts []string) (values []float64) {
	t.Helper()
	for _, s := range texts {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	return values
}

// pointsOf reads the lines of a drawing back, as points along them.
func pointsOf(t *testing.T, svg string) (points [][2]float64) {
	t.Helper()
	for _, m := range regexp.MustCompile(`<path d="([^"]+)" marker-end`).FindAllStringSubmatch(svg, -1) {
		var x, y float64
		for _, s := range regexp.MustCompile(`[MLC][^MLC]+`).FindAllString(m[1], -1) {
			v := numbers(t, strings.Fields(s[1:]))
			end := v[len(v)-2:]
			const steps = 16
			for i := range steps {
				u := float64(i+1) / steps
				switch s[0] {
				case 'L':
					points = append(points, [2]float64{x + u*(end[0]-x), y + u*(end[1]-y)})
				case 'C':
					at := func(a, b, c, d float64) float64 {
						return (1-u)*(1-u)*(1-u)*a + 3*(1-u)*(1-u)*u*b + 3*(1-u)*u*u*c + u*u*u*d
					}
					points = append(points, [2]float64{at(x, v[0], v[2], v[4]), at(y, v[1], v[3], v[5])})
				}
			}
			x, y = end[0], end[1]
		}
	}
	return points
}

// TestGraphIsReadable draws what people draw first, and more: no node is on another one or outside of the picture, and no
// line crosses a node.
func TestGraphIsReadable(t *testing.T) {
	for _, c := range []struct {
		model string
		zoo.Drawing
		nodes int // at least
	}{
		{"lstm", zoo.Drawing{Steps: 1, Layers: 1}, 25},
		{"lstm", zoo.Drawing{Steps: 3, Layers: 1, Gradients: true}, 150},
		{"rnn", zoo.Drawing{Steps: 2, Layers: 1, Gradients: true}, 60},
		{"lstm", zoo.Drawing{Steps: 4, Layers: 2}, 150},
		{"bigru", zoo.Drawing{Steps: 3, Layers: 1}, 140},
		{"bigru", zoo.Drawing{Steps: 3, Layers: 2, Gradients: true}, 600},
	} {
		c.Batch, c.Input, c.Hidden = 2, 3, 4
		g, _ := drawn(t, c.model, c.Drawing)
		svg := g.SVG()
		nodes, points := nodesOf(t, svg), pointsOf(t, svg)
		if len(nodes) < c.nodes || len(points) < 20*c.nodes {
			t.Fatalf("%s %+v: %d nodes and %d points of lines are drawn", c.model, c.Drawing, len(nodes), len(points))
		}
		size := regexp.MustCompile(`width="(\d+)" height="(\d+)"`).FindStringSubmatch(svg)
		width, height := numbers(t, size[1:])[0], numbers(t, size[1:])[1]
		overlaps, crossings := 0, 0
		for i, a := range nodes {
			if a.left < 0 || a.top < 0 || a.right > width || a.bottom > height {
				t.Errorf("%s %+v: node %d is outside of the picture: %v", c.model, c.Drawing, i, a)
			}
			for _, b := range nodes[:i] {
				if a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom {
					overlaps++
				}
			}
		}
		for _, p := range points {
			if p[0] < 0 || p[1] < 0 || p[0] > width || p[1] > height {
				t.Errorf("%s %+v: a line leaves the picture: %v", c.model, c.Drawing, p)
			}
			for _, n := range nodes {
				if n.left+1 < p[0] && p[0] < n.right-1 && n.top+1 < p[1] && p[1] < n.bottom-1 {
					crossings++
				}
			}
		}
		if overlaps > 0 || crossings > 0 {
			t.Errorf("%s %+v: %d pairs of nodes overlap, and %d points of lines are on nodes", c.model, c.Drawing, overlaps, crossings)
		}
	}
}

// TestGraphHasAColumnForEachStep reads the titles of the boxes back.
func TestGraphHasAColumnForEachStep(t *testing.T) {
	g, _ := drawn(t, "bigru", zoo.Drawing{Steps: 3, Batch: 2, Input: 3, Hidden: 4, Layers: 2, Gradients: true})
	at := make(map[string][]float64)
	for _, m := range regexp.MustCompile(`<text x="([\d.]+)" y="([\d.]+)"[^>]*>(layer [^<]*)<`).FindAllStringSubmatch(g.SVG(), -1) {
		at[m[3]] = numbers(t, m[1:3])
	}
	if len(at) != 24 {
		t.Fatalf("there are the boxes %v", at)
	}
	names := []string{"layer 0, t = %", "layer 0, backwards, t = %", "layer 1, t = %", "layer 1, backwards, t = %",
		"layer 1, t = %, adjoints", "layer 0, t = %, adjoints"}
	for i, name := range names {
		for _, step := range []string{"0", "1", "2"} {
			here, first := at[strings.Replace(name, "%", step, 1)], at[strings.Replace(names[0], "%", step, 1)]
			if here == nil || here[0] != first[0] {
				t.Errorf("%s: step %s is at %v; layer 0 has it at %v", name, step, here, first)
				continue
			}
			if before := at[strings.Replace(names[max(0, i-1)], "%", step, 1)]; i > 0 && here[1] <= before[1] {
				t.Errorf("%s is at %v, not below %s at %v", name, here, names[i-1], before)
			}
		}
		if a, b := at[strings.Replace(name, "%", "0", 1)], at[strings.Replace(name, "%", "1", 1)]; a[0] >= b[0] || a[1] != b[1] {
			t.Errorf("%s: step 0 is at %v, step 1 at %v; want them beside each other", name, a, b)
		}
	}
}

// TestGraphOfManyNodes draws a thousand nodes in a time that one waits, and says what to do with more than it draws.
func TestGraphOfManyNodes(t *testing.T) {
	text, err := zoo.Draw("lstm", zoo.Drawing{Steps: 45, Batch: 2, Input: 3, Hidden: 4, Layers: 1})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	g, err := show.NewGraph(text)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(nodesOf(t, g.SVG())); n < 900 {
		t.Errorf("%d nodes are drawn", n)
	}
	if passed := time.Since(start); passed > 20*time.Second { // a quarter of a second on one core
		t.Errorf("it took %v", passed)
	}
	if text, err = zoo.Draw("lstm", zoo.Drawing{Steps: 100, Batch: 2, Input: 3, Hidden: 4, Layers: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := show.NewGraph(text); err == nil || !strings.Contains(err.Error(), "at most 2000") || !strings.Contains(err.Error(), "DOT") {
		t.Errorf("the error of too many nodes is %v", err)
	}
}

// TestGraphOfOtherDOT draws what no model looks like: cycles, boxes without a time, nodes without edges.
func TestGraphOfOtherDOT(t *testing.T) {
	for _, text := range []string{
		"digraph {}",
		"digraph { a; b }",
		"digraph { a -> b; b -> a; a -> a }",
		`digraph { subgraph cluster_1 { graph [label="one"]; a; b; } subgraph cluster_2 { graph [label="two"]; c; } a -> c; c -> b; c -> d; d -> b; b -> a }`,
		`digraph { subgraph cluster_1 { graph [label="t = 0"]; a; } subgraph cluster_2 { graph [label="t = 2"]; c; } subgraph cluster_3 { graph [label="t = 1"]; b; } a -> c; c -> b; subgraph cluster_4 {} }`,
	} {
		g, err := show.NewGraph([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		svg := g.SVG()
		valid(t, svg)
		if arrows := strings.Count(svg, "marker-end"); arrows != strings.Count(text, "->") {
			t.Errorf("%s: %d arrows are drawn", text, arrows)
		}
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
	for epoch := range 3 { // of 9: patience has run out
		p.Epoch(train.EpochEvent{Epoch: epoch + 1, Epochs: 9, TrainLoss: 1.5, Valid: train.Evaluation{Loss: 2}, Last: epoch == 2})
	}
	os.Stdout = stdout
	w.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); strings.Count(s, "\n") != 1 || !strings.HasSuffix(s, "\repoch 3/9  loss 1.5000  validation 2.0000\n") {
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

	// The fonts have no raised T; a product with a transposed matrix must not look like a derivative.
	if bytes.Equal(show.Chart{Title: "Wᵀ"}.PNG(), show.Chart{Title: "W′"}.PNG()) || bytes.Equal(show.Chart{Title: "Wᵀ"}.PNG(), show.Chart{Title: "W"}.PNG()) {
		t.Error("Wᵀ is drawn as W′ or W")
	}
	if c, err := png.DecodeConfig(bytes.NewReader(show.Chart{Width: 40000, Height: 2000}.PNG())); err != nil || c.Width*c.Height > 41e6 {
		t.Errorf("a large chart has %d by %d pixels; want at most 40 millions: %v", c.Width, c.Height, err)
	}

	g, _ := drawn(t, "lstm", zoo.Drawing{Steps: 2, Batch: 2, Input: 3, Hidden: 4, Layers: 1})
	if n := pixels(decode(g.PNG()), color.RGBA{0x77, 0x77, 0x77, 255}); n < 500 {
		t.Errorf("the arrows have %d pixels", n)
	}
}

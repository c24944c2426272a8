package show

import (
	"fmt"
	"html"
	"strings"
)

// picture is an SVG under construction.
type picture struct {
	strings.Builder
	width, height float64
}

// newPicture begins a picture on white, which is readable on pages of any colour.
func newPicture(width, height float64) *picture {
	p := &picture{width: width, height: height}
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="Helvetica, Arial, sans-serif" font-size="12">`, width, height, width, height)
	fmt.Fprintf(p, `<rect width="%.0f" height="%.0f" fill="white"/>`, width, height)
	return p
}

// end returns the picture.
func (p *picture) end() string {
	p.WriteString("</svg>")
	return p.String()
}

// onPage makes a picture part of a page. Notebooks show it rather than the SVG by itself, which the nbconvert of Debian
// 12 (6.5.3) strips of all but its text.
func onPage(svg string) string { return "<div>" + svg + "</div>" }

// text writes text at a place. The attributes say how, such as text-anchor.
func (p *picture) text(x, y float64, attributes, text string) {
	fmt.Fprintf(p, `<text x="%.1f" y="%.1f" %s>%s</text>`, x, y, attributes, html.EscapeString(text))
}

// line draws a line.
func (p *picture) line(x1, y1, x2, y2 float64, attributes string) {
	fmt.Fprintf(p, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" %s/>`, x1, y1, x2, y2, attributes)
}

// title writes the title over the middle.
func (p *picture) title(text string) {
	p.text(p.width/2, 20, `text-anchor="middle" font-size="14" font-weight="bold"`, text)
}

// textWidth returns about how wide text is in letters of 12 pixels.
func textWidth(text string) float64 { return 6.6 * float64(len([]rune(text))) }

package show

import (
	"fmt"
	"html"
	"strings"
)

// svg returns the picture as SVG.
func (p *picture) svg() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="Helvetica, Arial, sans-serif" font-size="12">`, p.width, p.height, p.width, p.height)
	b.WriteString(`<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" fill="#777777"/></marker></defs>`)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" fill="white"/>`, p.width, p.height)
	for _, s := range p.shapes {
		s.svg(&b)
	}
	b.WriteString("</svg>")
	return b.String()
}

func (r rectangle) svg(b *strings.Builder) {
	fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f"`, r.x, r.y, r.width, r.height)
	if r.round > 0 {
		fmt.Fprintf(b, ` rx="%.1f"`, r.round)
	}
	r.style.svg(b, "rect")
}

func (c curve) svg(b *strings.Builder) {
	b.WriteString(`<path d="`)
	for _, s := range c.path {
		b.WriteByte(s.verb)
		from := 2
		if s.verb == 'C' {
			from = 0
		}
		for i, p := range s.points[from:] {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(b, "%.1f %.1f", p[0], p[1])
		}
	}
	b.WriteByte('"')
	if c.arrow {
		b.WriteString(` marker-end="url(#head)"`)
	}
	c.style.svg(b, "path")
}

// svg writes the attributes of an element whose tag is open, and ends it.
func (s style) svg(b *strings.Builder, tag string) {
	fill := s.fill
	if fill == "" {
		fill = "none"
	}
	fmt.Fprintf(b, ` fill="%s"`, html.EscapeString(fill))
	if s.opacity > 0 {
		fmt.Fprintf(b, ` fill-opacity="%g"`, s.opacity)
	}
	if s.stroke != "" {
		fmt.Fprintf(b, ` stroke="%s"`, html.EscapeString(s.stroke))
	}
	if s.width > 0 {
		fmt.Fprintf(b, ` stroke-width="%g" stroke-linejoin="round"`, s.width)
	}
	if s.dashed {
		b.WriteString(` stroke-dasharray="5 4"`)
	}
	if s.title == "" {
		b.WriteString("/>")
		return
	}
	fmt.Fprintf(b, "><title>%s</title></%s>", html.EscapeString(s.title), tag)
}

func (w words) svg(b *strings.Builder) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f"`, w.x, w.y)
	switch w.anchor {
	case middle:
		b.WriteString(` text-anchor="middle"`)
	case end:
		b.WriteString(` text-anchor="end"`)
	}
	if w.size > 0 {
		fmt.Fprintf(b, ` font-size="%g"`, w.size)
	}
	if w.bold {
		b.WriteString(` font-weight="bold"`)
	}
	if w.colour != "" {
		fmt.Fprintf(b, ` fill="%s"`, html.EscapeString(w.colour))
	}
	if w.turn != 0 {
		fmt.Fprintf(b, ` transform="rotate(%g %.1f %.1f)"`, w.turn, w.x, w.y)
	}
	fmt.Fprintf(b, ">%s</text>", html.EscapeString(w.text))
}

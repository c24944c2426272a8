package main

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// drawAlignment draws the weights of attention as an SVG: a square for each token of the translation, downwards, and of
// the source, from left to right, the darker the more it was looked at.
func drawAlignment(to io.Writer, t task.Translated) error {
	const cell, letter, font = 24, 8, 13 // pixels; letter is about the width of one
	source, target := tokensShown(t.Source), tokensShown(t.Target)
	left, top := letter, letter
	for _, s := range target {
		left = max(left, letter*(utf8.RuneCountInString(s)+2))
	}
	for _, s := range source {
		top = max(top, letter*(utf8.RuneCountInString(s)+2))
	}
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="%d">`+"\n",
		left+cell*len(source)+letter, top+cell*len(target)+letter, font)
	fmt.Fprintln(w, `<rect width="100%" height="100%" fill="white"/>`)
	label := func(x, y int, anchor, turn, s string) {
		fmt.Fprintf(w, `<text x="%d" y="%d" text-anchor="%s" dominant-baseline="central"%s>`, x, y, anchor, turn)
		xml.EscapeText(w, []byte(s))
		fmt.Fprintln(w, "</text>")
	}
	for i, s := range source {
		x := left + i*cell + cell/2
		label(x, top-letter, "start", fmt.Sprintf(` transform="rotate(-90 %d %d)"`, x, top-letter), s)
	}
	for i, s := range target {
		label(left-letter, top+i*cell+cell/2, "end", "", s)
		for j, weight := range t.Weights[i] {
			fmt.Fprintf(w, `<rect x="%d" y="%d" width="%d" height="%d" stroke="#ddd" fill="black" fill-opacity="%.3f"><title>%.1f %%</title></rect>`+"\n",
				left+j*cell, top+i*cell, cell, cell, weight, 100*weight)
		}
	}
	fmt.Fprintln(w, "</svg>")
	return errors.WithStack(w.Flush())
}

package main

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

type translationEvent struct {
	Event     string          `json:"event"`
	Text      string          `json:"text"`
	Target    string          `json:"translation"`
	Score     metric          `json:"score"`
	Alignment *alignmentEvent `json:"alignment,omitempty"`
}

type alignmentEvent struct {
	Source  []string    `json:"source"`
	Target  []string    `json:"target"`
	Weights [][]float64 `json:"weights"` // [target][source]
}

// predictTranslations translates texts, or each line of standard input; an empty line stays one.
func predictTranslations(cmd *cobra.Command, r *zoo.Run, inputs []string, o predictOptions) error {
	if len(inputs) == 0 {
		return linef(`predict: want a text, such as zoo predict %s "a text", or - for lines on standard input`, cmd.Flags().Arg(0))
	}
	if cmd.Flags().Changed("beam") {
		if err := r.SetBeam(o.beam); err != nil {
			return err
		}
	}
	picture := o.attention != "" && o.attention != attentionTable
	ending := strings.ToLower(filepath.Ext(o.attention))
	if picture && ending != ".svg" && ending != ".png" {
		return linef("--attention=%s: a picture is written to a file that ends in .svg or .png", o.attention)
	}
	if picture && (len(inputs) > 1 || inputs[0] == "-") {
		return linef("--attention=%s: a picture shows one text; give one", o.attention)
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	translate := func(texts []string) error {
		translated, err := r.Translate(texts...)
		if err != nil {
			return err
		}
		for i, t := range translated {
			if err := writeTranslation(out, texts[i], t, o); err != nil {
				return err
			}
		}
		if picture {
			drawing := alignmentMap(translated[0])
			data := []byte(drawing.SVG())
			if ending == ".png" {
				data = drawing.PNG()
			}
			if err := atomicfile.WriteData(o.attention, data); err != nil {
				return err
			}
		}
		return errors.WithStack(out.Flush())
	}
	if inputs[0] != "-" {
		return translate(inputs)
	}
	return eachLines(cmd.InOrStdin(), true, translate)
}

// writeTranslation writes a translation, and the alignment where it is asked for.
func writeTranslation(w io.Writer, text string, t task.Translated, o predictOptions) error {
	if o.json {
		e := translationEvent{"prediction", text, t.Text, metric(t.Score), nil}
		if o.attention == attentionTable {
			e.Alignment = &alignmentEvent{t.Source, t.Target, t.Weights}
		}
		return writeJSON(w, e)
	}
	if _, err := fmt.Fprintln(w, t.Text); err != nil {
		return errors.WithStack(err)
	}
	if o.attention == attentionTable {
		_, err := fmt.Fprintf(w, "\n%s\n", alignmentTable(t))
		return errors.WithStack(err)
	}
	return nil
}

// alignmentTable shows for each token of the translation how much each of the source was looked at, in percent; less than
// half a percent is left out.
func alignmentTable(t task.Translated) *table {
	shown := &table{right: func(column int) bool { return column > 0 }}
	shown.add(append([]string{""}, tokensShown(t.Source)...)...)
	target := tokensShown(t.Target)
	for i, row := range t.Weights {
		cells := []string{target[i]}
		for _, w := range row {
			cell := ""
			if w >= 0.005 {
				cell = fixed(100*w, 0)
			}
			cells = append(cells, cell)
		}
		shown.add(cells...)
	}
	return shown
}

// alignmentMap is the alignment as a picture: a row for each token of the translation, a column for each of the source, the
// darker the more it was looked at.
func alignmentMap(t task.Translated) show.HeatMap {
	return show.HeatMap{Rows: tokensShown(t.Target), Columns: tokensShown(t.Source), Values: t.Weights}
}

// tokensShown returns tokens with the marks of their tokenizers as a person reads them: a space is ␣.
func tokensShown(tokens []string) []string {
	marks := strings.NewReplacer("</w>", "", "Ġ", "␣", " ", "␣")
	shown := make([]string, len(tokens))
	for i, t := range tokens {
		shown[i] = marks.Replace(t)
	}
	return shown
}

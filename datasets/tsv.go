package datasets

import (
	"io"
)

// TSV reads texts and their translations from the file at path: on each line a text, a tab and its translation, or " ||| "
// in place of the tab, as fast_align has it. What follows a second tab, such as the origin, is left out, and so are lines
// with nothing on them and a first line of names such as English and French. Where each line begins with a number, as in
// Tatoeba's id, text, id, text, the first two columns of text are read. [Source] and [Target] name others. A byte order
// mark and with it UTF-16 are recognised; [Encoding] reads Latin-1. Quotation marks are part of the text, unless the file
// shows that they are those of CSV, or [Quote] says so. A line break or a tab within them becomes a blank.
//
// A tenth of the different texts, at most 1,000, validates, and as many test. Which they are depends on the texts
// alone. All translations of a text stand in one part.
//
// At most 1 GiB is read, 1 MiB a line and 2²³ pairs. What was guessed or left out by [SkipEmpty] stands in the Notices of
// its Info. Every error is one line with the file and, where there is one, the line at fault: no tab, nothing on one side
// of it, text that is not UTF-8, fewer than 3 texts.
func TSV(path string, opts ...Option) (*Pairs, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	p, err := openTSV(path, o)
	if err == nil {
		p.Meta.opened("tsv:"+path, o)
	}
	return p, err
}

// ReadTSV reads pairs as [TSV] does, from r. The name stands for the file in errors and in the description of the
// dataset.
func ReadTSV(name string, r io.Reader, opts ...Option) (*Pairs, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	return readTSV(name, r, o)
}

func openTSV(path string, o options) (p *Pairs, err error) {
	err = readFile(path, func(r io.Reader) (err error) {
		p, err = readTSV(path, r, o)
		return err
	})
	return p, err
}

func readTSV(name string, r io.Reader, o options) (*Pairs, error) {
	how, err := o.rows()
	if err != nil {
		return nil, err
	}
	how.Separator, how.Uneven, how.Bars = '\t', true, true
	return readPairRows(name, r, how, o)
}

package texts

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Reading is how the inputs of a question become texts: its settings, and those of the training, which are the
// defaults.
type Reading struct {
	// Column is the name of the setting that names the column of texts: text or source, as in training.
	Column string
	// Lack says what an empty text has not got, "no label"; "" if an empty text is nothing to speak of.
	Lack     string
	Training datasets.Settings

	column, encoding, quote string
	files                   bool
	say                     func(string)
}

// Input is a text with the row that it stands in.
type Input struct {
	Text            string
	Columns, Fields []string
}

// Declare declares the settings.
func (r *Reading) Declare(s *option.Set) {
	var data datasets.Settings
	var known option.Set
	data.Declare(&known)
	s.Text(&r.column, r.Column, "column of texts in a table, or field of JSON lines; none is that of the training. With it standard input is a table, too")
	s.Text(&r.encoding, "encoding", "encoding of a file; none is that of the training").OneOf(known.Lookup("encoding").Choices()...)
	s.Text(&r.quote, "quote", "quotation marks in a table: whether they hold fields together (csv), are part of the text (none), or the file shows it (auto); none given is as in training").OneOf(known.Lookup("quote").Choices()...)
}

// ReadFiles lets inputs name files, as task.FileReader says.
func (r *Reading) ReadFiles(notice func(string)) { r.files, r.say = true, notice }

// notice says something about a file.
func (r *Reading) notice(name, text string) {
	if r.say != nil && text != "" {
		r.say(name + ": " + text)
	}
}

// Each gives the texts of the inputs to a function, no more than most at once: - is the body, others are texts or,
// where ReadFiles has allowed it, may name files. All names are looked at before the first text is given. Of lines of
// the body as many are given at once as have arrived.
func (r *Reading) Each(inputs []string, body io.Reader, most int, do func([]Input) error) error {
	sources := make([]source, len(inputs))
	for i, input := range inputs {
		var err error
		if sources[i], err = r.source(input); err != nil {
			return err
		}
		if r.Lack != "" && sources[i].path == "" && strings.TrimSpace(input) == "" {
			return errors.Errorf("text %d is empty; give at least one word", i+1)
		}
		if sources[i].path == bodyPath && slices.ContainsFunc(sources[:i], func(s source) bool { return s.path == bodyPath }) {
			return option.Usagef("standard input is there once; give - once")
		}
	}
	var texts []Input
	flush := func() error {
		if len(texts) == 0 {
			return nil
		}
		all := texts
		texts = nil
		return do(all)
	}
	for _, s := range sources {
		if s.path == "" {
			if texts = append(texts, r.line(s.text)); len(texts) == most {
				if err := flush(); err != nil {
					return err
				}
			}
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		if err := r.read(s, body, most, do); err != nil {
			return err
		}
	}
	return flush()
}

// line is a text that stands in no table.
func (r *Reading) line(text string) Input {
	return Input{text, []string{r.Column}, []string{text}}
}

// source is where texts come from.
type source struct {
	text string
	path string // of a file, or bodyPath; "" for the text
	form string // of datasets.TextForms; "" if the first line is to say it
}

// bodyPath stands for standard input.
const bodyPath = "-"

// source returns what an input stands for. What may be a name of a file is never taken for a text: that would be a
// prediction about the name.
func (r *Reading) source(input string) (source, error) {
	if input == bodyPath {
		return source{path: bodyPath}, nil
	}
	if !r.files {
		return source{text: input}, nil
	}
	prefix, path, _ := strings.Cut(input, ":")
	form := prefix
	if !slices.Contains(datasets.TextForms(), prefix) || path == "" || strings.HasPrefix(path, " ") {
		path, form = input, ""
	}
	if path == bodyPath {
		return source{path: bodyPath, form: form}, nil
	}
	const way = "give a text that is no name of a file, or a text on each line of standard input (-)"
	info, err := os.Stat(path)
	if _, rest, found := strings.Cut(path, ":"); err != nil && found && rest != "" { // as zoo run names other data
		if _, err := os.Stat(rest); err == nil {
			return source{}, errors.Errorf("%s: texts are read from %s:FILE; name %s so, or %s", input, strings.Join(datasets.TextForms(), ":FILE, "), rest, way)
		}
	}
	switch {
	case err == nil && info.IsDir():
		return source{}, errors.Errorf("%s: it is a folder; name a file in it, or %s", path, way)
	case err == nil:
		if form == "" {
			form, _ = datasets.TextFormOfFile(path)
		}
		return source{path: path, form: form}, nil
	case form != "" || datasets.LooksLikeFile(path), errors.Is(err, fs.ErrPermission):
		return source{}, errors.Errorf("%s: %v; check the path, or %s", path, cause(err), way)
	}
	return source{text: input}, nil
}

// cause returns the reason inside an error about a path, which would say the path again.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// read gives the texts of a file or of the body.
func (r *Reading) read(s source, body io.Reader, most int, do func([]Input) error) (err error) {
	name, in := s.path, body
	switch {
	case s.path != bodyPath:
		file, err := os.Open(s.path)
		if err != nil {
			return errors.Errorf("%s: it cannot be opened: %v", s.path, cause(err))
		}
		defer file.Close()
		in = file
	case body == nil:
		return option.Usagef("there is no input to read texts from; give some")
	default:
		name = "standard input"
	}
	training, given := r.Training, r.Training
	if r.encoding != "" {
		given.Encoding = r.encoding
	}
	given.Quote = cmp.Or(r.quote, given.Quote)
	if r.column != "" {
		if r.Column == "source" {
			given.Source = r.column
		} else {
			given.Text = r.column
		}
	}
	if r.Column == "source" {
		given.Source = cmp.Or(given.Source, "source") // so that texts are those of pairs
		given.Target = ""
	}
	form, notice := s.form, ""
	if form == "" {
		buffered := bufio.NewReaderSize(in, 1<<16)
		in = buffered
		form, notice = datasets.TextFormOfLine(firstLine(buffered), datasets.Use(given))
		if form == datasets.TextLines && r.column != "" {
			form, notice = datasets.TextCSV, ""
		}
		if form == datasets.TextLines && s.path != bodyPath {
			notice = cmp.Or(notice, "each line is taken for a text ("+r.Column+": COLUMN reads a table)")
		}
	}
	if form == datasets.TextLines && r.quote != "" {
		return option.Wrong("quote", r.quote, "%s is read line by line, where quotation marks are part of the text; leave it out, or name the column of texts of a table", name)
	}
	count := &counter{most: most, do: do, first: func() { r.notice(name, notice) }}
	defer func() {
		if count.empty > 0 && r.Lack != "" {
			r.notice(name, fmt.Sprintf("%s empty and has %s, the first on line %d", are(count.empty), r.Lack, count.line))
		}
	}()
	if form == datasets.TextLines && s.path == bodyPath && r.encoding == "" {
		return r.bodyLines(in, count)
	}
	if r.encoding == "" && training.Encoding != "" && training.Encoding != "utf-8" {
		r.notice(name, "the text is read as "+training.Encoding+", as in training (encoding: utf-8 if it is not)")
	}
	notices, err := datasets.EachText(form, name, in, func(row datasets.TextRow) error {
		return count.add(row.Line, Input{row.Text, row.Names, row.Fields})
	}, datasets.Use(given))
	for _, n := range notices {
		r.notice(name, n)
	}
	if err == nil {
		err = count.flush()
	}
	return err
}

// bodyLines gives the lines of the body as they arrive. They are UTF-8 whatever the files of the training were:
// somebody types them, or a program does.
func (r *Reading) bodyLines(in io.Reader, count *counter) error {
	n := 0
	return EachLines(in, count.most, func(lines []string) error {
		for _, line := range lines {
			if n++; !utf8.ValidString(line) {
				return errors.Errorf("standard input: line %d is not UTF-8; say what it is (encoding: latin1)", n)
			}
			if err := count.add(n, r.line(line)); err != nil {
				return err
			}
		}
		return count.flush()
	})
}

// counter gives texts on, some at a time, and counts the empty ones.
type counter struct {
	most  int
	do    func([]Input) error
	first func() // is called before the first do
	texts []Input
	empty int
	line  int // of the first empty one
}

func (c *counter) add(line int, in Input) error {
	if strings.TrimSpace(in.Text) == "" {
		if c.empty++; c.empty == 1 {
			c.line = line
		}
	}
	if c.texts = append(c.texts, in); len(c.texts) == c.most {
		return c.flush()
	}
	return nil
}

func (c *counter) flush() error {
	if len(c.texts) == 0 {
		return nil
	}
	if c.first != nil {
		c.first()
		c.first = nil
	}
	all := c.texts
	c.texts = nil
	return c.do(all)
}

func are(n int) string {
	if n == 1 {
		return "1 text is"
	}
	return fmt.Sprintf("%d texts are", n)
}

// firstLine returns the first line of a reader, or as much of it as the buffer holds, and leaves it there. It waits for
// no more than the line, since somebody may be typing.
func firstLine(r *bufio.Reader) string {
	for n := 1; ; n = r.Buffered() + 1 {
		_, err := r.Peek(n)
		all, _ := r.Peek(r.Buffered()) // which are there
		if i := bytes.IndexByte(all, '\n'); i >= 0 {
			return string(all[:i])
		}
		if err != nil || len(all) == r.Size() {
			return string(all)
		}
	}
}

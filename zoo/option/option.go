// Package option declares settings: each once, with its name, its help, its default and its bounds. Flags, checks, documents
// and forms are made of the declaration.
//
//	type Options struct {
//		Window int    `json:"window"`
//		Loss   string `json:"loss"`
//	}
//
//	func (o *Options) Declare(s *option.Set) {
//		s.Int(&o.Window, "window", "rows of the series that the model sees").AtLeast(1)
//		s.Text(&o.Loss, "loss", "what is made small").OneOf("mse", "mae")
//	}
//
// A Set serves one goroutine at a time.
package option

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnzoo/rnnzoo/internal/suggest"
)

// Set is settings in the order in which they were declared. The zero value is an empty one, and a nil one stays empty.
type Set struct {
	fields []*Field
	group  string
}

// Field is a setting. It implements the Value interfaces of the packages flag and pflag.
type Field struct {
	Name    string // with hyphens: "weight-decay"
	Help    string // one line
	Group   string // under which it is shown
	Default string // as Set takes it

	kind    kind
	get     func() string
	set     func(string) error
	number  func() float64 // of an int or a float
	least   float64
	above   bool // least itself is out
	most    float64
	below   bool // most itself is out
	choices []string
	check   func() error
	data    []string
	without string
}

// kind is the type of a setting's values, in the words of pflag.
type kind string

const (
	kindInt   kind = "int"
	kindUint  kind = "uint64"
	kindFloat kind = "float64"
	kindBool  kind = "bool"
	kindText  kind = "string"
	kindList  kind = "strings"
)

// Group puts the settings that are declared from now on under a title.
func (s *Set) Group(title string) {
	if s != nil {
		s.group = title
	}
}

// Fields returns the settings in the order in which they were declared.
func (s *Set) Fields() []*Field {
	if s == nil {
		return nil
	}
	return slices.Clone(s.fields)
}

// Lookup returns the setting of a name, or nil.
func (s *Set) Lookup(name string) *Field {
	for _, f := range s.Fields() {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Names returns the names of the settings.
func (s *Set) Names() []string {
	var names []string
	for _, f := range s.Fields() {
		names = append(names, f.Name)
	}
	return names
}

// Set sets the setting of a name from a text. A name that is not declared is a UsageError that suggests the nearest.
func (s *Set) Set(name, value string) error {
	f := s.Lookup(name)
	if f == nil {
		want := "there is no such setting"
		if near := suggest.Nearest(name, s.Names()); near != "" {
			want += "; did you mean " + near + "?"
		} else if len(s.Fields()) > 0 {
			want += "; choose one of " + strings.Join(s.Names(), ", ")
		}
		return Wrong(name, value, "%s", want)
	}
	return f.Set(value)
}

// Check returns a UsageError for the first setting that is out of its bounds.
func (s *Set) Check() error {
	for _, f := range s.Fields() {
		if err := f.Check(); err != nil {
			return err
		}
	}
	return nil
}

// Add adds settings of another set as they were declared there; what no set has declared is left out.
func (s *Set) Add(fields ...*Field) {
	if s == nil {
		return
	}
	for _, f := range fields {
		if f.declared() {
			s.fields = append(s.fields, f)
		}
	}
}

// declared reports whether a field was declared by a set.
func (f *Field) declared() bool { return f != nil && f.get != nil }

func (s *Set) add(f *Field) *Field {
	f.least, f.most = math.Inf(-1), math.Inf(1)
	f.Default = f.get()
	if s != nil {
		f.Group = s.group
		s.fields = append(s.fields, f)
	}
	return f
}

// or returns a pointer, or one to zero in place of nil.
func or[T any](p *T) *T {
	if p == nil {
		return new(T)
	}
	return p
}

// Int declares a whole number. The pointer's value at the time of the call is the default, here and in the other
// declarations. A nil pointer stands for one to zero that nobody reads.
func (s *Set) Int(p *int, name, help string) *Field {
	p = or(p)
	f := &Field{Name: name, Help: help, kind: kindInt, get: func() string { return strconv.Itoa(*p) }, number: func() float64 { return float64(*p) }}
	f.set = func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil {
			return Wrong(name, text, "want a whole number")
		}
		*p = n
		return nil
	}
	return s.add(f)
}

// Uint declares a whole number of at least 0, such as a seed.
func (s *Set) Uint(p *uint64, name, help string) *Field {
	p = or(p)
	f := &Field{Name: name, Help: help, kind: kindUint, get: func() string { return strconv.FormatUint(*p, 10) }, number: func() float64 { return float64(*p) }}
	f.set = func(text string) error {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return Wrong(name, text, "want a whole number of at least 0")
		}
		*p = n
		return nil
	}
	return s.add(f)
}

// Float declares a number.
func (s *Set) Float(p *float64, name, help string) *Field {
	p = or(p)
	f := &Field{Name: name, Help: help, kind: kindFloat, number: func() float64 { return *p },
		get: func() string { return strconv.FormatFloat(*p, 'g', -1, 64) }}
	f.set = func(text string) error {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return Wrong(name, text, "want a number")
		}
		*p = x
		return nil
	}
	return s.add(f)
}

// Bool declares a switch.
func (s *Set) Bool(p *bool, name, help string) *Field {
	p = or(p)
	f := &Field{Name: name, Help: help, kind: kindBool, get: func() string { return strconv.FormatBool(*p) }}
	f.set = func(text string) error {
		on, err := strconv.ParseBool(text)
		if err != nil {
			return Wrong(name, text, "want true or false")
		}
		*p = on
		return nil
	}
	return s.add(f)
}

// Text declares a text.
func (s *Set) Text(p *string, name, help string) *Field {
	p = or(p)
	f := &Field{Name: name, Help: help, kind: kindText, get: func() string { return *p }}
	f.set = func(text string) error { *p = text; return nil }
	return s.add(f)
}

// List declares texts, which are written with commas between them.
func (s *Set) List(p *[]string, name, help string) *Field {
	p = or(p)
	f := &Field{Name: name, Help: help, kind: kindList, get: func() string { return joinList(*p) }}
	f.set = func(text string) (err error) {
		list, err := splitList(text)
		if err != nil {
			return Wrong(name, text, `want names with commas between them, one that holds a comma between quotation marks: a,"b,c"`)
		}
		*p = list
		return nil
	}
	return s.add(f)
}

// AtLeast bounds a number from below: x itself is allowed.
func (f *Field) AtLeast(x float64) *Field { f.least, f.above = x, false; return f }

// Above bounds a number from below: x itself is not allowed.
func (f *Field) Above(x float64) *Field { f.least, f.above = x, true; return f }

// AtMost bounds a number from above: x itself is allowed.
func (f *Field) AtMost(x float64) *Field { f.most, f.below = x, false; return f }

// Below bounds a number from above: x itself is not allowed.
func (f *Field) Below(x float64) *Field { f.most, f.below = x, true; return f }

// OneOf names the values that a text may have. "" is allowed where it is the default.
func (f *Field) OneOf(choices ...string) *Field { f.choices = choices; return f }

// Checked adds a rule of its own, such as a schedule's syntax: an error that says what is wrong, without the setting's name.
func (f *Field) Checked(check func() error) *Field { f.check = check; return f }

// Without says what the setting's name alone, as a flag without a value, stands for. Of a switch that is true.
func (f *Field) Without(value string) *Field { f.without = value; return f }

// WithoutValue returns what the setting's name alone stands for; "" means that it needs a value.
func (f *Field) WithoutValue() string {
	if f.kind == kindBool {
		return "true"
	}
	return f.without
}

// For names the kinds of data that a setting is for; without it is for all.
func (f *Field) For(data ...string) *Field { f.data = data; return f }

// Data returns the kinds of data that a setting is for; nil means all.
func (f *Field) Data() []string { return f.data }

// Choices returns the values that a text may have; nil means any. Of a switch they are true and false.
func (f *Field) Choices() []string {
	if f.kind == kindBool {
		return []string{"true", "false"}
	}
	return f.choices
}

// Check returns a UsageError if the value is out of its bounds.
func (f *Field) Check() error {
	if f.number != nil {
		switch x := f.number(); {
		case f.above && !(x > f.least):
			return Wrong(f.Name, rawText(f.get()), "want a number above %s", format(f.least))
		case !(x >= f.least) && !math.IsInf(f.least, -1):
			return Wrong(f.Name, rawText(f.get()), "want at least %s", format(f.least))
		case f.below && !(x < f.most):
			return Wrong(f.Name, rawText(f.get()), "want less than %s", format(f.most))
		case !(x <= f.most) && !math.IsInf(f.most, 1):
			return Wrong(f.Name, rawText(f.get()), "want at most %s", format(f.most))
		case math.IsNaN(x), math.IsInf(x, 0):
			return Wrong(f.Name, rawText(f.get()), "want a finite number")
		}
	}
	if value := f.get(); f.choices != nil && !slices.Contains(f.choices, value) && !(value == "" && f.Default == "") {
		hint := "choose one of " + strings.Join(f.choices, ", ")
		if near := suggest.Nearest(value, f.choices); near != "" {
			hint = "did you mean " + near + "? " + strings.ToUpper(hint[:1]) + hint[1:]
		}
		return Wrong(f.Name, value, "not found; %s", hint)
	}
	if f.check != nil {
		if err := f.check(); err != nil {
			if f.number != nil {
				return Wrong(f.Name, rawText(f.get()), "%v", err)
			}
			return Wrong(f.Name, f.get(), "%v", err)
		}
	}
	return nil
}

// Bounds says in words what a value may be, for a document: "at least 1", "one of mse, mae". It is "" if any will do.
func (f *Field) Bounds() string {
	if f.choices != nil {
		return "one of " + strings.Join(f.choices, ", ")
	}
	var parts []string
	switch {
	case math.IsInf(f.least, -1):
	case f.above:
		parts = append(parts, "above "+format(f.least))
	default:
		parts = append(parts, "at least "+format(f.least))
	}
	switch {
	case math.IsInf(f.most, 1):
	case f.below:
		parts = append(parts, "below "+format(f.most))
	default:
		parts = append(parts, "at most "+format(f.most))
	}
	return strings.Join(parts, ", ")
}

// format formats a bound, a whole number with all its digits.
func format(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// Set implements flag.Value.
func (f *Field) Set(text string) error { return f.set(text) }

// String implements flag.Value: the value as Set takes it.
func (f *Field) String() string {
	if f == nil || f.get == nil { // as package flag makes one to learn what zero is
		return ""
	}
	return f.get()
}

// Type implements pflag.Value.
func (f *Field) Type() string { return string(f.kind) }

// IsBoolFlag has a switch need no value behind it.
func (f *Field) IsBoolFlag() bool { return f.kind == kindBool }

// rawText is a text that an error shows without quotation marks, as of a number.
type rawText string

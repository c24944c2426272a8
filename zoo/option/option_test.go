package option_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// settings has one of each kind.
type settings struct {
	Window int
	Seed   uint64
	Rate   float64
	Log    bool
	Loss   string
	Names  []string
}

func declared() (*settings, *option.Set) {
	v := &settings{Window: 12, Seed: 1, Rate: 0.5, Loss: "mse"}
	s := new(option.Set)
	s.Int(&v.Window, "window", "rows").AtLeast(1)
	s.Uint(&v.Seed, "seed", "seed")
	s.Group("Data")
	s.Float(&v.Rate, "rate", "rate").AtLeast(0).Below(1)
	s.Bool(&v.Log, "log", "logarithms")
	s.Text(&v.Loss, "loss", "loss").OneOf("mse", "mae", "huber")
	s.List(&v.Names, "columns", "names").For("series")
	return v, s
}

func TestSetAndDefaults(t *testing.T) {
	v, s := declared()
	for name, text := range map[string]string{"window": "30", "seed": "18446744073709551615", "rate": "0.25", "log": "true", "loss": "mae", "columns": `a,"b,c"`} {
		if err := s.Set(name, text); err != nil {
			t.Fatal(err)
		}
		if got := s.Lookup(name).String(); got != text {
			t.Errorf("%s is %q, want %q", name, got, text)
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if v.Window != 30 || v.Seed != 1<<64-1 || v.Rate != 0.25 || !v.Log || v.Loss != "mae" || !slices.Equal(v.Names, []string{"a", "b,c"}) {
		t.Errorf("got %+v", *v)
	}
	if got := s.Lookup("window").Default; got != "12" {
		t.Errorf("the default is %q, want that of the declaration", got)
	}
	if got := s.Lookup("columns").Data(); !slices.Equal(got, []string{"series"}) {
		t.Errorf("columns are for %q", got)
	}
	if a, b := s.Lookup("seed").Group, s.Lookup("rate").Group; a != "" || b != "Data" {
		t.Errorf("groups %q and %q", a, b)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"window", "0", "window 0: want at least 1"},
		{"window", "ten", `window "ten": want a whole number`},
		{"seed", "-1", `seed "-1": want a whole number of at least 0`},
		{"rate", "1", "rate 1: want less than 1"},
		{"rate", "NaN", "rate NaN: want at least 0"},
		{"rate", "+Inf", "rate +Inf: want less than 1"},
		{"speed", "+Inf", "speed +Inf: want a finite number"},
		{"speed", "0", "speed 0: want a number above 0"},
		{"shift", "NaN", "shift NaN: want a finite number"},
		{"shift", "-Inf", "shift -Inf: want a finite number"},
		{"shift", "1e7", "shift 1e+07: want at most 1048576"},
		{"rate", "x", `rate "x": want a number`},
		{"log", "maybe", `log "maybe": want true or false`},
		{"loss", "mes", `loss "mes": not found; did you mean mse? Choose one of mse, mae, huber`},
		{"loss", "", `loss "": not found; choose one of mse, mae, huber`},
		{"columns", `a,"b`, `columns "a,\"b": want names with commas between them, one that holds a comma between quotation marks: a,"b,c"`},
		{"windwo", "3", `windwo "3": there is no such setting; did you mean window?`},
	} {
		_, s := declared()
		speed, shift := 1.0, -1.0
		s.Float(&speed, "speed", "").Above(0)
		s.Float(&shift, "shift", "")
		if c.value == "1e7" {
			s.Lookup("shift").AtMost(1 << 20)
		}
		err := s.Set(c.name, c.value)
		if err == nil {
			err = s.Check()
		}
		var usage *option.UsageError
		if !errors.As(err, &usage) || err.Error() != c.want || usage.Setting != c.name {
			t.Errorf("%s %q: %v; want %s", c.name, c.value, err, c.want)
		}
	}
}

func TestChecked(t *testing.T) {
	spec := "a:b"
	s := new(option.Set)
	s.Text(&spec, "spec", "").Checked(func() error {
		if strings.Contains(spec, ":") {
			return errors.New("want no colon")
		}
		return nil
	})
	if err := s.Check(); err == nil || err.Error() != `spec "a:b": want no colon` {
		t.Error(err)
	}
	if err := s.Set("spec", "a"); err != nil || s.Check() != nil {
		t.Error(err, s.Check())
	}
	odd, n := new(option.Set), 2
	odd.Int(&n, "n", "").Checked(func() error { return errors.New("want an odd number") })
	if err := odd.Check(); err == nil || err.Error() != "n 2: want an odd number" {
		t.Error(err)
	}
}

func TestBounds(t *testing.T) {
	_, s := declared()
	for name, want := range map[string]string{"window": "at least 1", "seed": "", "rate": "at least 0, below 1", "loss": "one of mse, mae, huber"} {
		if got := s.Lookup(name).Bounds(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// A field is a flag of package flag, too.
func TestFlags(t *testing.T) {
	v, s := declared()
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, f := range s.Fields() {
		flags.Var(f, f.Name, f.Help)
	}
	if err := flags.Parse([]string{"-window", "5", "-log", "-columns=x,y"}); err != nil {
		t.Fatal(err)
	}
	if v.Window != 5 || !v.Log || !slices.Equal(v.Names, []string{"x", "y"}) {
		t.Errorf("got %+v", *v)
	}
	if flags.Parse([]string{"-window", "x"}) == nil {
		t.Error("a flag that is no number is taken")
	}
	flags.PrintDefaults() // which makes zero fields
}

func ExampleSet() {
	window := 24
	var s option.Set
	s.Int(&window, "window", "rows of the series that the model sees").AtLeast(1)
	fmt.Println(s.Set("window", "0"), window)
	fmt.Println(s.Check())
	// Output:
	// <nil> 0
	// window 0: want at least 1
}

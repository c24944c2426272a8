package datasets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// all returns the sequences of a list, which make sense.
func all(t *testing.T, s *Sequences, l SequenceList) (all []Sequence) {
	t.Helper()
	for i := range l.Len() {
		q, err := s.Get(l, i)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, q)
	}
	return all
}

// TestAdding looks at what is to be added, and at how wrong who says the mean is: 1/6 on average.
func TestAdding(t *testing.T) {
	s := Adding()
	if s.Train.Len() != 10_000 || s.Valid.Len() != 1_000 || s.Test.Len() != 1_000 || s.Train.Steps(0) != 600 {
		t.Fatalf("%d, %d and %d sequences of %d steps", s.Train.Len(), s.Valid.Len(), s.Test.Len(), s.Train.Steps(0))
	}
	squares, sum := 0.0, 0.0
	marked := make([]int, 600)
	for _, q := range all(t, s, s.Test) {
		var marks []int
		want := 0.0
		for step := range 600 {
			x, m := q.Values[2*step], q.Values[2*step+1]
			sum += float64(x) / 600 / 1000
			switch {
			case x < 0 || x >= 1 || m != 0 && m != 1:
				t.Fatalf("a row is %v, %v", x, m)
			case m == 1:
				marks = append(marks, step)
				marked[step]++
				want += float64(x)
			}
		}
		if len(marks) != 2 || marks[0] >= 300 || marks[1] < 300 || q.Target != want {
			t.Fatalf("marked are %v, and the target is %v; want %v", marks, q.Target, want)
		}
		squares += (q.Target - 1) * (q.Target - 1) / 1000
	}
	// The square of the sum of two uniform numbers less 1 has the mean 1/6 and the variance 7/180: four standard errors.
	if e := math.Abs(squares - 1.0/6); e > 4*math.Sqrt(7.0/180/1000) {
		t.Errorf("the mean squared error of 1 is %v; want about 1/6", squares)
	}
	if math.Abs(sum-0.5) > 4*math.Sqrt(1.0/12/600_000) {
		t.Errorf("the mean of the numbers is %v", sum)
	}
	if n := slices.Max(marked); n > 15 { // 3.3 on average; of 600 Poisson variables one in 10⁴ times
		t.Errorf("one step of 600 is marked %d times in 1,000 sequences", n)
	}
}

// TestCopy looks at what is to be remembered, and what who remembers nothing loses.
func TestCopy(t *testing.T) {
	s, err := Copy().Resized(50)
	if err != nil {
		t.Fatal(err)
	}
	const steps = 70
	loss, symbols := 0.0, make([]int, 8)
	for _, q := range all(t, s, s.Test) {
		in := make([]int, steps)
		for step := range in {
			row := q.Values[10*step : 10*step+10]
			in[step] = slices.Index(row, 1)
			if sum := row[0] + row[1] + row[2] + row[3] + row[4] + row[5] + row[6] + row[7] + row[8] + row[9]; sum != 1 {
				t.Fatalf("a row is %v", row)
			}
		}
		blank := slices.Repeat([]int{8}, steps)
		wantIn, wantOut := slices.Clone(blank), slices.Clone(blank)
		copy(wantIn, in[:10])
		copy(wantOut[60:], in[:10])
		if wantIn[59] = 9; !slices.Equal(in, wantIn) || !slices.Equal(q.Labels, wantOut) {
			t.Fatalf("in %v\nout %v", in, q.Labels)
		}
		for step, label := range q.Labels {
			if p := 1.0 / 8; step >= 60 {
				loss -= math.Log(p) / steps / 1000
				symbols[label]++
			}
		}
	}
	if want := 10 * math.Log(8) / steps; math.Abs(loss-want) > 1e-12 {
		t.Errorf("who remembers nothing loses %v; want %v", loss, want)
	}
	for class, n := range symbols { // of 10,000
		if math.Abs(float64(n)-1250) > 4*math.Sqrt(10_000.0/8*7/8) {
			t.Errorf("symbol %d is there %d times; want about 1,250", class, n)
		}
	}
	if n := Copy().Train.Steps(9_999); n != 1020 {
		t.Errorf("%d steps; want 1,020", n)
	}
}

// TestDrawn holds sequences that are drawn against one another: the same ones of the same seed, epoch and place, and no two
// that are the same otherwise.
func TestDrawn(t *testing.T) {
	s, err := Adding().Resized(4)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[[2]float32]string)
	look := func(l SequenceList, where string) {
		for i := range 50 {
			q := l.At(i)
			if again := l.At(i); !reflect.DeepEqual(again, q) {
				t.Fatalf("%v, and again %v", q, again)
			}
			at, numbers := fmt.Sprint(where, ", place ", i), [2]float32{q.Values[0], q.Values[2]} // of 48 bits
			if other, ok := seen[numbers]; ok {
				t.Fatalf("%s is as %s", at, other)
			}
			seen[numbers] = at
		}
	}
	for _, part := range []string{"train", "valid", "test"} {
		l, err := s.Part(part)
		if err != nil {
			t.Fatal(err)
		}
		look(l, part)
		for _, seed := range []uint64{0, 1, 2} {
			for epoch := 1; epoch < 4; epoch++ {
				look(l.Epoch(seed, epoch), fmt.Sprint(part, ", seed ", seed, ", epoch ", epoch))
			}
		}
	}
	stored := NewSequenceList(1, Sequence{Values: []float32{1, 2}}, Sequence{Values: []float32{3}})
	if later := stored.Epoch(3, 4); later.Len() != 2 || later.Steps(0) != 2 || later.Steps(1) != 1 || later.At(1).Values[0] != 3 {
		t.Errorf("sequences that are there are others in an epoch: %v", later.At(1))
	}
	for _, l := range []SequenceList{{}, NewSequenceList(0), LazySequences(3, nil, nil), DrawnSequences(3, 1, 1, nil), DrawnSequences(-1, 1, 1, func(*rand.Rand) Sequence { return Sequence{} })} {
		if l.Len() != 0 || l.Steps(0) != 0 || !reflect.DeepEqual(l.Epoch(1, 1).At(-1), Sequence{}) {
			t.Errorf("%+v is not empty", l)
		}
	}
}

// TestLength opens tests of another length, and says what has none.
func TestLength(t *testing.T) {
	for name, want := range map[string]int{"adding": 37, "copy": 57} {
		d, err := Open(name, Length(37))
		if err != nil {
			t.Fatal(err)
		}
		s := d.(*Sequences)
		again, err := Open(s.Info().Spec, Use(s.Info().Settings))
		if err != nil || s.Test.Steps(0) != want || again.(*Sequences).Test.Steps(0) != want || !reflect.DeepEqual(again.(*Sequences).Test.At(7), s.Test.At(7)) {
			t.Errorf("%s of %d steps; want %d; %v", name, s.Test.Steps(0), want, err)
		}
		usual, err := Open(name)
		if err != nil || usual.Info().Settings.Length != 0 {
			t.Errorf("%+v, %v", usual.Info(), err)
		}
		for _, length := range []int{-1, 1 << 21} {
			_, err := Open(name, Use(Settings{Length: length}))
			var usage *option.UsageError
			if !errors.As(err, &usage) || usage.Setting != "length" {
				t.Errorf("%s of length %d: %v", name, length, err)
			}
		}
	}
	for _, s := range []*Sequences{nil, {}, {Meta: Info{Name: "beats"}}} {
		if _, err := s.Resized(5); err == nil || !strings.HasPrefix(err.Error(), "length 5: the sequences of ") {
			t.Errorf("error %v", err)
		}
	}
}

// TestSequencesChecked names the first thing that makes no sense.
func TestSequencesChecked(t *testing.T) {
	classes := []string{"a", "b"}
	nan := float32(math.NaN())
	for _, c := range []struct {
		s    Sequences
		q    Sequence
		want string
	}{
		{Sequences{Width: 2, Classes: classes}, Sequence{Values: []float32{1, 2, 3, 4}, Label: 1}, ""},
		{Sequences{Width: 2}, Sequence{Values: []float32{1, 2}, Target: -7}, ""},
		{Sequences{Width: 1, Classes: classes, EachStep: true}, Sequence{Values: []float32{1, 2}, Labels: []int{-1, 1}}, ""},
		{Sequences{Width: 2}, Sequence{Values: []float32{1, 2, 3}}, "it has 3 numbers; want at least one row of 2, and 1 rows"},
		{Sequences{Width: 2}, Sequence{}, "it has 0 numbers; want at least one row of 2, and 0 rows"},
		{Sequences{Width: 2}, Sequence{Values: []float32{1, 2, nan, 4}}, "number 1 in row 2 is NaN; want a finite number"},
		{Sequences{Width: 1}, Sequence{Values: []float32{1}, Target: math.Inf(1)}, "its number is +Inf; want a finite one"},
		{Sequences{Width: 1, Classes: classes}, Sequence{Values: []float32{1}, Label: 2}, "its label is 2; want 0 to 1, one of the 2 classes"},
		{Sequences{Width: 1, Classes: classes, EachStep: true}, Sequence{Values: []float32{1}}, "it has 0 labels; want one for each of its 1 steps"},
		{Sequences{Width: 1, Classes: classes, EachStep: true}, Sequence{Values: []float32{1, 2}, Labels: []int{-1, -100}}, "none of its steps has a label; leave it out"},
		{Sequences{Width: 1, Classes: classes, EachStep: true}, Sequence{Values: []float32{1}, Labels: []int{2}}, "the label of step 1 is 2; want one of the 2 classes, or below 0 for none"},
	} {
		c.s.Meta.Name = "signals"
		_, err := c.s.Get(NewSequenceList(c.s.Width, c.q), 0)
		if (err == nil) != (c.want == "") || err != nil && err.Error() != "signals: sequence 1: "+c.want {
			t.Errorf("%+v: %v; want %s", c.q, err, c.want)
		}
	}
}

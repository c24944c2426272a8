package datasets

import (
	"fmt"
	"reflect"
	"testing"
)

func TestHoldOut(t *testing.T) {
	var all []Example
	for i := range 1000 {
		label := 0
		if i%4 == 0 {
			label = 1
		}
		all = append(all, Example{fmt.Sprint("text ", i), label})
	}
	kept, held, err := holdOut(all, 101, 7)
	if err != nil {
		t.Fatal(err)
	}
	if len(held) != 101 || len(kept) != 899 {
		t.Errorf("%d held out, %d kept", len(held), len(kept))
	}
	ones := 0
	for _, e := range held {
		ones += e.Label
	}
	if ones < 25 || ones > 26 {
		t.Errorf("%d of 101 held out are of the class with a quarter of the examples", ones)
	}
	if _, again, _ := holdOut(all, 101, 7); !reflect.DeepEqual(again, held) {
		t.Error("the same seed holds out other examples")
	}
	if _, other, _ := holdOut(all, 101, 8); reflect.DeepEqual(other, held) {
		t.Error("another seed holds out the same examples")
	}
}

func TestHoldOutKeepsCopiesTogether(t *testing.T) {
	var all []Example
	for i := range 300 {
		all = append(all, Example{fmt.Sprint("text ", i/3), i % 2})
	}
	kept, held, err := holdOut(all, 60, 0)
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]bool{}
	for _, e := range kept {
		in[e.Text] = true
	}
	for _, e := range held {
		if in[e.Text] {
			t.Fatalf("%q is on both sides", e.Text)
		}
	}
	if len(held) < 55 || len(held) > 60 {
		t.Errorf("%d held out; want about 60", len(held))
	}
}

func TestHoldOutErrors(t *testing.T) {
	for _, all := range [][]Example{nil, {{"a", 0}}, {{"a", 0}, {"a", 1}, {"a", 0}}} {
		if _, _, err := holdOut(all, 1, 0); err == nil {
			t.Errorf("held 1 out of %v", all)
		}
	}
}

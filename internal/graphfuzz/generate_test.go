package graphfuzz

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/rnnzoo/rnnzoo/graph"
)

// TestEveryOperation checks that the programs of the default seeds have every operation that there is, networks, gradients
// and carries, and that a seed always gives the same program.
func TestEveryOperation(t *testing.T) {
	count := make(map[string]int)
	for seed := range uint64(200) {
		p := Generate(seed + 1)
		eachNode(p.Nodes, func(n *Node) {
			count[n.Op]++
			if n.Op == "Loop" {
				count[fmt.Sprint("loops of form ", n.Ints[loopForm])]++
				count[fmt.Sprint("loops of mask ", n.Ints[loopMask])]++
				count[fmt.Sprint("loops with initial states ", n.Ints[loopInitial])]++
				eachNode(n.Body.Nodes, func(m *Node) {
					if m.Op == "Loop" {
						count["loops in loops"]++
					}
				})
			}
		})
		count["carries"] += len(p.Carries)
		if again := Generate(seed + 1); p.String() != again.String() {
			t.Errorf("seed %d gives\n%v\nand\n%v", seed+1, p, again)
		}
	}
	for name := range operations {
		count[name] += 0
	}
	if os.Getenv("ZOO_FUZZ") != "" {
		t.Log(count)
	}
	for name, n := range count {
		if n < 3 && name != "LayerNorm" || n == 0 {
			t.Errorf("%s: %d in 200 programs", name, n)
		}
	}
}

// TestOperationsAreThoseOfBuilder finds the methods of graph.Builder that declare a node and that no program has.
func TestOperationsAreThoseOfBuilder(t *testing.T) {
	has := map[string]string{ // under other names
		"Grad": "Grad", "Unroll": "Unroll", "UnrollReverse": "Unroll", "Split": "Slice", "Dropout": "SharedDropout", "LinearInit": "Linear",
		"LockedDropout": "SharedDropout", "CrossEntropies": "CrossEntropy", "Embedding": "Gather", "GaussianNLL": "StudentTNLL",
		"SMAPE": "MAE", "Fail": "no operation", "FailState": "no operation",
	}
	node := reflect.TypeFor[node]()
	builder := reflect.TypeFor[*graph.Builder]()
	for i := range builder.NumMethod() {
		m := builder.Method(i)
		makes := false
		for k := range m.Type.NumOut() {
			out := m.Type.Out(k)
			makes = makes || out == node || out.Kind() == reflect.Slice && out.Elem() == node
		}
		if _, ok := operations[m.Name]; makes && !ok && has[m.Name] == "" {
			t.Errorf("no program has %s; give it a line in program.go and a motif", m.Name)
		}
	}
}

// TestClean takes a node out of a program, and what only that needed.
func TestClean(t *testing.T) {
	p := &Program{Loss: -1, Nodes: []Node{{Op: "Input", Name: "a", Ints: []int{2}}, {Op: "Input", Name: "b", Ints: []int{2}},
		{Op: "Tanh", Args: []int{1}}, {Op: "Add", Args: []int{2, 2}}, {Op: "Neg", Args: []int{3}}}, Outputs: []int{4}}
	p.replace(3, 2)
	p.clean()
	if want := "values of seed 0\nv0 := b.Input(\"b\", 2)\nv1 := b.Tanh(v0)\nv2 := b.Neg(v1)\noutput v2\n"; p.String() != want {
		t.Errorf("without a node the program is\n%v; want\n%v", p, want)
	}
	if c := p.clone(); !slices.Equal(c.Outputs, p.Outputs) || &c.Nodes[0] == &p.Nodes[0] {
		t.Error("a clone is another program, or shares its nodes")
	}
}

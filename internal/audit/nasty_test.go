package audit

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// nasties returns values of a type that make no sense, or hardly any. They are of the world, which their order does not
// depend on, so that the value at a place can be made again in another.
func (w *world) nasties(t reflect.Type) []reflect.Value { return w.nasty(t, 2) }

// special are nasty values of types that reflection knows too little of.
var special map[reflect.Type]func(w *world) []any

func init() {
	special = map[reflect.Type]func(w *world) []any{
		reflect.TypeFor[*gorgonia.Node](): func(w *world) []any {
			b, other := of[*graph.Builder](w), graph.NewBuilder(nil)
			g := b.Graph()
			return []any{(*gorgonia.Node)(nil), new(gorgonia.Node), other.Input("foreign", 2, 2), b.Const(2), b.Input("vector", 3), b.Input("cube", 2, 3, 4),
				b.IndexInput("index", 2, 2), b.IndexInput("indices", 2), gorgonia.NewMatrix(g, tensor.Float64, gorgonia.WithShape(2, 2), gorgonia.WithName("64")),
				gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithName("shapeless")), gorgonia.NewScalar(g, tensor.Int, gorgonia.WithName("whole")),
				gorgonia.NewConstant(float32(1)), b.Const(math.NaN(), 2, 2)}
		},
		reflect.TypeFor[*tensor.Dense](): func(*world) []any {
			return []any{(*tensor.Dense)(nil), tensor.New(tensor.Of(tensor.Int), tensor.WithShape(2, 2)), tensor.New(tensor.FromScalar(float32(1))),
				tensor.New(tensor.WithBacking([]string{"a"}), tensor.WithShape(1))}
		},
		reflect.TypeFor[gorgonia.ValueGrad](): func(w *world) []any {
			return []any{nil, (*graph.ParamGrad)(nil), of[*gorgonia.Node](w), odd{}, odd{gorgonia.NewF64(1), nil}, odd{gorgonia.NewI(1), gorgonia.NewI(1)},
				odd{tensor.New(tensor.WithBacking([]float32{1, 2})), tensor.New(tensor.WithBacking([]float64{1, 2}))},
				odd{tensor.New(tensor.WithBacking([]float32{1, 2})), tensor.New(tensor.WithBacking([]float32{1, 2, 3}))},
				odd{tensor.New(tensor.WithBacking([]float32{1, 2})), tensor.New(tensor.WithBacking([]float32{float32(math.NaN()), 2}))},
				odd{(*tensor.Dense)(nil), (*tensor.Dense)(nil)}}
		},
		reflect.TypeFor[context.Context](): func(*world) []any {
			ended, cancel := context.WithCancel(context.Background())
			cancel()
			return []any{nil, ended}
		},
		reflect.TypeFor[tensor.Dtype](): func(*world) []any { return []any{tensor.Dtype{}, tensor.Int, tensor.String} },
		reflect.TypeFor[any](): func(w *world) []any {
			return []any{nil, "text", []float32{1}, []float64{math.NaN(), 1, 1, 1}, []int{1, 2, 3, 4}, []string{"a"}, math.MaxInt, math.NaN(), (*tensor.Dense)(nil), func() {}, struct{}{},
				make(chan int), new(int), of[*tensor.Dense](w), tensor.New(tensor.WithBacking([]string{"a"}), tensor.WithShape(1)), []byte(nil), &train.Adam{}, (*train.Adam)(nil)}
		},
		reflect.TypeFor[time.Time](): func(*world) []any {
			return []any{time.Time{}, time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0).UTC(), time.Date(-1, 2, 30, 24, 0, 0, -1, time.FixedZone("", 1<<31-1)),
				time.Date(math.MaxInt32, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(1, 0).In(time.FixedZone("steps", 0))}
		},
		reflect.TypeFor[error]():        func(*world) []any { return []any{nil, (*option.UsageError)(nil), new(option.UsageError)} },
		reflect.TypeFor[*http.Client](): func(*world) []any { return []any{(*http.Client)(nil), new(http.Client)} },
	}
}

// odd is a gorgonia.ValueGrad of whatever.
type odd struct{ value, grad gorgonia.Value }

func (o odd) Value() gorgonia.Value         { return o.value }
func (o odd) Grad() (gorgonia.Value, error) { return o.grad, nil }

var (
	ints   = []int64{0, -1, 1, 3, 100, 1 << 31, 1 << 40, math.MinInt64, math.MaxInt64}
	floats = []float64{0, -1, 2, 1e300, -1e300, 5e-324, math.NaN(), math.Inf(1), math.Inf(-1)}
	texts  = []string{"", "\xff\xfe", "\x00", "a/../b", "-1", "NaN", "é̀ \n\t%s", strings.Repeat("long ", 200), strings.Repeat("x", 1<<17), ":", "a:b=c,d"}
)

func (w *world) nasty(t reflect.Type, depth int) []reflect.Value {
	var all []reflect.Value
	add := func(v any) {
		x := reflect.New(t).Elem()
		if v != nil {
			x.Set(reflect.ValueOf(v).Convert(t))
		}
		all = append(all, x)
	}
	if s := special[t]; s != nil {
		for _, v := range s(w) {
			add(v)
		}
		return all
	}
	zero := reflect.Zero(t)
	switch t.Kind() {
	case reflect.Bool:
		add(true)
		add(false)
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Int16, reflect.Int8:
		for _, x := range ints {
			if !zero.OverflowInt(x) {
				add(x)
			}
		}
	case reflect.Uint, reflect.Uint64, reflect.Uint32, reflect.Uint16, reflect.Uint8:
		for _, x := range []uint64{0, 3, 200, math.MaxUint64} {
			if !zero.OverflowUint(x) {
				add(x)
			}
		}
	case reflect.Float64, reflect.Float32:
		for _, x := range floats {
			add(x)
		}
	case reflect.String:
		for _, x := range texts {
			add(x)
		}
	case reflect.Slice:
		all = append(all, zero, reflect.MakeSlice(t, 0, 0))
		good := w.valid(t.Elem())
		all = append(all, reflect.Append(zero, good), reflect.Append(zero, good, good, good))
		if depth > 0 {
			for _, e := range w.nasty(t.Elem(), depth-1) {
				all = append(all, reflect.Append(zero, e), reflect.Append(zero, good, e))
			}
		}
	case reflect.Map:
		all = append(all, zero, reflect.MakeMap(t))
		if depth > 0 {
			put := func(k, v reflect.Value) {
				if k.Comparable() {
					m := reflect.MakeMap(t)
					m.SetMapIndex(k, v)
					all = append(all, m)
				}
			}
			for _, k := range w.nasty(t.Key(), depth-1) {
				put(k, w.valid(t.Elem()))
			}
			for _, v := range w.nasty(t.Elem(), depth-1) {
				put(w.valid(t.Key()), v)
			}
		}
	case reflect.Func:
		all = append(all, zero)
		if t.Name() != "" && depth > 0 {
			all = append(all, w.constructed(t, depth)...)
		}
		if t.NumOut() > 0 {
			all = append(all, zeros(t))
		}
	case reflect.Pointer:
		all = append(all, zero)
		if depth > 0 && t.Elem().Kind() == reflect.Struct && fillable(t.Elem()) {
			for _, v := range w.nasty(t.Elem(), depth) {
				p := reflect.New(t.Elem())
				p.Elem().Set(v)
				all = append(all, p)
			}
		}
	case reflect.Struct:
		if !fillable(t) {
			break
		}
		all = append(all, zero)
		if depth == 0 {
			break
		}
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				for _, v := range w.nasty(f.Type, depth-1) {
					s := reflect.New(t).Elem()
					s.Set(w.valid(t))
					s.Field(i).Set(v)
					all = append(all, s)
				}
			}
		}
	case reflect.Interface:
		all = append(all, zero)
		for _, h := range hollow {
			if reflect.TypeOf(h).Implements(t) {
				add(h)
			}
		}
		for _, c := range implementers(t) {
			all = append(all, reflect.Zero(c).Convert(t))
			if c.Kind() == reflect.Pointer && fillable(c.Elem()) {
				all = append(all, reflect.New(c.Elem()).Convert(t))
				if depth > 0 {
					for _, v := range w.nasty(c, depth-1) {
						if !v.IsNil() {
							all = append(all, v.Convert(t))
						}
					}
				}
			}
			if makers[c] != nil && !trainedOnes[c] {
				all = append(all, w.valid(c).Convert(t))
			}
		}
	case reflect.Array:
		all = append(all, zero)
	default:
		panic(fmt.Sprintf("no nasty values of %v", t))
	}
	return all
}

// fillable reports whether a struct is made by writing its fields, and not by a constructor.
func fillable(t reflect.Type) bool {
	if zeroWorks[t] {
		return true
	}
	if t.Kind() != reflect.Struct || t.NumField() == 0 {
		return t.Kind() == reflect.Struct
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && !made[t] {
			return true
		}
	}
	return false
}

// implementers returns the public types, or pointers to them, that implement an interface with methods.
func implementers(t reflect.Type) []reflect.Type {
	var all []reflect.Type
	if t.NumMethod() == 0 {
		return nil
	}
	for _, pkg := range slices.Sorted(mapKeys(table)) {
		for _, c := range table[pkg].types {
			if c.Kind() == reflect.Interface {
				continue
			}
			if c.Implements(t) {
				all = append(all, c)
			} else if p := reflect.PointerTo(c); p.Implements(t) {
				all = append(all, p)
			}
		}
	}
	return all
}

// constructed returns what the functions of the table make of a type of functions, such as an option, of nasty arguments.
func (w *world) constructed(t reflect.Type, depth int) []reflect.Value {
	var all []reflect.Value
	for _, pkg := range slices.Sorted(mapKeys(table)) {
		for _, name := range slices.Sorted(mapKeys(table[pkg].funcs)) {
			fn := reflect.ValueOf(table[pkg].funcs[name])
			ft := fn.Type()
			if ft.NumOut() != 1 || ft.Out(0) != t {
				continue
			}
			args := make([]reflect.Value, ft.NumIn())
			for i := range args {
				args[i] = w.valid(ft.In(i))
			}
			all = append(all, call(fn, args)[0])
			for i := range args {
				for _, v := range w.nasty(ft.In(i), depth-1) {
					a := slices.Clone(args)
					a[i] = v
					all = append(all, call(fn, a)[0])
				}
			}
		}
	}
	return all
}

func call(fn reflect.Value, args []reflect.Value) []reflect.Value {
	if fn.Type().IsVariadic() {
		return fn.CallSlice(args)
	}
	return fn.Call(args)
}

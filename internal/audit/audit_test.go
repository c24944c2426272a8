package audit

import (
	"encoding/json"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

func mapKeys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

const (
	deadline = 20 * time.Second // of a call, on a machine that has other things to do
	most     = 256 << 20        // bytes that a call may allocate
)

// subject is a function, or a method with receivers.
type subject struct {
	name      string // "graph.NewBuilder", "graph.Builder.Add"
	typ       reflect.Type
	fn        reflect.Value // of a method its receiver is the first argument
	method    bool
	receivers func(w *world) []reflect.Value // nil of a function
}

// subjects returns all that is called, in order.
func subjects() []subject {
	var all []subject
	for _, pkg := range slices.Sorted(mapKeys(table)) {
		for _, name := range slices.Sorted(mapKeys(table[pkg].funcs)) {
			fn := reflect.ValueOf(table[pkg].funcs[name])
			all = append(all, subject{name: pkg + "." + name, typ: fn.Type(), fn: fn})
		}
		for _, t := range table[pkg].types {
			if t.Kind() == reflect.Interface {
				continue
			}
			p := reflect.PointerTo(t)
			for i := range p.NumMethod() {
				m := p.Method(i)
				s := subject{name: pkg + "." + t.Name() + "." + m.Name, typ: m.Type, fn: m.Func, method: true}
				s.receivers = func(w *world) []reflect.Value { return w.receivers(t) }
				all = append(all, s)
			}
		}
	}
	for _, name := range slices.Sorted(mapKeys(queries)) {
		t := reflect.TypeOf(queries[name](newWorld()))
		for i := range t.NumMethod() {
			m := t.Method(i)
			all = append(all, subject{name: "queries." + name + "." + m.Name, typ: m.Type, fn: m.Func, method: true,
				receivers: func(w *world) []reflect.Value { return []reflect.Value{reflect.ValueOf(queries[name](w))} }})
		}
	}
	return all
}

// receivers returns pointers to a type's valid values and, of a type that anybody may fill, nasty ones.
func (w *world) receivers(t reflect.Type) []reflect.Value {
	p := reflect.PointerTo(t)
	var all []reflect.Value
	if makers[p] != nil || makers[t] == nil {
		all = append(all, w.valid(p))
	} else {
		v := reflect.New(t)
		v.Elem().Set(w.valid(t))
		all = append(all, v)
	}
	if nilWorks[t] {
		all = append(all, reflect.Zero(p))
	}
	if t.Kind() == reflect.Struct && !fillable(t) {
		return all
	}
	for _, v := range w.nasty(t, 2) {
		n := reflect.New(t)
		n.Elem().Set(v)
		all = append(all, n)
	}
	return all
}

// TestNothingPanics calls everything with each nasty value in each place, the others being valid, and with some drawn ones
// in all places.
func TestNothingPanics(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, "http://127.0.0.1:1") // nothing is fetched
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("NO_PROXY", "")
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(1 << 30))
	trained()
	only := regexp.MustCompile(os.Getenv("AUDIT_ONLY")) // such as graph.Builder
	a := &auditor{t: t, budget: 15 * time.Millisecond}
	if testing.Short() {
		a.budget /= 5
	}
	if text := os.Getenv("AUDIT_BUDGET"); text != "" { // such as 10s, to call everything that there is to be called
		a.budget = result(time.ParseDuration(text))
	}
	var functions, methods int
	for _, s := range subjects() {
		if exceptions[s.name] != "" || !only.MatchString(s.name) {
			continue
		}
		if s.method {
			methods++
		} else {
			functions++
		}
		a.audit(s)
	}
	t.Logf("%d functions and %d methods in %d calls", functions, methods, a.calls)
}

type auditor struct {
	t      *testing.T
	budget time.Duration // for each function, of which the first call of each value is made whatever it takes
	calls  int
	found  map[string]bool
}

// audit calls a function until its budget is spent.
func (a *auditor) audit(s subject) {
	start := time.Now()
	rng := rand.New(rand.NewPCG(1, 2))
	n := s.typ.NumIn()
	a.try(s, func(w *world) []reflect.Value { return base(w, s) })
	var places []struct{ in, at int }
	w := newWorld()
	for in := range n {
		for at := range candidates(w, s, in) {
			places = append(places, struct{ in, at int }{in, at})
		}
	}
	// In a drawn order, so that what the budget does not reach is not always the last parameter.
	rng.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
	for _, p := range places {
		if time.Since(start) > a.budget {
			return
		}
		a.try(s, func(w *world) []reflect.Value {
			args := base(w, s)
			args[p.in] = candidates(w, s, p.in)[p.at]
			return args
		})
	}
	if n < 2 {
		return
	}
	for range min(10, len(places)) {
		if time.Since(start) > a.budget {
			return
		}
		at := make([]uint64, n)
		for i := range at {
			at[i] = rng.Uint64()
		}
		a.try(s, func(w *world) []reflect.Value {
			args := base(w, s)
			for i := range args {
				if c := candidates(w, s, i); len(c) > 0 && (i > 0 || !s.method) {
					args[i] = c[at[i]%uint64(len(c))]
				}
			}
			return args
		})
	}
}

// base returns valid arguments.
func base(w *world, s subject) []reflect.Value {
	args := make([]reflect.Value, s.typ.NumIn())
	given := arguments[s.name]
	for i := range args {
		at := i
		if s.method {
			at--
		}
		switch {
		case i == 0 && s.method:
			args[i] = s.receivers(w)[0]
		case at < len(given) && given[at] != nil:
			args[i] = reflect.New(s.typ.In(i)).Elem()
			v := given[at]
			if f, ok := v.(func(*world) any); ok {
				v = f(w)
			}
			args[i].Set(reflect.ValueOf(v))
		default:
			args[i] = w.valid(s.typ.In(i))
		}
	}
	return args
}

func candidates(w *world, s subject, in int) []reflect.Value {
	if in == 0 && s.method {
		return s.receivers(w)
	}
	at := in
	if s.method {
		at--
	}
	if make := own[s.name][at]; make != nil {
		var all []reflect.Value
		for _, v := range make(w) {
			all = append(all, reflect.ValueOf(v))
		}
		return all
	}
	return w.nasties(s.typ.In(in))
}

// allocated returns the bytes that have been allocated on the heap so far.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// try makes one call and reports what is wrong about it.
func (a *auditor) try(s subject, arguments func(w *world) []reflect.Value) {
	w := newWorld()
	var args []reflect.Value
	if problem := guarded(func() { args = arguments(w) }); problem != "" {
		a.fail(s, nil, "the arguments cannot be made: "+problem)
		return
	}
	a.calls++
	if path := os.Getenv("AUDIT_TRACE"); path != "" { // which call it was that ended the process
		os.WriteFile(path, []byte(describe(s, args)), 0o644)
	}
	before := allocated()
	done := make(chan string, 1)
	var out []reflect.Value
	go func() {
		done <- guarded(func() {
			out = call(s.fn, args)
			w.used(out)
		})
	}()
	select {
	case problem := <-done:
		if problem == "" && !formats[s.name] {
			problem = wrongError(out)
		}
		if bytes := allocated() - before; problem == "" && bytes > most {
			problem = fmt.Sprintf("%d MB were allocated", bytes>>20)
		}
		if problem != "" {
			a.fail(s, args, problem)
		}
	case <-time.After(deadline):
		stacks := make([]byte, 1<<20)
		a.t.Fatalf("%s: no end after %v\n%s", describe(s, args), deadline, stacks[:runtime.Stack(stacks, true)])
	}
}

// used compiles and runs what a call has declared, which has to be an error of the builder or a program.
func (w *world) used(out []reflect.Value) {
	v, ok := w.made[reflect.TypeFor[*graph.Builder]()]
	if !ok {
		return
	}
	b := v.Interface().(*graph.Builder)
	var outputs []*gorgonia.Node
	for _, o := range out {
		switch x := o.Interface().(type) {
		case *gorgonia.Node:
			outputs = append(outputs, x)
		case []*gorgonia.Node:
			outputs = append(outputs, x...)
		case graph.State:
			outputs = append(outputs, x...)
		}
	}
	if len(outputs) == 0 || b.Err() != nil {
		return
	}
	p, err := graph.Compile(b, graph.Output(outputs...))
	if err == nil {
		p.Run()
	}
}

// guarded calls and returns what went wrong, with the place.
func guarded(call func()) (problem string) {
	defer func() {
		if r := recover(); r != nil {
			problem = fmt.Sprintf("panic: %v\n%s", r, origin(string(debug.Stack())))
		}
	}()
	call()
	return ""
}

// origin returns the lines of a stack from the panic to the call.
func origin(stack string) string {
	_, after, _ := strings.Cut(stack, "panic(")
	var lines []string
	for line := range strings.Lines(after) {
		if strings.Contains(line, ".go:") && !strings.Contains(line, "/src/r") {
			lines = append(lines, strings.TrimSpace(line))
		}
		if len(lines) == 6 || strings.Contains(line, "internal/audit") {
			break
		}
	}
	return "\t" + strings.Join(lines, "\n\t")
}

// wrongError returns what is wrong about an error among the results.
func wrongError(out []reflect.Value) string {
	for _, o := range out {
		err, ok := o.Interface().(error)
		if !ok || o.Kind() != reflect.Interface {
			continue
		}
		switch s := err.Error(); {
		case s == "":
			return "an error that says nothing"
		case strings.Contains(s, "%!") || strings.Contains(s, "runtime error") || strings.Contains(s, "reflect:"):
			return fmt.Sprintf("the error %q", s)
		}
	}
	return ""
}

func (a *auditor) fail(s subject, args []reflect.Value, problem string) {
	a.t.Helper()
	if a.found == nil {
		a.found = make(map[string]bool)
	}
	// One finding for each place in the code.
	if key := s.name + regexp.MustCompile(`0x[0-9a-f]+|\d+ MB`).ReplaceAllString(problem, ""); !a.found[key] {
		a.found[key] = true
		a.t.Errorf("%s: %s", describe(s, args), problem)
	}
}

func describe(s subject, args []reflect.Value) string {
	var all []string
	for _, v := range args {
		text := "?"
		guarded(func() { text = fmt.Sprintf("%#v", v.Interface()) })
		if len(text) > 120 {
			text = fmt.Sprintf("%.120s…", text)
		}
		all = append(all, text)
	}
	return s.name + "(" + strings.Join(all, ", ") + ")"
}

// TestComplete checks that whatever the public packages export is in the table.
func TestComplete(t *testing.T) {
	pkgs := load(t)
	for path, reason := range packageExceptions {
		if pkgs[path] == nil {
			t.Errorf("package %s, an exception because %s, is not there", path, reason)
		}
		delete(pkgs, path)
	}
	for _, path := range slices.Sorted(mapKeys(pkgs)) {
		scope := pkgs[path].Scope()
		e := table[path]
		known := make(map[string]bool)
		for _, typ := range e.types {
			known[typ.Name()] = true
		}
		for _, name := range scope.Names() {
			switch o := scope.Lookup(name).(type) {
			case *types.Func:
				if o.Exported() && e.funcs[name] == nil && exceptions[path+"."+name] == "" {
					t.Errorf("%s.%s is not in the table", path, name)
				}
			case *types.TypeName:
				if o.Exported() && !o.IsAlias() && !known[name] {
					t.Errorf("the type %s.%s, and its methods, are not in the table", path, name)
				}
			}
		}
	}
	names := make(map[string]bool)
	for _, s := range subjects() {
		names[s.name] = true
	}
	for name, reason := range exceptions {
		if !names[name] {
			t.Errorf("%s, an exception because %s, is not there", name, reason)
		}
	}
	for name := range arguments {
		if !names[name] {
			t.Errorf("arguments are given for %s, which is not there", name)
		}
	}
}

// load returns the types of the public packages, by their paths in the module, as the compiler has written them down.
func load(t *testing.T) map[string]*types.Package {
	const module = "github.com/rnnzoo/rnnzoo/"
	list := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Name,Export,DepOnly", module+"...")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	exports := make(map[string]string)
	var paths []string
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath, Name, Export string
			DepOnly                  bool
		}
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly && p.Export != "" && p.Name != "main" && !slices.Contains(strings.Split(p.ImportPath, "/"), "internal") {
			paths = append(paths, p.ImportPath)
		}
	}
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	pkgs := make(map[string]*types.Package)
	for _, path := range paths {
		p, err := imp.Import(path)
		if err != nil {
			t.Fatalf("package %s: %v", path, err)
		}
		pkgs[strings.TrimPrefix(path, module)] = p
	}
	return pkgs
}

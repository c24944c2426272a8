package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// raw returns a file of that header and so many bytes of data.
func raw(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	b = append(b, header...)
	return append(b, make([]byte, data)...)
}

// example is a file with every constructor, an empty tensor and a scalar, not in the order of the names.
func example() *File {
	f := &File{Metadata: map[string]string{"b": "2", "a": "one\n\"1\" <é>"}}
	f.Set("w", FromFloat32s([]int{2, 3}, []float32{1, -2, 3.5, 0, float32(math.Inf(1)), 1e-45}))
	f.Set("empty", FromFloat64s([]int{3, 0}, nil))
	f.Set("a.b", FromFloat64s([]int{2}, []float64{math.Pi, math.Copysign(0, -1)}))
	f.Set("n", FromInt64s(nil, []int64{math.MinInt64}))
	return f
}

func write(t *testing.T, f *File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	f := example()
	b := write(t, f)
	if n := binary.LittleEndian.Uint64(b); n%8 != 0 {
		t.Errorf("header of %d bytes; want a multiple of 8", n)
	}
	// One byte at a time, as a slow pipe gives it.
	got, err := Read(iotest.OneByteReader(bytes.NewReader(b)))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Metadata, f.Metadata) || !reflect.DeepEqual(got.Names, f.Names) {
		t.Errorf("read %v %v; want %v %v", got.Metadata, got.Names, f.Metadata, f.Names)
	}
	for name, want := range f.Tensors {
		g := got.Tensors[name]
		if g.DType != want.DType || len(g.Shape) != len(want.Shape) || !bytes.Equal(g.Data, want.Data) {
			t.Errorf("tensor %s is %v; want %v", name, g, want)
		}
	}
	if again := write(t, got); !bytes.Equal(again, b) {
		t.Error("writing what was read gives other bytes")
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	f := example()
	f.Names = nil // by name then
	want := write(t, f)
	for range 20 {
		if !bytes.Equal(write(t, f), want) {
			t.Fatal("same content, other bytes")
		}
	}
	got, err := Read(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if names := []string{"a.b", "empty", "n", "w"}; !reflect.DeepEqual(got.Names, names) {
		t.Errorf("names %v; want %v", got.Names, names)
	}
}

func TestZeroFile(t *testing.T) {
	f, err := Read(bytes.NewReader(write(t, &File{})))
	if err != nil || len(f.Names) != 0 || len(f.Tensors) != 0 || len(f.Metadata) != 0 {
		t.Errorf("read %v, %v; want an empty file", f, err)
	}
}

func TestFileOnDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := example().WriteFile(path); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Join(t.TempDir(), "missing")} {
		if _, err := ReadFile(p); err == nil || !strings.Contains(err.Error(), p) {
			t.Errorf("ReadFile(%s) = %v; want an error with the path", p, err)
		}
	}
}

func TestConversions(t *testing.T) {
	f := example()
	x, err := f.Tensors["w"].Float64s()
	if want := []float64{1, -2, 3.5, 0, math.Inf(1), 0x1p-149}; err != nil || !reflect.DeepEqual(x, want) {
		t.Errorf("Float64s of F32 = %v, %v; want %v", x, err, want)
	}
	y, err := f.Tensors["a.b"].Float32s()
	if err != nil || y[0] != math.Pi || math.Float32bits(y[1]) != 1<<31 {
		t.Errorf("Float32s of F64 = %v, %v; want π rounded and -0", y, err)
	}
	n, err := f.Tensors["n"].Int64s()
	if err != nil || n[0] != math.MinInt64 {
		t.Errorf("Int64s = %v, %v", n, err)
	}
	// 1, -2, the largest finite, the smallest subnormal, -Inf
	half := Tensor{"F16", []int{5}, []byte{0, 0x3c, 0, 0xc0, 0xff, 0x7b, 1, 0, 0, 0xfc}}
	h, err := half.Float32s()
	if want := []float32{1, -2, 65504, 0x1p-24, float32(math.Inf(-1))}; err != nil || !reflect.DeepEqual(h, want) {
		t.Errorf("Float32s of F16 = %v, %v; want %v", h, err, want)
	}
	b, err := Tensor{"BF16", []int{2}, []byte{0x80, 0x3f, 0x49, 0xc0}}.Float64s()
	if want := []float64{1, -3.140625}; err != nil || !reflect.DeepEqual(b, want) {
		t.Errorf("Float64s of BF16 = %v, %v; want %v", b, err, want)
	}
	for dtype, want := range map[string]int64{"I32": -2, "U32": 1<<32 - 2, "I16": -2, "U16": 1<<16 - 2, "I8": -2, "U8": 254} {
		size, _ := dtypeSize(dtype)
		data := append([]byte{0xfe}, bytes.Repeat([]byte{0xff}, size-1)...)
		n, err := Tensor{dtype, []int{1}, data}.Int64s()
		if err != nil || n[0] != want {
			t.Errorf("Int64s of %s = %v, %v; want %d", dtype, n, err, want)
		}
	}
}

func TestConversionErrors(t *testing.T) {
	for _, c := range []struct {
		tensor Tensor
		want   string
	}{
		{FromInt64s(nil, []int64{1}), "dtype I64 does not hold floats"},
		{FromFloat32s([]int{2, 2}, []float32{1}), "shape [2,2] of F32 takes 16 bytes, not the 4"},
		{FromFloat32s([]int{-1}, nil), "negative dimension"},
		{Tensor{}, `dtype "" is unknown`},
	} {
		_, err64 := c.tensor.Float64s()
		_, err32 := c.tensor.Float32s()
		for _, err := range []error{err64, err32} {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v: error %v; want %q", c.tensor, err, c.want)
			}
		}
	}
	if _, err := FromFloat32s([]int{1}, []float32{1}).Int64s(); err == nil {
		t.Error("Int64s of F32 succeeds")
	}
}

func TestWriteErrors(t *testing.T) {
	one := FromFloat32s([]int{1}, []float32{1})
	for want, f := range map[string]*File{
		`"x", which is not in Tensors`: {Names: []string{"x"}},
		`lists "x" twice`:              {Names: []string{"x", "x"}, Tensors: map[string]Tensor{"x": one}},
		`lists 0 of 1 tensors`:         {Names: []string{}, Tensors: map[string]Tensor{"x": one}},
		`reserves`:                     {Tensors: map[string]Tensor{"__metadata__": one}},
		`tensor name "\xff" is not`:    {Tensors: map[string]Tensor{"\xff": one}},
		`metadata "k" is not UTF-8`:    {Metadata: map[string]string{"k": "\xff"}},
		`tensor "x": shape [2]`:        {Tensors: map[string]Tensor{"x": {"F32", []int{2}, one.Data}}},
	} {
		err := f.Write(&bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %q", err, want)
		}
	}
}

// malformed are files that Read must refuse, by what its error says.
var malformed = map[string][]byte{
	"ends inside the header's length":                   []byte("1234567"),
	"exceeds the limit of 16777216":                     []byte("\xff\xff\xff\xff\xff\xff\xff\xff"),
	"a header of 16777217 bytes exceeds":                {1, 0, 0, 1, 0, 0, 0, 0, '{'},
	"data_offsets holds more than 2 numbers":            raw(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}`, 1),
	"data_offsets holds \"-1\"":                         raw(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}`, 1),
	"data_offsets holds \"18446744073709551615\"":       raw(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551615]}}`, 1),
	"shape holds more than 64 numbers":                  raw(`{"a":{"dtype":"U8","shape":[`+strings.Repeat("1,", 64)+`1],"data_offsets":[0,1]}}`, 1),
	"tensor \"a\" has the key \"x\" twice":              raw(`{"a":{"x":1,"x":2}}`, 0),
	"header has the key \"__metadata__\" twice":         raw(`{"__metadata__":{},"__metadata__":{}}`, 0),
	"tensor \"\" has no dtype":                          raw(`{"":{}}`, 0),
	"ends inside the header;":                           raw("{}", 0)[:9],
	"begins with \"\" instead of {":                     raw("", 0),
	"begins with \" {}\"":                               raw(" {}", 0),
	"not UTF-8":                                         raw("{\"\xff\":1}", 0),
	"JSON ends early":                                   raw(`{"a":`, 0),
	"goes on with \"1\" after":                          raw(`{} 1`, 0),
	"header has the key \"a\" twice":                    raw(`{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{}}`, 0),
	"metadata \"k\" is":                                 raw(`{"__metadata__":{"k":1}}`, 0),
	"metadata has the key":                              raw(`{"__metadata__":{"k":"","k":""}}`, 0),
	"tensor \"a\" has \"<nil>\" where \"{\"":            raw(`{"a":null}`, 0),
	"has the key \"shape\" twice":                       raw(`{"a":{"shape":[],"shape":[]}}`, 0),
	"tensor \"a\" has no dtype":                         raw(`{"a":{"shape":[1],"data_offsets":[0,1]}}`, 1),
	"tensor \"a\" has no shape":                         raw(`{"a":{"dtype":"U8","data_offsets":[0,1]}}`, 1),
	"tensor \"a\" has no data_offsets":                  raw(`{"a":{"dtype":"U8","shape":[1]}}`, 1),
	"dtype \"X9\" is unknown":                           raw(`{"a":{"dtype":"X9","shape":[1],"data_offsets":[0,1]}}`, 1),
	"shape holds \"-1\"":                                raw(`{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}`, 1),
	"shape holds \"1.5\"":                               raw(`{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}`, 1),
	"shape holds \"<nil>\"":                             raw(`{"a":{"dtype":"U8","shape":[null],"data_offsets":[0,1]}}`, 1),
	"larger than any memory":                            raw(`{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0),
	"holds 1 numbers":                                   raw(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1]}}`, 1),
	"ends at byte 0, before its begin 1":                raw(`{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}`, 1),
	"offsets [0,1] hold 1":                              raw(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}`, 2),
	"begins at byte 1, which leaves a gap after byte 0": raw(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 2),
	"begins at byte 1, inside the one before":           raw(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 2),
	"ends inside tensor \"a\"":                          raw(`{"a":{"dtype":"U8","shape":[1000000000000],"data_offsets":[0,1000000000000]}}`, 100_000),
	"goes on after its last tensor":                     raw(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 2),
}

func TestReadRefuses(t *testing.T) {
	for want, b := range malformed {
		_, err := Read(bytes.NewReader(b))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v; want %q", b, err, want)
		} else if strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "safetensors: ") {
			t.Errorf("error %q; want one line that begins with the package", err)
		}
	}
	b := write(t, example())
	for n := range b {
		if _, err := Read(bytes.NewReader(b[:n])); err == nil {
			t.Errorf("the first %d of %d bytes are read without error", n, len(b))
		}
	}
}

func TestReadAccepts(t *testing.T) {
	for name, b := range map[string][]byte{
		"unknown key, data in another order": raw(`{"b":{"x":[{}],"dtype":"U8","shape":[1],"data_offsets":[1,2]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}  `, 2),
		"empty before and after":             raw(`{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[9,0],"data_offsets":[0,0]},"c":{"dtype":"F8_E5M2","shape":[0],"data_offsets":[1,1]}}`, 1),
	} {
		f, err := Read(bytes.NewReader(b))
		if err != nil || f.Names[0] != "b" {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
}

// TestReadMemory: the longest header, with as many tensors as it can name, takes memory in proportion to its length.
func TestReadMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b bytes.Buffer
	b.WriteString(`{"":{"dtype":"U8","shape":[],"data_offsets":[0,1]}`)
	for i := 1; b.Len() < maxHeader-100; i++ {
		fmt.Fprintf(&b, `,"%x":{"dtype":"U8","shape":[],"data_offsets":[%d,%d]}`, i, i, i+1)
	}
	b.WriteByte('}')
	n := bytes.Count(b.Bytes(), []byte("U8"))
	file := raw(b.String(), n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	allocated, taken := after.TotalAlloc-before.TotalAlloc, after.Sys-before.Sys
	t.Logf("%d tensors: %d MB allocated, %d MB more of the system", n, allocated>>20, taken>>20)
	if len(f.Names) != n || taken > 16*maxHeader || allocated > 40*maxHeader {
		t.Errorf("%d tensors of %d: %d MB allocated, %d MB more of the system", len(f.Names), n, allocated>>20, taken>>20)
	}
}

// TestReadLargeTensor crosses the steps in which the buffer grows.
func TestReadLargeTensor(t *testing.T) {
	x := make([]float64, 100_003)
	for i := range x {
		x[i] = float64(i)
	}
	f := &File{}
	f.Set("x", FromFloat64s([]int{len(x)}, x))
	got, err := Read(bytes.NewReader(write(t, f)))
	if err != nil {
		t.Fatal(err)
	}
	if y, err := got.Tensors["x"].Float64s(); err != nil || !reflect.DeepEqual(x, y) {
		t.Errorf("read other numbers, %v", err)
	}
}

// FuzzRead checks that Read never panics, and that what it accepts is written and read again the same.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := example().Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	for _, b := range malformed {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Read(bytes.NewReader(b))
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("error of several lines: %q", err)
			}
			return
		}
		for _, x := range file.Tensors {
			// Each either converts or says why not.
			_, _ = x.Float64s()
			_, _ = x.Float32s()
			_, _ = x.Int64s()
		}
		again, err := Read(bytes.NewReader(write(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again, file) {
			t.Fatalf("wrote %v, read %v", file, again)
		}
	})
}

package datasets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMNISTOrder fixes the order of psmnist: weights that have been learnt in one are worth nothing in another.
func TestMNISTOrder(t *testing.T) {
	order := mnistOrder()
	h := fnv.New64a()
	for _, at := range order {
		h.Write([]byte{byte(at >> 8), byte(at)})
	}
	if got := h.Sum64(); !slices.Equal(order[:8], wantOrder[:]) || got != wantOrderHash {
		t.Errorf("the order begins with %v and has the hash %#x; want %v and %#x", order[:8], got, wantOrder, uint64(wantOrderHash))
	}
	if slices.Sort(order); order[0] != 0 || order[783] != 783 || len(slices.Compact(order)) != 784 {
		t.Errorf("it is no order of 784 pixels")
	}
}

// TestMNIST compares what is read with what Python reads of the files.
func TestMNIST(t *testing.T) {
	corpus(t, mnistSource())
	open := func(name string) *Sequences {
		d, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		return d.(*Sequences)
	}
	rows, pixels, permuted := open("rows-mnist"), open("smnist"), open("psmnist")
	for _, c := range []struct {
		part string
		want []int // of each digit
	}{
		{"train", []int{5434, 6212, 5465, 5622, 5343, 4963, 5436, 5702, 5357, 5466}},
		{"valid", []int{489, 530, 493, 509, 499, 458, 482, 563, 494, 483}},
		{"test", []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}},
	} {
		l, err := rows.Part(c.part)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]int, 10)
		for i := range l.Len() {
			got[l.At(i).Label]++
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s has %v of each digit; want %v", c.part, got, c.want)
		}
	}
	sum := func(q Sequence) int {
		n := 0
		for _, v := range q.Values {
			n += int(v*255 + 0.5)
		}
		return n
	}
	for _, c := range []struct {
		q          Sequence
		label, sum int
	}{{rows.Train.At(0), 5, 27525}, {rows.Valid.At(0), 1, 12743}, {rows.Test.At(9_999), 6, 41833}} {
		if c.q.Label != c.label || sum(c.q) != c.sum {
			t.Errorf("a digit is %d, of the sum %d; want %d and %d", c.q.Label, sum(c.q), c.label, c.sum)
		}
	}
	fifth := []float32{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 18, 18, 18, 126, 136, 175, 26, 166, 255, 247, 127, 0, 0, 0, 0}
	for i := range fifth {
		fifth[i] /= 255
	}
	first, err := rows.Get(rows.Train, 0)
	if err != nil || !slices.Equal(first.Values[5*28:6*28], fifth) || rows.Train.Steps(0) != 28 || rows.Width != 28 {
		t.Errorf("row 6 of the first digit is %v; want %v; %v", first.Values[5*28:6*28], fifth, err)
	}
	if q := pixels.Train.At(0); !slices.Equal(q.Values, first.Values) || pixels.Train.Steps(0) != 784 || pixels.Width != 1 {
		t.Error("the pixels of the first digit are not those of its rows")
	}
	for step, at := range mnistOrder() {
		if permuted.Train.At(0).Values[step] != first.Values[at] {
			t.Fatalf("step %d is not pixel %d", step, at)
		}
	}
	if _, err := Open("smnist", Length(28)); err == nil || err.Error() != "length 28: the sequences of smnist have 784 steps; leave it out" {
		t.Errorf("error %v", err)
	}
}

// idx returns a packed file of n examples, and the checksum of what is in it.
func idx(t *testing.T, content []byte) (packed []byte, sum string) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(content)
	return b.Bytes(), hex.EncodeToString(h[:])
}

func TestReadIDX(t *testing.T) {
	content := append([]byte{0, 0, 8, 1, 0, 0, 0, 3}, 7, 8, 9)
	packed, sum := idx(t, content)
	if got, err := readIDX("labels", bytes.NewReader(packed), sum, []int{3}); err != nil || !slices.Equal(got, []byte{7, 8, 9}) {
		t.Errorf("%v, %v", got, err)
	}
	longer, _ := idx(t, append(slices.Clone(content), 10))
	shorter, _ := idx(t, content[:10])
	nothing, _ := idx(t, nil)
	damaged := slices.Clone(packed)
	damaged[len(damaged)-5] ^= 1 // of the checksum
	for name, c := range map[string]struct {
		data []byte
		sum  string
		n    int
		want string
	}{
		"other content":  {packed, strings.Repeat("0", 64), 3, "what is in it is not MNIST: its SHA-256 is"},
		"other header":   {packed, sum, 2, "it does not begin as a file of 2 examples of MNIST does"},
		"more":           {longer, sum, 3, "there is more in it than 3 examples"},
		"less":           {shorter, sum, 3, "the archive is cut short"},
		"nothing":        {nothing, sum, 3, "the archive is cut short"},
		"empty":          {nil, sum, 3, "the archive is cut short"},
		"cut":            {packed[:len(packed)/2], sum, 3, ""},
		"no checksum":    {packed[:len(packed)-8], sum, 3, "the archive is cut short"},
		"wrong checksum": {damaged, sum, 3, "the archive has a wrong checksum"},
		"no gzip":        {content, sum, 3, "it is no gzip file"},
	} {
		_, err := readIDX("labels", bytes.NewReader(c.data), c.sum, []int{c.n})
		if err == nil || !strings.HasPrefix(err.Error(), "labels: "+c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
	files := mnistFiles
	dir := t.TempDir()
	if _, _, err := readMNIST(dir, files); err == nil {
		t.Error("there are no files, and no error")
	}
	if err := os.WriteFile(filepath.Join(dir, files[0].name), packed, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readMNIST(dir, files); err == nil || !strings.Contains(err.Error(), "of 60000 examples") {
		t.Errorf("error %v", err)
	}
}

// The order of psmnist: its beginning, and its hash.
var wantOrder = [8]int{63, 32, 55, 454, 87, 22, 614, 590}

const wantOrderHash = 0x211ba4a6ddb4919d

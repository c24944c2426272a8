package datasets

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strconv"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

// mnistForms are the ways in which a picture is a sequence.
var mnistForms = [...]struct {
	name, title string
	width       int
	permuted    bool
}{
	{"psmnist", "handwritten digits pixel by pixel in an order without sense", 1, true},
	{"rows-mnist", "handwritten digits row by row", mnistSide, false},
	{"smnist", "handwritten digits pixel by pixel", 1, false},
}

const (
	mnistSide   = 28
	mnistPixels = mnistSide * mnistSide
	mnistValid  = 5_000 // of the training pictures, the last
)

// mnist returns the entry of a form, by its place.
func mnist(form int) entry {
	f := mnistForms[form]
	info := Info{
		Name:    f.name,
		Kind:    KindSequences,
		Task:    "recognise",
		Title:   f.title,
		Size:    "70,000 digits of " + stepsText(mnistPixels/f.width),
		Licence: "none stated (often given as CC BY-SA 3.0)",
		Source:  "http://yann.lecun.com/exdb/mnist/",
		Where:   "cached",
	}
	return entry{info, mnistSource(), func(dir string, o options) (Dataset, error) {
		if err := o.notMade(f.name, mnistPixels/f.width); err != nil {
			return nil, err
		}
		train, test, err := readMNIST(dir, mnistFiles)
		if err != nil {
			return nil, err
		}
		var order []int
		if f.permuted {
			order = mnistOrder()
		}
		s := &Sequences{Meta: info, Width: f.width}
		for digit := range 10 {
			s.Classes = append(s.Classes, strconv.Itoa(digit))
		}
		n := len(train.labels) - mnistValid
		s.Train, s.Valid, s.Test = train.sequences(0, n, f.width, order), train.sequences(n, mnistValid, f.width, order), test.sequences(0, len(test.labels), f.width, order)
		return s, nil
	}}
}

// mnistOrder returns the order in which psmnist reads the pixels. There is none that all use: this one is drawn from a
// seed, of Go's PCG, and never changes.
func mnistOrder() []int { return rand.New(rand.NewPCG(92916, 0)).Perm(mnistPixels) }

// mnistFile is one of the four files, in the order in which they are read: its name, the checksum and size of what is
// fetched, the checksum of what is in it, and how many examples that are.
type mnistFile struct {
	name, packed string
	size         int64
	sum          string
	n            int
}

var mnistFiles = [4]mnistFile{
	{"train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9912422, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", 60_000},
	{"train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28881, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 60_000},
	{"t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1648877, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", 10_000},
	{"t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4542, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 10_000},
}

func mnistSource() *source {
	s := &source{folder: "mnist"}
	for _, f := range mnistFiles {
		s.files = append(s.files, download.File{URL: "https://ossci-datasets.s3.amazonaws.com/mnist/" + f.name, Size: f.size, SHA256: f.packed})
	}
	return s
}

// digits are pictures and what they show.
type digits struct{ pixels, labels []byte }

// sequences returns n of the digits as sequences of rows of a width, in another order of the pixels unless it is nil.
// The bytes become numbers from 0 to 1 when they are asked for.
func (d digits) sequences(from, n, width int, order []int) SequenceList {
	return LazySequences(n, func(int) int { return mnistPixels / width }, func(i int) Sequence {
		picture := d.pixels[(from+i)*mnistPixels : (from+i+1)*mnistPixels]
		q := Sequence{Values: make([]float32, mnistPixels), Label: int(d.labels[from+i])}
		for t := range q.Values {
			at := t
			if order != nil {
				at = order[t]
			}
			q.Values[t] = float32(picture[at]) / 255
		}
		return q
	})
}

// readMNIST reads the four files of a folder.
//
// Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to document recognition, 1998.
func readMNIST(dir string, files [4]mnistFile) (train, test digits, err error) {
	for i, into := range []*[]byte{&train.pixels, &train.labels, &test.pixels, &test.labels} {
		f := files[i]
		path := filepath.Join(dir, f.name)
		err = readFile(path, func(r io.Reader) (err error) {
			shape := []int{f.n, mnistSide, mnistSide}
			if i%2 == 1 {
				shape = shape[:1]
			}
			*into, err = readIDX(path, r, f.sum, shape)
			return err
		})
		if err != nil {
			return train, test, err
		}
	}
	return train, test, nil
}

// readIDX reads a packed file of bytes of a shape, whose content has a checksum, in the IDX format: two zero bytes, 8
// for bytes, the number of dimensions and each of these as four bytes, the first of which counts most.
func readIDX(name string, r io.Reader, sum string, shape []int) ([]byte, error) {
	z, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<16))
	if errors.Is(err, gzip.ErrHeader) {
		return nil, errors.Errorf("%s: it is no gzip file; delete it and fetch it again", name)
	}
	if err != nil {
		return nil, archiveError(name, err)
	}
	header := []byte{0, 0, 8, byte(len(shape))}
	n := 1
	for _, d := range shape {
		header = binary.BigEndian.AppendUint32(header, uint32(d))
		n *= d
	}
	all := make([]byte, len(header)+n)
	got, err := io.ReadFull(z, all)
	if err != nil && (err != io.ErrUnexpectedEOF || got == 0) {
		return nil, archiveError(name, err)
	}
	if string(all[:min(got, len(header))]) != string(header) {
		return nil, errors.Errorf("%s: it does not begin as a file of %d examples of MNIST does; delete it and fetch it again", name, shape[0])
	}
	if err == nil {
		if _, err = io.CopyN(io.Discard, z, 1); err == nil {
			return nil, errors.Errorf("%s: there is more in it than %d examples; delete it and fetch it again", name, shape[0])
		}
	}
	if err != io.EOF { // behind the end is the checksum
		return nil, archiveError(name, err)
	}
	if got := sha256.Sum256(all); hex.EncodeToString(got[:]) != sum {
		return nil, errors.Errorf("%s: what is in it is not MNIST: its SHA-256 is %x, not %s; delete it and fetch it again", name, got, sum)
	}
	return all[len(header):], nil
}

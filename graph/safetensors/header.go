package safetensors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/pkg/errors"
)

// place is what a header says of one tensor: its type, and its bytes counted from the end of the header.
type place struct {
	name       string
	dtype      string
	shape      []int
	begin, end uint64
}

// headerDecoder reads a header token by token: unmarshalling into structs would let duplicate keys, other spellings of
// a key and null pass.
type headerDecoder struct{ json *json.Decoder }

func newHeaderDecoder(header []byte) headerDecoder {
	d := json.NewDecoder(bytes.NewReader(header))
	d.UseNumber()
	return headerDecoder{d}
}

// object reads an object and calls visit, which reads the value, for each of its keys.
func (h headerDecoder) object(what string, visit func(key string) error) error {
	if err := h.delim(what, '{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for h.json.More() {
		key, err := h.text("a key of " + what)
		if err != nil {
			return err
		}
		if seen[key] {
			return errors.Errorf("%s has the key %s twice", what, quote(key))
		}
		seen[key] = true
		if err := visit(key); err != nil {
			return err
		}
	}
	return h.delim(what, '}')
}

// tensor reads the entry of one tensor. Keys that the format does not name are passed over.
func (h headerDecoder) tensor(name string) (place, error) {
	p := place{name: name}
	what := "tensor " + quote(name)
	var dtype, shape, offsets bool
	err := h.object(what, func(key string) (err error) {
		switch key {
		case "dtype":
			dtype = true
			p.dtype, err = h.text(what + ": dtype")
		case "shape":
			shape = true
			p.shape = []int{}
			err = h.numbers(what+": shape", strconv.IntSize-1, func(n uint64) { p.shape = append(p.shape, int(n)) })
		case "data_offsets":
			offsets = true
			count := 0
			err = h.numbers(what+": data_offsets", 63, func(n uint64) {
				p.begin, p.end = p.end, n
				count++
			})
			if err == nil && count != 2 {
				err = errors.Errorf("%s: data_offsets holds %d numbers instead of begin and end", what, count)
			}
		default:
			var skipped json.RawMessage
			err = errors.Wrapf(oneLine(h.json.Decode(&skipped)), "%s: %s", what, quote(key))
		}
		return err
	})
	if err != nil {
		return p, err
	}
	for _, field := range []struct {
		name  string
		given bool
	}{{"dtype", dtype}, {"shape", shape}, {"data_offsets", offsets}} {
		if !field.given {
			return p, errors.Errorf("%s has no %s", what, field.name)
		}
	}
	_, err = byteSize(p.dtype, p.shape)
	return p, errors.WithMessage(err, what)
}

// numbers reads an array of whole numbers that fit in so many bits.
func (h headerDecoder) numbers(what string, bits int, add func(uint64)) error {
	if err := h.delim(what, '['); err != nil {
		return err
	}
	for h.json.More() {
		token, err := h.json.Token()
		if err != nil {
			return errors.Wrap(oneLine(err), what)
		}
		text, ok := token.(json.Number)
		n, err := strconv.ParseUint(string(text), 10, bits)
		if !ok || err != nil {
			return errors.Errorf("%s holds %.40q, which is not a whole number of at most %d bits", what, fmt.Sprint(token), bits)
		}
		add(n)
	}
	return h.delim(what, ']')
}

// text reads a string.
func (h headerDecoder) text(what string) (string, error) {
	token, err := h.json.Token()
	if err != nil {
		return "", errors.Wrap(oneLine(err), what)
	}
	s, ok := token.(string)
	if !ok {
		return "", errors.Errorf("%s is %.40q instead of a string", what, fmt.Sprint(token))
	}
	return s, nil
}

// delim reads one of { } [ ].
func (h headerDecoder) delim(what string, want json.Delim) error {
	token, err := h.json.Token()
	if err != nil {
		return errors.Wrap(oneLine(err), what)
	}
	if token != want {
		return errors.Errorf("%s has %.40q where %q belongs", what, fmt.Sprint(token), want.String())
	}
	return nil
}

// end checks that only padding follows.
func (h headerDecoder) end() error {
	if token, err := h.json.Token(); err != io.EOF {
		return errors.Errorf("the header goes on with %.40q after its object; only spaces may follow", fmt.Sprint(token))
	}
	return nil
}

// oneLine says what the end of the input means: the header, unlike the file, is all there.
func oneLine(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.New("the header's JSON ends early")
	}
	return err
}

// quote prints a name from a file, of any length and content, for an error of one line.
func quote(name string) string {
	const most = 80
	if len(name) > most {
		return fmt.Sprintf("%.80q…", name)
	}
	return strconv.Quote(name)
}

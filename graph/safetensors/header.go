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

// subject is what an error is about: a part of the header, and its name in the file if it has one. Its text is made
// where there is an error: for each of many tensors it would be most of the work.
type subject struct{ what, name string }

// errorf returns an error about the subject, or about a part of it if that is not "".
func (s subject) errorf(part, format string, args ...any) error {
	return errors.Errorf("%s"+format, append([]any{s.text(part)}, args...)...)
}

// wrap is errorf of an error.
func (s subject) wrap(part string, err error) error { return errors.Wrap(oneLine(err), s.text(part)) }

func (s subject) twice(key string) error { return s.errorf("", " has the key %s twice", quote(key)) }

func (s subject) text(part string) string {
	text := s.what
	if s.what == "tensor" || s.name != "" {
		text += " " + quote(s.name)
	}
	if part != "" {
		text += ": " + part
	}
	return text
}

// object reads an object and calls visit, which reads the value and knows a key that comes again, for each of its keys.
func (h headerDecoder) object(of subject, visit func(key string) error) error {
	if err := h.delim(of, "", '{'); err != nil {
		return err
	}
	for h.json.More() {
		key, err := h.text(of, "a key")
		if err != nil {
			return err
		}
		if err := visit(key); err != nil {
			return err
		}
	}
	return h.delim(of, "", '}')
}

// tensor reads the entry of one tensor. Keys that the format does not name are passed over.
func (h headerDecoder) tensor(name string) (place, error) {
	p := place{name: name}
	of := subject{"tensor", name}
	var dtype, shape, offsets bool
	var others map[string]bool
	once := func(seen *bool, key string) error {
		if *seen {
			return of.twice(key)
		}
		*seen = true
		return nil
	}
	err := h.object(of, func(key string) error {
		switch key {
		case "dtype":
			if err := once(&dtype, key); err != nil {
				return err
			}
			text, err := h.text(of, key)
			if err != nil {
				return err
			}
			p.dtype, err = knownDType(text)
			return errors.WithMessage(err, of.text(""))
		case "shape":
			if err := once(&shape, key); err != nil {
				return err
			}
			p.shape = []int{}
			return h.numbers(of, key, strconv.IntSize-1, maxRank, func(n uint64) { p.shape = append(p.shape, int(n)) })
		case "data_offsets":
			if err := once(&offsets, key); err != nil {
				return err
			}
			count := 0
			err := h.numbers(of, key, 63, 2, func(n uint64) {
				p.begin, p.end = p.end, n
				count++
			})
			if err == nil && count != 2 {
				err = of.errorf(key, " holds %d numbers instead of begin and end", count)
			}
			return err
		}
		if others[key] {
			return of.twice(key)
		}
		if others == nil {
			others = map[string]bool{}
		}
		others[key] = true
		var skipped json.RawMessage
		if err := h.json.Decode(&skipped); err != nil {
			return of.wrap(quote(key), err)
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	switch {
	case !dtype:
		return p, of.errorf("", " has no dtype")
	case !shape:
		return p, of.errorf("", " has no shape")
	case !offsets:
		return p, of.errorf("", " has no data_offsets")
	}
	if _, err = byteSize(p.dtype, p.shape); err != nil {
		return p, errors.WithMessage(err, of.text(""))
	}
	return p, nil
}

// numbers reads an array of at most so many whole numbers that fit in so many bits.
func (h headerDecoder) numbers(of subject, part string, bits, most int, add func(uint64)) error {
	if err := h.delim(of, part, '['); err != nil {
		return err
	}
	for count := 0; h.json.More(); count++ {
		if count == most {
			return of.errorf(part, " holds more than %d numbers", most)
		}
		token, err := h.json.Token()
		if err != nil {
			return of.wrap(part, err)
		}
		text, ok := token.(json.Number)
		n, err := strconv.ParseUint(string(text), 10, bits)
		if !ok || err != nil {
			return of.errorf(part, " holds %.40q, which is not a whole number of at most %d bits", fmt.Sprint(token), bits)
		}
		add(n)
	}
	return h.delim(of, part, ']')
}

// text reads a string.
func (h headerDecoder) text(of subject, part string) (string, error) {
	token, err := h.json.Token()
	if err != nil {
		return "", of.wrap(part, err)
	}
	s, ok := token.(string)
	if !ok {
		return "", of.errorf(part, " is %.40q instead of a string", fmt.Sprint(token))
	}
	return s, nil
}

// delim reads one of { } [ ].
func (h headerDecoder) delim(of subject, part string, want json.Delim) error {
	token, err := h.json.Token()
	if err != nil {
		return of.wrap(part, err)
	}
	if token != want {
		return of.errorf(part, " has %.40q where %q belongs", fmt.Sprint(token), want.String())
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

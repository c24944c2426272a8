package text

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
	"github.com/rivo/uniseg"
)

// charsMap is the normal form of a model of SentencePiece: what characters are replaced by, found by a double array.
type charsMap struct {
	units  []uint32
	texts  string // each ends with a zero
	growth float64
}

// mostMapUnits bounds the places of the double array that are visited when it is read. That of NFKC has 40,000 entries.
const mostMapUnits = 1 << 20

func newCharsMap(data []byte) (*charsMap, error) {
	if len(data) < 4 {
		return nil, errors.New("precompiled_charsmap is missing")
	}
	n := binary.LittleEndian.Uint32(data)
	if data = data[4:]; n%4 != 0 || n == 0 || int64(n) > int64(len(data)) {
		return nil, errors.Errorf("precompiled_charsmap is broken: a table of %d bytes where %d are left", n, len(data))
	}
	m := &charsMap{units: make([]uint32, n/4), texts: string(data[n:])}
	for i := range m.units {
		m.units[i] = binary.LittleEndian.Uint32(data[4*i:])
	}
	return m, m.measure()
}

func offset(unit uint32) uint32 { return unit >> 10 << (unit & (1 << 9) >> 6) }

// step goes on from a place by a byte. ok is whether there is one; text is where the replacement begins, or -1.
func (m *charsMap) step(at uint32, c byte) (next uint32, text int, ok bool) {
	at ^= uint32(c)
	if int64(at) >= int64(len(m.units)) {
		return 0, -1, false
	}
	unit := m.units[at]
	if unit&(1<<31|0xff) != uint32(c) {
		return 0, -1, false
	}
	at ^= offset(unit)
	text = -1
	if unit>>8&1 == 1 && int64(at) < int64(len(m.units)) {
		text = int(m.units[at] & (1<<31 - 1))
	}
	return at, text, true
}

// measure finds by how much a replacement can be longer than what it replaces, and refuses a broken table.
func (m *charsMap) measure() error {
	type place struct {
		at    uint32
		depth int
	}
	todo := []place{{offset(m.units[0]), 0}}
	visited := 0
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for c := 1; c < 256; c++ {
			next, text, ok := m.step(p.at, byte(c))
			if !ok {
				continue
			}
			if visited++; visited > mostMapUnits || p.depth > 64 {
				return errors.New("precompiled_charsmap is broken: its table goes in a circle")
			}
			if text >= 0 {
				if text > len(m.texts) {
					return errors.New("precompiled_charsmap is broken: a text lies behind its end")
				}
				end := strings.IndexByte(m.texts[text:], 0)
				if end > longestText {
					return errors.Errorf("precompiled_charsmap has a text of %d bytes; no more than %d are read", end, longestText)
				}
				m.growth = max(m.growth, float64(end)/float64(p.depth+1))
			}
			todo = append(todo, place{next, p.depth + 1})
		}
	}
	return nil
}

// replacement returns the text of the shortest entry that s begins with.
func (m *charsMap) replacement(s string) (string, bool) {
	at := offset(m.units[0])
	for i := 0; i < len(s) && s[i] != 0; i++ {
		next, text, ok := m.step(at, s[i])
		if !ok {
			break
		}
		if text >= 0 {
			if text >= len(m.texts) {
				return "", true
			}
			found := m.texts[text:]
			if end := strings.IndexByte(found, 0); end >= 0 {
				found = found[:end]
			}
			return found, true
		}
		at = next
	}
	return "", false
}

// normalize replaces user-perceived characters of less than six bytes as a whole, as the library does, and others one
// code point after the other.
func (m *charsMap) normalize(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		n := 1
		if s[0] >= utf8.RuneSelf || len(s) > 1 && s[1] >= utf8.RuneSelf || s[0] == '\r' {
			cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(s, -1)
			n = len(cluster)
		}
		cluster := s[:n]
		s = s[n:]
		if n < 6 {
			if by, ok := m.replacement(cluster); ok {
				b.WriteString(by)
				continue
			}
		}
		for len(cluster) > 0 {
			_, n := utf8.DecodeRuneInString(cluster)
			if by, ok := m.replacement(cluster[:n]); ok {
				b.WriteString(by)
			} else {
				b.WriteString(cluster[:n])
			}
			cluster = cluster[n:]
		}
	}
	return b.String()
}

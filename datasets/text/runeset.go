package text

import (
	"slices"
	"sort"
	"unicode"
)

// runeSet is a set of characters: ranges in order, each with its first and last character, that neither meet nor touch.
// It does not change once it is made.
type runeSet struct {
	ranges []rune
	low    [lowRunes / 64]uint64 // the characters below lowRunes again, one bit each
}

// lowRunes covers the alphabets in which most text is; the others are searched for.
const lowRunes = 0x2000

// setOf returns the set of ranges in any order.
func setOf(ranges ...rune) *runeSet {
	type span struct{ from, to rune }
	spans := make([]span, 0, len(ranges)/2)
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] <= ranges[i+1] {
			spans = append(spans, span{ranges[i], ranges[i+1]})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	s := &runeSet{}
	for _, p := range spans {
		if last := len(s.ranges) - 1; last > 0 && p.from <= s.ranges[last]+1 {
			s.ranges[last] = max(s.ranges[last], p.to)
		} else {
			s.ranges = append(s.ranges, p.from, p.to)
		}
	}
	for i := 0; i < len(s.ranges); i += 2 {
		for r := s.ranges[i]; r <= s.ranges[i+1] && r < lowRunes; r++ {
			s.low[r>>6] |= 1 << (r & 63)
		}
	}
	return s
}

// setOfTables returns the union of tables of package unicode.
func setOfTables(tables ...*unicode.RangeTable) *runeSet {
	var ranges []rune
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			ranges = append(ranges, lo, hi)
			return
		}
		for r := lo; r <= hi; r += stride {
			ranges = append(ranges, r, r)
		}
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return setOf(ranges...)
}

func (s *runeSet) has(r rune) bool {
	if r < lowRunes {
		return s.low[r>>6]>>(r&63)&1 != 0
	}
	i := sort.Search(len(s.ranges)/2, func(i int) bool { return s.ranges[2*i+1] >= r })
	return 2*i < len(s.ranges) && s.ranges[2*i] <= r
}

func (s *runeSet) or(t *runeSet) *runeSet { return setOf(slices.Concat(s.ranges, t.ranges)...) }

// not returns all characters that s does not have.
func (s *runeSet) not() *runeSet {
	var ranges []rune
	from := rune(0)
	for i := 0; i < len(s.ranges); i += 2 {
		ranges = append(ranges, from, s.ranges[i]-1)
		from = s.ranges[i+1] + 1
	}
	return setOf(append(ranges, from, unicode.MaxRune)...)
}

func (s *runeSet) and(t *runeSet) *runeSet { return s.not().or(t.not()).not() }

// folded returns s with the other cases of its characters.
func (s *runeSet) folded() *runeSet {
	ranges := slices.Clone(s.ranges)
	for i := 0; i < len(s.ranges); i += 2 {
		for r := s.ranges[i]; r <= s.ranges[i+1]; r++ {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				ranges = append(ranges, f, f)
			}
		}
	}
	return setOf(ranges...)
}

package text

import (
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// instruction is a step of a program that matches by trying one way after the other. Unless op says otherwise, the next
// one follows.
type instruction struct {
	op       opcode
	set      *runeSet
	x, y     int // places in the program
	min, max int // of a run; max below 0 is no limit
	negated  bool
	atomic   bool // a run gives nothing back
	assert   byte
}

type opcode uint8

const (
	opSet    opcode = iota // one character of the set
	opRun                  // min to max characters of the set, as many as there are
	opSplit                // x, or else y
	opJump                 // to x
	opAtomic               // the program at x, which is not tried in other ways later; on at y
	opLook                 // whether the program at x matches from here, or does not if negated; on at y
	opBehind               // the same of min to max characters before
	opAssert               // ^ $ A z Z b B
	opMatch                // the end of the program or of a part
)

type compiler struct {
	program []instruction
	err     error
}

func (c *compiler) emit(in instruction) int {
	if len(c.program) >= mostInstructions {
		if c.err == nil {
			c.err = errors.Errorf("it has more than %d steps when its counts are written out", mostInstructions)
		}
		return 0
	}
	c.program = append(c.program, in)
	return len(c.program) - 1
}

func (c *compiler) node(n *node) {
	if c.err != nil {
		return
	}
	switch n.kind {
	case nodeSequence:
		for _, p := range n.parts {
			c.node(p)
		}
	case nodeSet:
		c.emit(instruction{op: opSet, set: n.set})
	case nodeAlternatives:
		var ends []int
		for i, p := range n.parts {
			if i == len(n.parts)-1 {
				c.node(p)
				break
			}
			split := c.emit(instruction{op: opSplit})
			c.program[split].x = len(c.program)
			c.node(p)
			ends = append(ends, c.emit(instruction{op: opJump}))
			c.program[split].y = len(c.program)
		}
		for _, e := range ends {
			c.program[e].x = len(c.program)
		}
	case nodeAtomic:
		c.part(instruction{op: opAtomic}, n.parts[0])
	case nodeLook:
		in := instruction{op: opLook, negated: n.negated}
		if n.behind {
			in.op = opBehind
			in.min, in.max = n.parts[0].width()
		}
		c.part(in, n.parts[0])
	case nodeAssertion:
		c.emit(instruction{op: opAssert, assert: n.assertion})
	case nodeRepeat:
		c.repeat(n)
	}
}

// part compiles a program within the program.
func (c *compiler) part(in instruction, inside *node) {
	at := c.emit(in)
	c.program[at].x = len(c.program)
	c.node(inside)
	if in.op == opBehind {
		// The text ends there then, and other ways are tried unless the part does, too.
		c.emit(instruction{op: opAssert, assert: 'z'})
	}
	c.emit(instruction{op: opMatch})
	c.program[at].y = len(c.program)
}

func (c *compiler) repeat(n *node) {
	inside := n.parts[0]
	if inside.kind == nodeSet && !n.lazy {
		c.emit(instruction{op: opRun, set: inside.set, min: n.min, max: n.max, atomic: n.possessive})
		return
	}
	if n.possessive {
		greedy := *n
		greedy.possessive = false
		c.part(instruction{op: opAtomic}, &greedy)
		return
	}
	for range n.min {
		c.node(inside)
	}
	branch := func() int { return c.emit(instruction{op: opSplit}) }
	set := func(at, on, out int) {
		if n.lazy {
			on, out = out, on
		}
		c.program[at].x, c.program[at].y = on, out
	}
	if n.max < 0 {
		at := branch()
		c.node(inside)
		c.emit(instruction{op: opJump, x: at})
		set(at, at+1, len(c.program))
		return
	}
	var branches []int
	for range n.max - n.min {
		if c.err != nil {
			return
		}
		branches = append(branches, branch())
		c.node(inside)
	}
	for _, at := range branches {
		set(at, at+1, len(c.program))
	}
}

// matching is the state of finding all matches in a text.
type matching struct {
	stack   []frame
	steps   int // that are left
	seenAll int // ways that are noted
}

// frame is a way that is still to be tried: the program goes on at pc and at. Below least, at has been given back a
// character at a time already.
type frame struct{ pc, at, least int }

// The time and memory that a text may take. A step is an instruction or a character of a run; usual expressions take
// about ten for a byte. When an expression has no match for many steps, ways that were tried already are noted, so that
// the time does not grow with the square of the length or worse.
const (
	stepsOfText = 1 << 16
	stepsOfByte = 1 << 7
	stepsOfNote = 1 << 3  // noting a way takes as long
	stepsOfFind = 1 << 10 // before ways are noted
	mostWays    = 1 << 20 // that are noted or wait
)

// all calls found with each match in s in order, and with empty ones too, but for those right behind another. A text
// for which the expression takes more than 128 steps a byte has no more matches from there on.
func (p *pattern) all(s string, found func(from, to int)) {
	m, ok := p.pool.Get().(*matching)
	if !ok {
		m = &matching{}
	}
	defer p.pool.Put(m)
	m.steps = stepsOfText + stepsOfByte*len(s)
	last := -1
	for at := 0; at <= len(s); {
		from, to := p.find(m, s, at)
		if from < 0 {
			return
		}
		if from == to && from == last {
			_, n := utf8.DecodeRuneInString(s[at:])
			at += max(n, 1)
			continue
		}
		found(from, to)
		at, last = to, to
	}
}

// find returns the first match that begins at or behind a place, or -1.
func (p *pattern) find(m *matching, s string, at int) (from, to int) {
	for at <= len(s) {
		n := 1
		if at < len(s) {
			if c := s[at]; c < utf8.RuneSelf {
				if !p.first[c] {
					at++
					m.steps--
					continue
				}
			} else {
				_, n = utf8.DecodeRuneInString(s[at:])
			}
		}
		m.stack = m.stack[:0]
		m.seenAll = 0
		if end := p.run(m, s, 0, at, stepsOfFind); end >= 0 {
			return at, end
		}
		if m.steps <= 0 {
			return -1, -1
		}
		at += n
	}
	return -1, -1
}

// run returns where the program at pc, begun at a place, ends first, or -1.
func (p *pattern) run(m *matching, s string, pc, at, free int) int {
	base := len(m.stack)
	var seen map[[2]int]bool // the ways of this run that were tried
	limit := m.steps - free
	for {
		if m.steps--; m.steps <= 0 {
			return -1
		}
		in := &p.program[pc]
		ok := false
		switch in.op {
		case opMatch:
			m.stack = m.stack[:base]
			return at
		case opJump:
			pc = in.x
			continue
		case opSplit:
			if m.steps < limit {
				if seen == nil {
					seen = map[[2]int]bool{}
				}
				way := [2]int{pc, at}
				m.steps -= stepsOfNote
				if seen[way] {
					break
				}
				seen[way] = true
				m.seenAll++
			}
			if m.seenAll+len(m.stack) > mostWays {
				m.steps = 0
				return -1
			}
			m.stack = append(m.stack, frame{in.y, at, at})
			pc = in.x
			continue
		case opSet:
			if at < len(s) {
				r, n := rune(s[at]), 1
				if r >= utf8.RuneSelf {
					r, n = utf8.DecodeRuneInString(s[at:])
				}
				if in.set.has(r) {
					at += n
					ok = true
				}
			}
		case opRun:
			count, end, least := 0, at, at
			for end < len(s) && count != in.max {
				r, n := rune(s[end]), 1
				if r >= utf8.RuneSelf {
					r, n = utf8.DecodeRuneInString(s[end:])
				}
				if !in.set.has(r) {
					break
				}
				end += n
				if count++; count <= in.min {
					least = end
				}
			}
			m.steps -= count
			if count >= in.min {
				at, ok = end, true
				if end > least && !in.atomic {
					m.stack = append(m.stack, frame{pc + 1, end, least})
				}
			}
		case opAtomic:
			if end := p.run(m, s, in.x, at, free); end >= 0 {
				at, pc = end, in.y
				continue
			}
		case opLook:
			if p.run(m, s, in.x, at, free) >= 0 != in.negated {
				pc = in.y
				continue
			}
		case opBehind:
			if p.behind(m, s, in, at, free) != in.negated {
				pc = in.y
				continue
			}
		case opAssert:
			ok = holdsAt(s, at, in.assert)
		}
		if ok {
			pc++
			continue
		}
		// The last way that was left.
		for {
			if len(m.stack) == base || m.steps <= 0 {
				return -1
			}
			top := &m.stack[len(m.stack)-1]
			pc, at = top.pc, top.at
			if top.at > top.least { // a run gives a character back
				_, n := utf8.DecodeLastRuneInString(s[:top.at])
				top.at -= n
				at = top.at
				if top.at == top.least {
					m.stack = m.stack[:len(m.stack)-1]
				}
			} else {
				m.stack = m.stack[:len(m.stack)-1]
			}
			if m.steps >= limit {
				break
			}
			way := [2]int{pc, at}
			if seen == nil {
				seen = map[[2]int]bool{}
			}
			m.steps -= stepsOfNote
			if !seen[way] || p.program[pc].op == opSplit {
				if p.program[pc].op != opSplit {
					seen[way] = true
					if m.seenAll++; m.seenAll > mostWays {
						m.steps = 0
						return -1
					}
				}
				break
			}
		}
	}
}

// behind reports whether the part of an instruction matches up to a place.
func (p *pattern) behind(m *matching, s string, in *instruction, at, free int) bool {
	from := at
	for n := 0; n <= in.max; n++ {
		if n >= in.min && p.run(m, s[:at], in.x, from, free) >= 0 {
			return true
		}
		if from == 0 {
			break
		}
		_, size := utf8.DecodeLastRuneInString(s[:from])
		from -= size
	}
	return false
}

var wordSet = onigurumaWord()

func holdsAt(s string, at int, assert byte) bool {
	switch assert {
	case '^':
		return at == 0 || s[at-1] == '\n' && at < len(s)
	case '$':
		return at == len(s) || s[at] == '\n'
	case 'A':
		return at == 0
	case 'z':
		return at == len(s)
	case 'Z':
		return at == len(s) || s[at:] == "\n"
	}
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	after, _ := utf8.DecodeRuneInString(s[at:])
	edge := (at > 0 && wordSet.has(before)) != (at < len(s) && wordSet.has(after))
	return edge == (assert == 'b')
}

// replace replaces all matches by a text.
func (p *pattern) replace(s, by string) string {
	var b strings.Builder
	done := 0
	p.all(s, func(from, to int) {
		b.WriteString(s[done:from])
		b.WriteString(by)
		done = to
	})
	if done == 0 && b.Len() == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

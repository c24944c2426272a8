package text

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// pattern is a regular expression of a tokenizer.json. These are written for Oniguruma, whose look-around, possessive
// quantifiers and nested classes package regexp does not have. What is not read is back references, calls of groups,
// and assertions and groups that depend on others. Its methods may be called from several goroutines at once.
type pattern struct {
	program []instruction
	first   [utf8.RuneSelf]bool // whether a match may begin with the character, or at it without one
	least   int                 // characters of the shortest match
	pool    sync.Pool           // of *matching
}

// The limits of an expression. Those of the tokenizers in use have less than 1000 bytes and 100 instructions.
const (
	longestExpression  = 1 << 14 // bytes
	deepestExpression  = 50      // groups within groups
	mostInstructions   = 20_000
	mostRepeats        = 1000 // in {n,m}
	longestLookBehind  = 100  // characters
	mostExpressionSets = 500  // classes of characters
)

// compile translates an expression.
func compile(expr string) (*pattern, error) {
	if len(expr) > longestExpression {
		return nil, errors.Errorf("an expression of %d bytes; no more than %d are read", len(expr), longestExpression)
	}
	p := &expressionParser{source: expr, sets: map[string]*runeSet{}}
	root, err := p.alternatives()
	if err == nil && p.at < len(expr) {
		err = errors.New("a ) too many")
	}
	c := &compiler{}
	if err == nil {
		c.node(root)
		c.emit(instruction{op: opMatch})
		err = c.err
	}
	if err != nil {
		return nil, errors.Errorf("the expression %.200q cannot be read: %v", expr, err)
	}
	re := &pattern{program: c.program}
	re.least, _ = root.width()
	re.findFirst(0, map[int]bool{})
	return re, nil
}

// between is 1 if the expression matches without a character, so that what replaces that stands beside each.
func (p *pattern) between() float64 {
	if p.least == 0 {
		return 1
	}
	return 0
}

// findFirst notes which characters a match may begin with.
func (p *pattern) findFirst(pc int, seen map[int]bool) {
	for !seen[pc] {
		seen[pc] = true
		in := &p.program[pc]
		switch in.op {
		case opSet, opRun:
			for r := range rune(utf8.RuneSelf) {
				p.first[r] = p.first[r] || in.set.has(r)
			}
			if in.op == opSet || in.min > 0 {
				return
			}
			pc++
		case opSplit:
			p.findFirst(in.y, seen)
			pc = in.x
		case opJump:
			pc = in.x
		case opAtomic:
			p.findFirst(in.x, seen)
			return
		default: // what is looked at or ends without a character may do so anywhere
			for r := range p.first {
				p.first[r] = true
			}
			return
		}
	}
}

// node is a part of an expression.
type node struct {
	kind       nodeKind
	set        *runeSet
	parts      []*node
	min, max   int // of a repeat; max below 0 is no limit
	lazy       bool
	possessive bool
	negated    bool
	behind     bool
	assertion  byte
}

type nodeKind int

const (
	nodeSequence nodeKind = iota
	nodeAlternatives
	nodeSet
	nodeRepeat
	nodeAtomic
	nodeLook
	nodeAssertion
)

// width returns how many characters a node matches at least and at most, which is -1 without a limit.
func (n *node) width() (least, most int) {
	switch n.kind {
	case nodeSet:
		return 1, 1
	case nodeSequence, nodeAtomic:
		for _, p := range n.parts {
			a, b := p.width()
			least += a
			if b < 0 || most < 0 {
				most = -1
			} else {
				most += b
			}
		}
	case nodeAlternatives:
		for i, p := range n.parts {
			a, b := p.width()
			if i == 0 {
				least, most = a, b
				continue
			}
			least = min(least, a)
			if b < 0 || most < 0 {
				most = -1
			} else {
				most = max(most, b)
			}
		}
	case nodeRepeat:
		a, b := n.parts[0].width()
		least = a * n.min
		switch {
		case b == 0 || n.max == 0:
		case b < 0 || n.max < 0:
			most = -1
		default:
			most = b * n.max
		}
	}
	return min(least, mostInstructions), min(most, mostInstructions)
}

type expressionParser struct {
	source string
	at     int
	depth  int
	flags  expressionFlags
	sets   map[string]*runeSet
}

type expressionFlags struct{ fold, dotAll, free bool }

func (p *expressionParser) peek(s string) bool { return strings.HasPrefix(p.source[p.at:], s) }

func (p *expressionParser) take(s string) bool {
	if p.peek(s) {
		p.at += len(s)
		return true
	}
	return false
}

// next returns the next character.
func (p *expressionParser) next() (rune, error) {
	if p.at == len(p.source) {
		return 0, errors.New("it ends too early")
	}
	r, n := utf8.DecodeRuneInString(p.source[p.at:])
	p.at += n
	return r, nil
}

// alternatives reads up to a ) or the end.
func (p *expressionParser) alternatives() (*node, error) {
	if p.depth++; p.depth > deepestExpression {
		return nil, errors.Errorf("more than %d groups within groups", deepestExpression)
	}
	defer func(before expressionFlags) { p.depth, p.flags = p.depth-1, before }(p.flags)
	all := &node{kind: nodeAlternatives}
	current := &node{kind: nodeSequence}
	for p.at < len(p.source) && !p.peek(")") {
		if p.take("|") {
			all.parts = append(all.parts, current)
			current = &node{kind: nodeSequence}
			continue
		}
		n, err := p.item()
		if err != nil {
			return nil, err
		}
		if n != nil {
			current.parts = append(current.parts, n)
		}
	}
	if all.parts == nil {
		return current, nil
	}
	all.parts = append(all.parts, current)
	return all, nil
}

// item reads a character, class, group or assertion with its quantifiers; nil is nothing, such as a comment.
func (p *expressionParser) item() (*node, error) {
	n, err := p.atom()
	if err != nil || n == nil {
		return n, err
	}
	for {
		low, high := 0, -1
		switch {
		case p.take("*"):
		case p.take("+"):
			low = 1
		case p.take("?"):
			high = 1
		default:
			var ok bool
			if low, high, ok, err = p.counts(); err != nil || !ok {
				return n, err
			}
			// Behind counts a + is a quantifier of its own.
			n = &node{kind: nodeRepeat, parts: []*node{n}, min: low, max: high, lazy: p.take("?")}
			continue
		}
		n = &node{kind: nodeRepeat, parts: []*node{n}, min: low, max: high}
		if n.lazy = p.take("?"); !n.lazy {
			n.possessive = p.take("+")
		}
	}
}

// counts reads {n}, {n,}, {n,m} or {,m}; ok is whether it is one.
func (p *expressionParser) counts() (low, high int, ok bool, err error) {
	if !p.peek("{") {
		return 0, 0, false, nil
	}
	inner, _, found := strings.Cut(p.source[p.at+1:], "}")
	left, right, two := strings.Cut(inner, ",")
	if !found || inner == "" || inner == "," || strings.Trim(inner, "0123456789,") != "" || strings.Contains(right, ",") {
		return 0, 0, false, nil
	}
	p.at += len(inner) + 2
	number := func(s string, otherwise int) int {
		if s == "" {
			return otherwise
		}
		n, e := strconv.Atoi(s)
		if e != nil || n > mostRepeats {
			err = errors.Errorf("{%.20s}: no more than %d repeats are read", inner, mostRepeats)
		}
		return n
	}
	low = number(left, 0)
	if high = low; two {
		high = number(right, -1)
	}
	if err == nil && high >= 0 && high < low {
		err = errors.Errorf("{%s}: the first count is larger", inner)
	}
	return low, high, true, err
}

func (p *expressionParser) atom() (*node, error) {
	switch {
	case p.take("("):
		return p.group()
	case p.take("["):
		set, err := p.class()
		if err != nil {
			return nil, err
		}
		return &node{kind: nodeSet, set: set}, nil
	case p.take("."):
		if p.flags.dotAll {
			return &node{kind: nodeSet, set: p.named("any")}, nil
		}
		return &node{kind: nodeSet, set: p.named("dot")}, nil
	case p.take("^"):
		return &node{kind: nodeAssertion, assertion: '^'}, nil
	case p.take("$"):
		return &node{kind: nodeAssertion, assertion: '$'}, nil
	case p.peek("*"), p.peek("+"), p.peek("?"):
		return nil, errors.Errorf("%q repeats nothing", p.source[p.at:p.at+1])
	case p.flags.free && p.peek("#"):
		line, _, _ := strings.Cut(p.source[p.at:], "\n")
		p.at += len(line)
		return nil, nil
	case p.take(`\`):
		return p.escape()
	}
	r, err := p.next()
	if err != nil {
		return nil, err
	}
	if p.flags.free && unicode.IsSpace(r) {
		return nil, nil
	}
	return &node{kind: nodeSet, set: p.single(r)}, nil
}

// single returns the set of one character, with its other cases if they are folded.
func (p *expressionParser) single(r rune) *runeSet {
	if p.flags.fold {
		return setOf(r, r).folded()
	}
	return setOf(r, r)
}

// group reads what follows a (.
func (p *expressionParser) group() (*node, error) {
	n := &node{kind: nodeSequence}
	switch {
	case p.take("?#"):
		_, rest, found := strings.Cut(p.source[p.at:], ")")
		if !found {
			return nil, errors.New("a comment that does not end")
		}
		p.at = len(p.source) - len(rest)
		return nil, nil
	case p.take("?:"):
	case p.take("?>"):
		n.kind = nodeAtomic
	case p.take("?="):
		n.kind = nodeLook
	case p.take("?!"):
		n.kind, n.negated = nodeLook, true
	case p.take("?<="):
		n.kind, n.behind = nodeLook, true
	case p.take("?<!"):
		n.kind, n.behind, n.negated = nodeLook, true, true
	case p.take("?<"), p.take("?P<"):
		_, rest, found := strings.Cut(p.source[p.at:], ">")
		if !found {
			return nil, errors.New("a name of a group that does not end")
		}
		p.at = len(p.source) - len(rest)
	case p.take("?"):
		flags, on := p.flags, true
		for {
			r, err := p.next()
			if err != nil {
				return nil, err
			}
			switch r {
			case 'i':
				flags.fold = on
			case 'm', 's':
				flags.dotAll = on
			case 'x':
				flags.free = on
			case '-':
				on = false
			case ')': // up to the end of the group around it
				p.flags = flags
				return p.alternatives()
			case ':':
				before := p.flags
				p.flags = flags
				n, err := p.closeGroup(n)
				p.flags = before
				return n, err
			default:
				return nil, errors.Errorf("group (?%c is not known here", r)
			}
		}
	}
	return p.closeGroup(n)
}

// closeGroup reads the inside of a group.
func (p *expressionParser) closeGroup(n *node) (*node, error) {
	inside, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		return nil, errors.New("a ) is missing")
	}
	n.parts = []*node{inside}
	if _, most := inside.width(); n.behind && (most < 0 || most > longestLookBehind) {
		return nil, errors.Errorf("it looks behind by more than %d characters", longestLookBehind)
	}
	return n, nil
}

// escape reads what follows a \ outside a class.
func (p *expressionParser) escape() (*node, error) {
	for _, a := range []byte("AzZbB") {
		if p.take(string(a)) {
			return &node{kind: nodeAssertion, assertion: a}, nil
		}
	}
	if p.take("R") {
		newline := &node{kind: nodeSequence, parts: []*node{{kind: nodeSet, set: setOf('\r', '\r')}, {kind: nodeSet, set: setOf('\n', '\n')}}}
		one := &node{kind: nodeSet, set: setOf('\n', '\r', 0x85, 0x85, 0x2028, 0x2029)}
		return &node{kind: nodeAtomic, parts: []*node{{kind: nodeAlternatives, parts: []*node{newline, one}}}}, nil
	}
	set, err := p.escapedSet()
	if err != nil {
		return nil, err
	}
	return &node{kind: nodeSet, set: set}, nil
}

// escapedSet reads what follows a \ and stands for a set of characters.
func (p *expressionParser) escapedSet() (*runeSet, error) {
	r, err := p.next()
	if err != nil {
		return nil, err
	}
	switch r {
	case 's', 'd', 'w', 'h':
		return p.named(`\` + string(r)), nil
	case 'S', 'D', 'W', 'H':
		return p.named(`\` + string(unicode.ToLower(r))).not(), nil
	case 'p', 'P':
		return p.property(r == 'P')
	}
	if r, err = p.escapedRune(r); err != nil {
		return nil, err
	}
	return p.single(r), nil
}

// escapedRune returns the character that r stands for behind a \.
func (p *expressionParser) escapedRune(r rune) (rune, error) {
	if i := strings.IndexRune("tnrfvae", r); i >= 0 {
		return rune("\t\n\r\f\v\a\x1b"[i]), nil
	}
	hex := func(most int) (rune, error) {
		n := 0
		for n < most && p.at+n < len(p.source) && strings.IndexByte("0123456789abcdefABCDEF", p.source[p.at+n]) >= 0 {
			n++
		}
		v, err := strconv.ParseUint(p.source[p.at:p.at+n], 16, 32)
		if err != nil || v > unicode.MaxRune {
			return 0, errors.Errorf("\\%c without a character's number", r)
		}
		p.at += n
		return rune(v), nil
	}
	switch {
	case r == 'x' && p.take("{"):
		v, err := hex(8)
		if err == nil && !p.take("}") {
			err = errors.New(`\x{ without a }`)
		}
		return v, err
	case r == 'x':
		return hex(2)
	case r == 'u':
		return hex(4)
	case r == '0':
		return 0, nil
	case '1' <= r && r <= '9', r == 'k', r == 'g':
		return 0, errors.New("back references are not known here")
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
		return 0, errors.Errorf(`\%c is not known here`, r)
	}
	return r, nil
}

// property reads {L} and the like; ^ negates.
func (p *expressionParser) property(negated bool) (*runeSet, error) {
	if !p.take("{") {
		return nil, errors.New(`\p without {`)
	}
	name, rest, found := strings.Cut(p.source[p.at:], "}")
	if !found {
		return nil, errors.New(`\p{ without }`)
	}
	p.at = len(p.source) - len(rest)
	name, not := strings.CutPrefix(name, "^")
	set := p.named(name)
	if set == nil {
		return nil, errors.Errorf(`\p{%.40s} is not known here`, name)
	}
	if negated != not {
		set = set.not()
	}
	return set, nil
}

// class reads what follows a [, up to its ].
func (p *expressionParser) class() (*runeSet, error) {
	if p.depth++; p.depth > deepestExpression {
		return nil, errors.Errorf("more than %d groups within groups", deepestExpression)
	}
	defer func() { p.depth-- }()
	if len(p.sets)+1 > mostExpressionSets {
		return nil, errors.Errorf("more than %d classes", mostExpressionSets)
	}
	p.sets[strconv.Itoa(p.at)] = nil // counted
	negated := p.take("^")
	var ranges []rune // of single characters and ranges
	union := setOf()  // of classes in it
	var meet *runeSet // of what stands before &&
	empty := true     // a ] that comes first stands for itself
	settle := func() *runeSet {
		s := setOf(ranges...)
		if p.flags.fold {
			s = s.folded()
		}
		s = s.or(union)
		if meet != nil {
			s = s.and(meet)
		}
		return s
	}
	for {
		switch {
		case p.take("[:"):
			name, rest, found := strings.Cut(p.source[p.at:], ":]")
			name, not := strings.CutPrefix(name, "^")
			set := p.named(name)
			if !found || set == nil {
				return nil, errors.Errorf("[:%.20s is not known here", name)
			}
			p.at = len(p.source) - len(rest)
			if not {
				set = set.not()
			}
			union = union.or(set)
		case p.take("["):
			inner, err := p.class()
			if err != nil {
				return nil, err
			}
			union = union.or(inner)
		case p.take("&&"):
			meet = settle()
			ranges, union = nil, setOf()
		case p.peek("]") && !empty:
			p.at++
			set := settle()
			if negated {
				set = set.not()
			}
			return set, nil
		default:
			low, set, err := p.classItem()
			if err != nil {
				return nil, err
			}
			if set != nil {
				union = union.or(set)
				break
			}
			high := low
			if p.peek("-") && !p.peek("-]") && !p.peek("-[") {
				before := p.at
				p.at++
				if high, set, err = p.classItem(); err != nil {
					return nil, err
				}
				if set != nil { // as in [a-\d], where the - stands for itself
					high, p.at = low, before
				}
			}
			if high < low {
				return nil, errors.Errorf("the range %q to %q is empty", low, high)
			}
			ranges = append(ranges, low, high)
		}
		empty = false
	}
}

// classItem reads a character of a class, or a set such as \s.
func (p *expressionParser) classItem() (rune, *runeSet, error) {
	r, err := p.next()
	if err != nil || r != '\\' {
		return r, nil, err
	}
	if r, err = p.next(); err != nil {
		return 0, nil, err
	}
	if r == 'b' {
		return '\b', nil, nil
	}
	if strings.ContainsRune("sdwhSDWHpP", r) {
		p.at--
		set, err := p.escapedSet()
		return 0, set, err
	}
	r, err = p.escapedRune(r)
	return r, nil, err
}

// named returns the set of a name: a category, a script, or one of those below. nil is none.
func (p *expressionParser) named(name string) *runeSet {
	key := strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(name))
	if set, ok := p.sets[key]; ok {
		return set
	}
	set := namedSet(key)
	if set != nil {
		p.sets[key] = set
	}
	return set
}

// namedSet returns the set of a name in lower case.
func namedSet(key string) *runeSet {
	switch key {
	case "any":
		return setOf(0, unicode.MaxRune)
	case "dot":
		return setOf('\n', '\n').not()
	case "ascii":
		return setOf(0, unicode.MaxASCII)
	case `\s`, "space", "whitespace":
		return setOfTables(unicode.White_Space)
	case `\d`, "digit":
		return setOfTables(unicode.Nd)
	case `\w`, "word":
		return onigurumaWord()
	case `\h`, "xdigit":
		return setOf('0', '9', 'a', 'f', 'A', 'F')
	case "alpha", "alphabetic":
		return setOfTables(unicode.L, unicode.Nl, unicode.Other_Alphabetic)
	case "alnum":
		return setOfTables(unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.Nd)
	case "upper", "uppercase":
		return setOfTables(unicode.Lu, unicode.Other_Uppercase)
	case "lower", "lowercase":
		return setOfTables(unicode.Ll, unicode.Other_Lowercase)
	case "cntrl":
		return setOfTables(unicode.Cc)
	case "blank":
		return setOfTables(unicode.Zs).or(setOf('\t', '\t'))
	case "punct":
		return setOfTables(unicode.P, unicode.S)
	case "graph":
		return setOfTables(unicode.White_Space, unicode.Cc, unicode.Cs, unicode.Cn).not()
	case "print":
		return setOfTables(unicode.Cc, unicode.Cs, unicode.Cn, unicode.Zl, unicode.Zp).not()
	}
	for _, tables := range []map[string]*unicode.RangeTable{unicode.Categories, unicode.Scripts, unicode.Properties} {
		for name, t := range tables {
			if strings.ToLower(strings.ReplaceAll(name, "_", "")) == key {
				return setOfTables(t)
			}
		}
	}
	for alias, name := range unicode.CategoryAliases {
		if strings.ToLower(strings.ReplaceAll(alias, "_", "")) == key {
			return setOfTables(unicode.Categories[name])
		}
	}
	return nil
}

// wordRunes returns what \w stands for.
func wordRunes() *runeSet {
	return setOfTables(unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.M, unicode.Nd, unicode.Pc)
}

// onigurumaWord adds what Oniguruma's table of Latin-1 has: superscripts and fractions.
func onigurumaWord() *runeSet {
	return wordRunes().or(setOf('²', '³', '¹', '¹', '¼', '¾'))
}

package cloudformation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// atom is an equality that could not be decided.
type atom struct {
	literal   string
	condition *graph.Condition
	// negated is set when the condition is the inequality.
	negated bool
}

// truth is the equality as a choice of truth values.
func (a *atom) truth(equal, different graph.Value) graph.Value {
	if a.negated {
		return graph.ChoiceValue(a.condition, different, equal)
	}
	return graph.ChoiceValue(a.condition, equal, different)
}

// settle says that the equality is false where one of the others holds.
func (a *atom) settle(others []*atom) {
	a.condition.SettledAs = a.negated
	for _, other := range others {
		a.condition.SettledBy = append(a.condition.SettledBy, graph.ConditionTerm{Condition: other.condition, Negated: other.negated})
	}
}

func (s scope) equals(n *node, rng hcl.Range, as naming) graph.Value {
	args, ok := s.arguments("Fn::Equals", n, 2, 2)
	if !ok {
		return s.invalid(rng)
	}
	left, right := s.eval(args[0]), s.eval(args[1])
	if as.condition == "" {
		as = naming{condition: "line " + strconv.Itoa(rng.Start.Line), rng: rng}
	}
	return s.lift([]graph.Value{left, right}, func(v []graph.Value) graph.Value {
		if v[0].IsAbsent() || v[1].IsAbsent() {
			return graph.Bool(v[0].IsAbsent() && v[1].IsAbsent())
		}
		if v[0].Parts() == nil || v[1].Parts() == nil {
			s.checkComparable(v, rng)
			if v[0].IsUnknown() || v[1].IsUnknown() {
				return s.compare(stringOf(v[0]), stringOf(v[1]), as)
			}
			return graph.Bool(v[0].Equal(v[1]))
		}
		return s.compare(v[0], v[1], as)
	})
}

// checkComparable reports operands of Fn::Equals that are no strings; the
// transform AWS::LanguageExtensions resolves them before CloudFormation looks.
func (s scope) checkComparable(operands []graph.Value, rng hcl.Range) {
	isCompound := func(v graph.Value) bool { return v.Kind() == graph.KindList || v.Kind() == graph.KindMap }
	if !s.extensions && slices.ContainsFunc(operands, isCompound) {
		s.report(rng, "Fn::Equals of a list or an object", "CloudFormation compares strings; join a list with Fn::Join first.")
	}
}

// stringOf makes a value comparable.
func stringOf(v graph.Value) graph.Value {
	if v.Parts() != nil {
		return v
	}
	return graph.String(valueKey(v))
}

// compare decides whether two strings are equal where that is certain.
// Otherwise it is a choice; comparisons of one value with several literals
// exclude each other.
func (s scope) compare(left, right graph.Value, as naming) graph.Value {
	if equal, decided := s.decide(left, right); decided {
		return graph.Bool(equal)
	}
	if _, known := left.AsString(); known {
		left, right = right, left
	}
	literal, known := right.AsString()
	if !known {
		return s.comparePair(left, right, as)
	}
	key := left.Key()
	earlier := s.atoms[key]
	own := slices.IndexFunc(earlier, func(a *atom) bool { return a.literal == literal })
	if own < 0 {
		if s.onlyOneLeft(left, earlier, literal) {
			return exclude(earlier, graph.Bool(true))
		}
		own = len(earlier)
		next := s.newAtom(left, literal, describe(left)+" = "+strconv.Quote(literal), as)
		next.settle(earlier)
		earlier = append(earlier, next)
		s.atoms[key] = earlier
	}
	return exclude(earlier[:own], earlier[own].truth(graph.Bool(true), graph.Bool(false)))
}

// exclude is value when none of the equalities holds.
func exclude(atoms []*atom, value graph.Value) graph.Value {
	for _, a := range slices.Backward(atoms) {
		value = a.truth(graph.Bool(false), value)
	}
	return value
}

// onlyOneLeft reports whether the literal is the only allowed value that no
// earlier comparison named.
func (s scope) onlyOneLeft(v graph.Value, earlier []*atom, literal string) bool {
	d := s.domainOf(v)
	if d == nil || len(d.allowed) == 0 || len(earlier) == 0 {
		return false
	}
	for _, allowed := range d.allowed {
		named := slices.ContainsFunc(earlier, func(a *atom) bool { return a.literal == allowed })
		if !named && allowed != literal {
			return false
		}
	}
	return true
}

func (s scope) comparePair(left, right graph.Value, as naming) graph.Value {
	a, b := left.Key(), right.Key()
	if a > b {
		a, b = b, a
	}
	key := a + "\x01" + b
	if len(s.atoms[key]) == 0 {
		s.atoms[key] = []*atom{s.newAtom(left, "", describe(left)+" = "+describe(right), as)}
	}
	return s.atoms[key][0].truth(graph.Bool(true), graph.Bool(false))
}

func (s scope) newAtom(of graph.Value, literal, text string, as naming) *atom {
	u := of.Unknown()
	c := &graph.Condition{Reason: u.Reason, Settle: u.Settle, Range: as.rng}
	a := &atom{literal: literal, condition: c}
	if as.direct {
		c.ID, c.Name, a.negated = s.address(as.condition), as.condition, as.negated
		return a
	}
	c.Name = as.condition
	if c.Name != "" {
		c.Name += " (" + text + ")"
	} else {
		c.Name = text
	}
	c.ID = s.address(as.condition) + "|" + text
	return a
}

// decide compares two strings; decided is false when it depends on what is
// not known.
func (s scope) decide(left, right graph.Value) (equal, decided bool) {
	a, leftKnown := left.AsString()
	b, rightKnown := right.AsString()
	switch {
	case leftKnown && rightKnown:
		return a == b, true
	case left.Key() == right.Key() && !anonymous(left):
		return true, true
	case leftKnown:
		return false, !s.possible(right, a)
	case rightKnown:
		return false, !s.possible(left, b)
	}
	return false, incompatible(left.Parts(), right.Parts())
}

// anonymous reports whether a part is unknown without an identity.
func anonymous(v graph.Value) bool {
	return slices.ContainsFunc(v.Parts(), func(p graph.Part) bool { return p.Unknown != nil && p.Unknown.ID == "" })
}

// possible reports whether text with unknown parts can be the literal.
func (s scope) possible(v graph.Value, literal string) bool {
	if d := s.domainOf(v); d != nil {
		return d.admits(literal)
	}
	if len(literal) > 4096 {
		return true
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, part := range v.Parts() {
		if part.Unknown == nil {
			b.WriteString(regexp.QuoteMeta(part.Literal))
			continue
		}
		b.WriteString(s.patternOf(part.Unknown))
	}
	b.WriteString(`\z`)
	pattern, err := regexp.Compile(b.String())
	return err != nil || pattern.MatchString(literal)
}

// patternOf is a regular expression for what an unknown part can be.
func (s scope) patternOf(u *graph.Unknown) string {
	switch u.Symbol {
	case graph.SymbolAccount:
		return `[0-9]{12}`
	case graph.SymbolRegion:
		return `[a-z]+(-[a-z]+)+-[0-9]+`
	case graph.SymbolPartition:
		return `aws(-[a-z]+)*`
	case graph.SymbolNone:
	}
	if d := s.domains[u.ID]; d != nil && len(d.allowed) > 0 && len(d.allowed) < 64 {
		quoted := make([]string, len(d.allowed))
		for i, value := range d.allowed {
			quoted[i] = regexp.QuoteMeta(value)
		}
		return "(?:" + strings.Join(quoted, "|") + ")"
	}
	return `.*`
}

// incompatible reports whether the known beginnings or ends of two texts
// differ.
func incompatible(a, b []graph.Part) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	firstA, firstB := a[0].Literal, b[0].Literal
	n := min(len(firstA), len(firstB))
	if firstA[:n] != firstB[:n] {
		return true
	}
	lastA, lastB := a[len(a)-1].Literal, b[len(b)-1].Literal
	n = min(len(lastA), len(lastB))
	return lastA[len(lastA)-n:] != lastB[len(lastB)-n:]
}

// domainOf returns what the declaration of a parameter says of its values, if
// the whole value is that parameter.
func (s scope) domainOf(v graph.Value) *domain {
	if parts := v.Parts(); len(parts) == 1 && parts[0].Unknown != nil {
		return s.domains[parts[0].Unknown.ID]
	}
	return nil
}

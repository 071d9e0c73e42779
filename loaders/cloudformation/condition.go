package cloudformation

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// naming says what an undecided equality is called: by the condition that it
// is, or that it negates, else by the condition that it is a part of.
type naming struct {
	condition string
	direct    bool
	negated   bool
	rng       hcl.Range
}

func (n naming) part() naming {
	n.direct = false
	return n
}

// named evaluates a condition of the template: a truth value, or a choice of
// truth values by the equalities that are not decided.
func (s *stack) named(name string, rng hcl.Range) graph.Value {
	if value, ok := s.conditions[name]; ok {
		return value
	}
	declared, ok := s.conditionNodes[name]
	top := scope{stack: s}
	switch {
	case !ok && s.uncertainNames != nil:
		return s.openCondition(name, s.uncertainNames.Reason, s.uncertainNames.Settle, rng)
	case !ok:
		return top.fail(rng, "unresolved condition "+name, "The template has no condition of this name, so CloudFormation rejects it.")
	case s.conditionBusy[name]:
		return top.fail(declared.value.rng, "condition "+name+" depends on itself", "Conditions must not refer to each other in a circle.")
	}
	s.conditionBusy[name] = true
	value := s.withinLimit(func() graph.Value {
		return declared.scope.condition(declared.value, naming{condition: name, direct: true, rng: declared.value.rng})
	})
	delete(s.conditionBusy, name)
	if u := value.Unknown(); value.Kind() == graph.KindUnknown {
		value = s.openCondition(name, u.Reason, u.Settle, declared.value.rng)
	}
	s.conditions[name] = value
	return value
}

// stepsPerTruth is how many steps may be spent for each condition that a truth
// value may rest on.
const stepsPerTruth = 10

// withinLimit evaluates a condition. One that combines too many others is not
// taken apart: its truth is unknown.
func (r *run) withinLimit(evaluate func() graph.Value) graph.Value {
	outer := r.truthLimit
	before := r.spent
	r.truthLimit = r.spent + stepsPerTruth*r.limits.Truth
	value := evaluate()
	r.truthLimit = outer
	if outer > 0 {
		r.truthLimit += r.spent - before
	}
	return value
}

// tooLarge is why a truth value that rests on too much is not known, nil for
// any other.
func (r *run) tooLarge(truth graph.Value) *graph.Unknown {
	size := 0
	graph.Conditions(truth, func(*graph.Condition) { size++ })
	if size <= r.limits.Truth {
		return nil
	}
	return unnamed(truth.Choice().Condition)
}

// unnamed is why a condition is not known, without its name.
func unnamed(c *graph.Condition) *graph.Unknown {
	return &graph.Unknown{Reason: c.Reason, Settle: c.Settle, Range: c.Range}
}

// judged is the truth of a named condition on which something in the template
// hangs. One that rests on others is noted, so that findings can name it.
func (s *stack) judged(name string, rng hcl.Range) graph.Value {
	truth := s.named(name, rng)
	if truth.Kind() != graph.KindChoice || isOne(truth) {
		return truth
	}
	negation := s.choose(truth, graph.Bool(false), graph.Bool(true))
	same := func(known graph.NamedCondition) bool { return known.Truth.Equal(truth) || known.Truth.Equal(negation) }
	if slices.ContainsFunc(s.graph.Conditions, same) {
		return truth
	}
	condition := &graph.Condition{ID: s.address(name), Name: name, Range: s.conditionNodes[name].value.rng}
	graph.Conditions(truth, func(c *graph.Condition) {
		condition.Reason = joinOnce(condition.Reason, c.Reason)
		condition.Settle = joinOnce(condition.Settle, c.Settle)
	})
	s.graph.Conditions = append(s.graph.Conditions, graph.NamedCondition{Root: s.root, Condition: condition, Truth: truth})
	return truth
}

// isOne reports a truth value that is one condition or its negation.
func isOne(truth graph.Value) bool {
	one := false
	graph.Conditions(truth, func(c *graph.Condition) {
		one = one || truth.Equal(c.Truth(true)) || truth.Equal(c.Truth(false))
	})
	return one
}

// joinOnce adds a clause to a list of clauses.
func joinOnce(clauses, clause string) string {
	switch {
	case clauses == "":
		return clause
	case slices.Contains(strings.Split(clauses, "; "), clause):
		return clauses
	}
	return clauses + "; " + clause
}

// openCondition is a condition of which nothing is known.
func (s *stack) openCondition(name, reason, settle string, rng hcl.Range) graph.Value {
	c := &graph.Condition{ID: s.address(name), Name: name, Reason: reason, Settle: settle, Range: rng}
	return graph.ChoiceValue(c, graph.Bool(true), graph.Bool(false))
}

// condition evaluates a condition function.
func (s scope) condition(n *node, as naming) graph.Value {
	s.depth++
	if s.depth > s.limits.Depth {
		return s.fail(n.rng, "condition is nested too deeply", "iblint does not follow conditions that are nested this deeply.")
	}
	if n.kind == scalarNode {
		if truth, ok := n.value.AsBool(); ok {
			return graph.Bool(truth)
		}
	}
	if n.kind != objectNode || len(n.entries) != 1 {
		return s.fail(n.rng, "not a condition", "A condition must be one of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition.")
	}
	argument := n.entries[0].value
	switch n.entries[0].name {
	case "Condition":
		if name, ok := s.name(argument); ok {
			return s.named(name, argument.rng)
		}
	case "Fn::Equals":
		return s.equals(argument, n.rng, as)
	case "Fn::Not":
		return s.not(argument, as)
	case "Fn::And":
		return s.fold("Fn::And", argument, as, false)
	case "Fn::Or":
		return s.fold("Fn::Or", argument, as, true)
	case "Ref", "Fn::FindInMap", "Fn::If", "Fn::Sub", "Fn::Select", "Fn::Join":
		return s.truthOf(s.eval(n), n.rng, as)
	}
	return s.fail(n.rng, "not a condition", n.entries[0].name+" is no condition function.")
}

// truthOf takes a value as a truth value.
func (s scope) truthOf(v graph.Value, rng hcl.Range, as naming) graph.Value {
	return s.lift([]graph.Value{v}, func(v []graph.Value) graph.Value {
		if truth, ok := v[0].AsBool(); ok {
			return graph.Bool(truth)
		}
		if v[0].Parts() != nil && v[0].IsUnknown() {
			return s.compare(v[0], graph.String("true"), as)
		}
		return s.fail(rng, "not a condition", "The value is neither true nor false.")
	})
}

func (s scope) not(n *node, as naming) graph.Value {
	args, ok := s.arguments("Fn::Not", n, 1, 1)
	if !ok {
		return s.invalid(n.rng)
	}
	as.negated = !as.negated
	return s.choose(s.condition(args[0], as), graph.Bool(false), graph.Bool(true))
}

// fold evaluates Fn::And and Fn::Or; decisive is the truth that decides
// alone. Operands after a decisive one do not matter.
func (s scope) fold(name string, n *node, as naming, decisive bool) graph.Value {
	args, ok := s.arguments(name, n, 2, 10)
	if !ok {
		return s.invalid(n.rng)
	}
	values := make([]graph.Value, 0, len(args))
	for _, arg := range args {
		v := s.condition(arg, as.part())
		if truth, known := v.AsBool(); known && truth == decisive {
			return graph.Bool(decisive)
		}
		values = append(values, v)
	}
	out := graph.Bool(!decisive)
	for _, v := range slices.Backward(values) {
		if decisive {
			out = s.choose(v, graph.Bool(true), out)
		} else {
			out = s.choose(v, out, graph.Bool(false))
		}
		if u := s.tooLarge(out); u != nil {
			return graph.UnknownValue(u)
		}
	}
	return out
}

// ifElse evaluates Fn::If. Both arms of an undecided condition are kept.
func (s scope) ifElse(n *node, rng hcl.Range) graph.Value {
	args, ok := s.arguments("Fn::If", n, 3, 3)
	if !ok {
		return s.invalid(rng)
	}
	condition := s.conditionArgument(args[0])
	if truth, known := condition.AsBool(); known {
		if truth {
			return s.eval(args[1])
		}
		return s.eval(args[2])
	}
	v := s.choose(condition, s.eval(args[1]), s.eval(args[2]))
	if v.Kind() == graph.KindChoice {
		return v.WithRange(rng)
	}
	return v
}

// choose is then where the condition holds and otherwise els. What the
// condition decides is decided within the arms as well.
func (r *run) choose(condition, then, els graph.Value) graph.Value {
	if truth, known := condition.AsBool(); known {
		if truth {
			return then
		}
		return els
	}
	c := condition.Choice()
	if c == nil {
		return condition
	}
	if r.spend(); r.exhausted() {
		return graph.UnknownValue(r.exhaustion())
	}
	if r.truthLimit > 0 && r.spent > r.truthLimit {
		return graph.UnknownValue(unnamed(c.Condition))
	}
	arm := func(truth graph.Value, holds bool) graph.Value {
		decided := map[string]bool{c.Condition.ID: holds}
		return r.choose(truth, graph.Resolve(then, decided), graph.Resolve(els, decided))
	}
	return graph.ChoiceValue(c.Condition, arm(c.Then, true), arm(c.Else, false))
}

func (s scope) conditionArgument(n *node) graph.Value {
	if name, ok := s.name(n); ok {
		return s.judged(name, n.rng)
	}
	return s.fail(n.rng, "Fn::If needs the name of a condition", "The first part of Fn::If is a name from the section Conditions.")
}

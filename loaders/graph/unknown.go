package graph

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Symbol names a fact of the place where a template is deployed. A symbol is
// not a missing value: two uses of one symbol are equal, and the linker puts
// the real value in where a provider or the configuration tells it.
type Symbol string

// The symbols.
const (
	// SymbolNone marks a value that is simply not known.
	SymbolNone Symbol = ""
	// SymbolAccount is the 12-digit account number of a deployment
	// (data.aws_caller_identity, AWS::AccountId).
	SymbolAccount Symbol = "account"
	// SymbolRegion is the Region of a deployment (data.aws_region, AWS::Region).
	SymbolRegion Symbol = "region"
	// SymbolPartition is the partition of a deployment (data.aws_partition,
	// AWS::Partition).
	SymbolPartition Symbol = "partition"
)

// Unknown says why a value, or a part of a string, is not known.
type Unknown struct {
	// ID identifies the value: two unknowns with one ID are the same value.
	// Symbols have the IDs made by SymbolID.
	ID string
	// Symbol is set for facts of the deployment.
	Symbol Symbol
	// Reason is a clause for people: "variable key_arn has no value".
	Reason string
	// Settle is what supplies the missing fact: a configuration line, a flag or
	// an AWS CLI command. It may be empty.
	Settle string
	// Range is where the missing fact is declared, if it is.
	Range hcl.Range
}

// Same reports whether two unknowns are certainly the same value.
func (u *Unknown) Same(w *Unknown) bool {
	return u != nil && w != nil && u.ID != "" && u.ID == w.ID
}

// SymbolID makes the ID of a symbol. Deployment is what shares one account and
// Region: "ROOT" for the default provider or the stack, "ROOT|PROVIDER" for a
// provider alias, "FILE|stackset:NAME" for the instances of a StackSet.
func SymbolID(symbol Symbol, deployment string) string {
	return string(symbol) + "(" + deployment + ")"
}

// NewSymbol makes the symbol of a deployment.
func NewSymbol(symbol Symbol, deployment string) *Unknown {
	return &Unknown{
		ID:     SymbolID(symbol, deployment),
		Symbol: symbol,
		Reason: "the " + string(symbol) + " of " + deployment + " is not known",
	}
}

// Condition is a truth value that could not be decided. Equal IDs have equal
// truth.
type Condition struct {
	ID string
	// Name is what the user calls it: the name of a CloudFormation condition or
	// the text of a Terraform expression.
	Name string
	// Reason is a clause: "parameter Environment has no value".
	Reason string
	// Settle supplies the fact that decides.
	Settle string
	// Range is where the condition stands.
	Range hcl.Range
	// SettledBy are terms of which each settles the condition: where one holds,
	// the truth is SettledAs. So do comparisons of one value with several texts
	// exclude each other.
	SettledBy []ConditionTerm
	SettledAs bool
}

// Settled returns the truth of the condition where others leave no choice.
func (c *Condition) Settled(decided map[string]bool) (truth, settled bool) {
	for _, term := range c.SettledBy {
		if other, ok := decided[term.Condition.ID]; ok && other != term.Negated {
			return c.SettledAs, true
		}
	}
	return false, false
}

// Truth is whether the condition has a truth, as a value.
func (c *Condition) Truth(truth bool) Value {
	out := ChoiceValue(c, Bool(truth), Bool(!truth))
	settled := Bool(c.SettledAs == truth)
	for _, term := range slices.Backward(c.SettledBy) {
		if term.Negated {
			out = ChoiceValue(term.Condition, out, settled)
		} else {
			out = ChoiceValue(term.Condition, settled, out)
		}
	}
	return out
}

// Unknown is the condition as the reason of an unknown value.
func (c *Condition) Unknown() *Unknown {
	return &Unknown{
		ID:     "condition(" + c.ID + ")",
		Reason: "condition " + c.Name + " is not decided: " + c.Reason,
		Settle: c.Settle,
		Range:  c.Range,
	}
}

// ConditionTerm is a condition or its negation.
type ConditionTerm struct {
	Condition *Condition
	// Negated is true for "the condition does not hold".
	Negated bool
}

// AllOf is the truth of terms that must all hold.
func AllOf(terms []ConditionTerm) Value {
	truth := Bool(true)
	for _, term := range slices.Backward(terms) {
		if term.Negated {
			truth = ChoiceValue(term.Condition, Bool(false), truth)
		} else {
			truth = ChoiceValue(term.Condition, truth, Bool(false))
		}
	}
	return truth
}

// Terms says in words what must hold for a truth value to be true: terms that
// must all hold, the last of which may be an outcome of several conditions.
func Terms(truth Value) []string {
	var out []string
	for truth.kind == KindChoice {
		c := truth.choice
		switch {
		case isFalse(c.Else):
			out = append(out, c.Condition.Name)
			truth = c.Then
		case isFalse(c.Then):
			out = append(out, "not "+c.Condition.Name)
			truth = c.Else
		default:
			return append(out, "an outcome of "+strings.Join(conditionNames(truth), ", "))
		}
	}
	return out
}

func isFalse(v Value) bool {
	truth, known := v.AsBool()
	return known && !truth
}

// conditionNames are the conditions that choose a value, each once, as they
// are met.
func conditionNames(v Value) []string {
	var names []string
	Conditions(v, func(c *Condition) {
		if !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	})
	return names
}

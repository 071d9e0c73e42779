package graph

import "github.com/hashicorp/hcl/v2"

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

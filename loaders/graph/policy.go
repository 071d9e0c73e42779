package graph

import "github.com/hashicorp/hcl/v2"

// Document is an IAM or KMS policy document, normalized: what AWS lets people
// write as a scalar or a list is always a list here.
type Document struct {
	// Unknown is set when nothing of the document is known.
	Unknown *Unknown
	// Invalid says why the document is no policy (bad JSON, wrong shape). AWS
	// rejects such a document.
	Invalid string
	Version Value
	// Statements are the statements that are known at least in part.
	Statements []Statement
	// Incomplete is set when there may be further statements.
	Incomplete *Unknown
	Range      hcl.Range
	Via        []Via
}

// Statement is one statement of a policy document. A list field is a list
// Value (its items may be unknown), an unknown Value when nothing of the list
// is known, or absent when the element is not written.
type Statement struct {
	Sid    Value
	Effect Value
	// Principals and NotPrincipals are nil when the element is not written.
	Principals    *Principals
	NotPrincipals *Principals
	Actions       Value
	NotActions    Value
	Resources     Value
	NotResources  Value
	Conditions    []StatementCondition
	// Undecided is set when the Condition element, or the statement as a whole,
	// could not be read.
	Undecided *Unknown
	Range     hcl.Range
}

// Principals is a Principal or NotPrincipal element. "*" is the type "*".
type Principals struct {
	Unknown *Unknown
	Items   []Principal
	Range   hcl.Range
}

// Principal is one principal of a statement.
type Principal struct {
	// Type is AWS, Service, Federated, CanonicalUser or "*".
	Type string
	// Identifier is a string Value, possibly with unknown parts; or an unknown
	// Value that stands for a list of unknown length.
	Identifier Value
}

// StatementCondition is one test: an operator as written
// ("ForAllValues:StringEquals"), a condition key and its values.
type StatementCondition struct {
	Operator string
	Key      string
	// Values is a list Value, or unknown.
	Values Value
	Range  hcl.Range
}

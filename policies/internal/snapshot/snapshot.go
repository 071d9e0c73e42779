// Package snapshot keeps compiled Rego as bytes. Parsing and compiling the
// rules takes longer than everything else that happens to a small template;
// reading them back as they were after compilation takes a twentieth of it.
//
// A snapshot holds the modules of a compiler after its rewriting stages: their
// rules with the places of rules and expressions, and nothing that only a
// reader of the source or the compiler itself needs (comments, annotations,
// imports, places of terms). Terms that are equal are kept once.
package snapshot

// magic begins every snapshot; its last digit is the version of the form.
const magic = "iblint rego 1\n"

// tag says what a term holds.
type tag byte

const (
	tagNull tag = iota
	tagFalse
	tagTrue
	tagNumber
	tagString
	tagVar
	tagRef
	tagArray
	tagObject
	tagSet
	tagCall
	tagArrayComprehension
	tagSetComprehension
	tagObjectComprehension
)

// termsOf says what an expression holds.
type termsOf byte

const (
	oneTerm termsOf = iota
	callTerms
	someTerms
	everyTerms
)

// Bits of the flags of expressions and rules.
const (
	flagNegated   = 1 << 4
	flagGenerated = 1 << 5

	flagDefault = 1 << 0
	flagAssign  = 1 << 1
	flagElse    = 1 << 2
	// flagIndexed marks rules with a comprehension that the compiler indexes.
	flagIndexed = 1 << 3
)

package cloudformation

import (
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// Options say what is known beside the template.
type Options struct {
	// Files reads templates and what they refer to.
	Files *source.Files
	// Parameters are values by parameter name; pseudo parameters such as
	// AWS::Region too. The text of a dynamic reference ("resolve:ssm:/a/b") is
	// also a name.
	Parameters map[string]string
	// ParameterFiles are read in order, later ones win; Parameters win over all.
	ParameterFiles []string
	// Imports are the values of other stacks' exports, by export name.
	Imports map[string]string
	// Exports are the exports of other stacks whose templates are at hand, by
	// export name. Imports win over them.
	Exports map[string]graph.Value
	// Account and Region are where the stack is deployed, "" where nothing says.
	Account, Region string
	// StackName is the name of the stack, "" where nothing says.
	StackName string
	// Complete makes a parameter without a value an error.
	Complete bool
	Limits   Limits

	// Root is the path of the root that the resources belong to; the file or
	// name that is loaded when empty.
	Root string
	// Suffix is appended to every address, to tell copies of a template apart.
	Suffix string
	// Values are parameter values that are not plain strings; they win over
	// Parameters.
	Values map[string]graph.Value
	// Place is where the account or Region of a copy is not known: the unknowns
	// stand for them. They are used where Account or Region is empty.
	Place Place
	// Calls are the places that lead to the template, innermost first.
	Calls []graph.Via
	// Exists is the truth of what decides whether the stack exists; left out, it
	// does.
	Exists graph.Value
}

// Place is an account and a Region that are not known as text.
type Place struct {
	Account graph.Value
	Region  graph.Value
	// Many is set when the copy stands for several.
	Many *graph.Unknown
}

// Limits bound what a hostile template can cost. Zero means the default.
type Limits struct {
	// Depth is the deepest nesting of a template and of expressions.
	Depth int
	// Nodes is the number of values that aliases may expand to, and that a
	// template with its nested stacks may evaluate to.
	Nodes int
	// Expansion is the number of items that Fn::ForEach may make; a template with
	// its nested stacks may have twice as many resources.
	Expansion int
	// String is the length of the longest string that a function may make, Items
	// how many items Fn::Split may make. All of a template together may have 64
	// times as much text and 20 times as many items.
	String int
	Items  int
	// Stacks is how deeply stacks may be nested, Copies how many stacks one
	// template may bring.
	Stacks int
	Copies int
	// Truth is how often one condition may ask for others.
	Truth int
	// Choices is the number of undecided conditions that one value may rest on.
	Choices int
}

func (l Limits) withDefaults() Limits {
	set := func(value *int, standard int) {
		if *value <= 0 {
			*value = standard
		}
	}
	set(&l.Depth, 200)
	set(&l.Nodes, 500_000)
	set(&l.Expansion, 10_000)
	set(&l.String, 4<<20)
	set(&l.Items, 50_000)
	set(&l.Stacks, 16)
	set(&l.Copies, 500)
	set(&l.Truth, 400)
	set(&l.Choices, 7)
	return l
}

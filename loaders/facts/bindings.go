package facts

import (
	"path"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"gopkg.in/yaml.v3"
)

// SideKind says what a side of a binding names.
type SideKind string

// The kinds of sides. The first three take a value, the others give one.
const (
	// SideParameter is a parameter of a template: FILE#NAME.
	SideParameter SideKind = "parameter"
	// SideVariable is a variable of a root module: ROOT#var.NAME.
	SideVariable SideKind = "variable"
	// SideRemoteState is ROOT#data.terraform_remote_state.NAME.
	SideRemoteState SideKind = "remote_state"
	// SideAttribute is an attribute of a resource: FILE#LogicalId.Attr (also
	// FILE#Outer/Inner.Attr), or ROOT#aws_kms_key.name.arn.
	SideAttribute SideKind = "attribute"
	// SideStackOutput is an output of a template: FILE#Outputs.NAME.
	SideStackOutput SideKind = "stack_output"
	// SideOutput is an output of a root module: ROOT#output.NAME.
	SideOutput SideKind = "output"
	// SideRoot is a root module: ROOT.
	SideRoot SideKind = "root"
)

// Binding says that one root takes a value from another.
type Binding struct {
	To    BindingSide
	From  BindingSide
	Range hcl.Range
}

// BindingSide is one side of a binding.
type BindingSide struct {
	Kind SideKind
	// Root is the file of the template or the folder of the root module,
	// relative to the working directory.
	Root string
	// Name is the parameter, variable, output, data source ("NAME" or
	// "NAME[\"key\"]"), or the address of the resource within the root.
	Name string
	// Attribute is set for SideAttribute.
	Attribute string
	// Text is the side as written, Range where.
	Text  string
	Range hcl.Range
}

const remoteState = "data.terraform_remote_state."

var templatePattern = regexp.MustCompile(`(?i)\.(ya?ml|json|template)$`)

func (r *reader) bindings(c *Config, n *yaml.Node) {
	folder := path.Dir(c.File)
	for _, e := range r.entries(n, "bindings", nil) {
		value := r.str(e.value, "The source of binding "+e.name)
		if value.IsAbsent() {
			continue
		}
		to, ok := takingSide(folder, e.name)
		to.Range = r.places.of(e.key)
		if !ok {
			r.errorf(e.key, "Wrong binding", "%q names nothing that takes a value. Write FILE#Parameter, ROOT#var.NAME or ROOT#data.terraform_remote_state.NAME.", e.name)
			continue
		}
		from, ok := givingSide(folder, text(value), to.Kind)
		from.Range = value.Range()
		if !ok {
			r.errorf(e.value, "Wrong binding", "%q gives no value for %s. Write %s.", text(value), e.name, givingForms(to.Kind))
			continue
		}
		c.Bindings = append(c.Bindings, Binding{To: to, From: from, Range: hcl.RangeBetween(to.Range, from.Range)})
	}
}

func takingSide(folder, written string) (BindingSide, bool) {
	side, name, found := cutSide(folder, written)
	if !found || name == "" {
		return side, false
	}
	variable, isVariable := strings.CutPrefix(name, "var.")
	state, isState := strings.CutPrefix(name, remoteState)
	switch {
	case templatePattern.MatchString(side.Root):
		side.Kind, side.Name = SideParameter, name
		return side, !strings.ContainsAny(name, ".")
	case isVariable:
		side.Kind, side.Name = SideVariable, variable
		return side, variable != "" && !strings.Contains(variable, ".")
	case isState:
		side.Kind, side.Name = SideRemoteState, state
		return side, state != ""
	}
	// A template may have any name, a folder too: what remains is a parameter
	// when it is one word.
	side.Kind, side.Name = SideParameter, name
	return side, !strings.ContainsAny(name, ".")
}

func givingSide(folder, written string, to SideKind) (BindingSide, bool) {
	side, name, found := cutSide(folder, written)
	if !found {
		side.Kind = SideRoot
		return side, to == SideRemoteState && side.Root != ""
	}
	if to == SideRemoteState {
		return side, false
	}
	isTemplate := templatePattern.MatchString(side.Root)
	output, isOutput := strings.CutPrefix(name, "output.")
	stackOutput, isStackOutput := strings.CutPrefix(name, "Outputs.")
	switch {
	case isOutput && !isTemplate:
		side.Kind, side.Name = SideOutput, output
		return side, output != "" && !strings.Contains(output, ".")
	case isStackOutput:
		side.Kind, side.Name = SideStackOutput, stackOutput
		return side, stackOutput != "" && !strings.Contains(stackOutput, ".")
	}
	return attributeSide(side, name, isTemplate)
}

// attributeSide splits a resource from its attribute: at the first dot in a
// template, where attributes have dots (Outputs of nested stacks) and logical
// IDs have none, at the last one in Terraform. Without a dot the attribute of
// a template's resource is Ref.
func attributeSide(side BindingSide, name string, isTemplate bool) (BindingSide, bool) {
	side.Kind = SideAttribute
	index := strings.LastIndex(name, ".")
	if isTemplate {
		index = strings.Index(name, ".")
		if index < 0 {
			side.Name, side.Attribute = name, "Ref"
			return side, name != ""
		}
	}
	if index <= 0 || index == len(name)-1 {
		return side, false
	}
	side.Name, side.Attribute = name[:index], name[index+1:]
	return side, true
}

func cutSide(folder, written string) (side BindingSide, name string, found bool) {
	root, name, found := strings.Cut(written, "#")
	side = BindingSide{Text: written}
	if root = strings.TrimSpace(root); root != "" {
		side.Root = path.Join(folder, root)
		if path.IsAbs(root) {
			side.Root = path.Clean(root)
		}
	}
	return side, name, found && side.Root != ""
}

func givingForms(to SideKind) string {
	if to == SideRemoteState {
		return "the folder of a root module"
	}
	return "FILE#LogicalId.Attribute, FILE#Outputs.NAME or ROOT#output.NAME"
}

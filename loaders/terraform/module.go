package terraform

import (
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// module is one instance of a module.
type module struct {
	l   *loader
	cfg *config
	// parent and call are nil in the root.
	parent *module
	call   *moduleCall
	// path is the address: "" or "module.a[0].module.b". plain is the same
	// without instance keys, as modules.json has it: "a.b".
	path  string
	plain string
	depth int
	// instance is what each and count are for the call.
	instance instance
	// calls are the places that lead here, innermost first.
	calls []graph.Via
	exist []graph.ConditionTerm
	many  *graph.Unknown

	given     map[string]given
	memos     map[string]*memo
	children  map[string]*callState
	resources map[string]*resourceState
	// providers says which provider configuration of the root a name means.
	providers map[string]*provider
}

// memo is a value that is evaluated once.
type memo struct {
	busy, done bool
	value      cty.Value
}

// once evaluates something the first time that it is asked for. A value that
// needs itself is an error that names the cycle.
func (m *module) once(key, label string, at hcl.Range, evaluate func() cty.Value) cty.Value {
	entry, ok := m.memos[key]
	if !ok {
		entry = &memo{}
		m.memos[key] = entry
	}
	if entry.done {
		return entry.value
	}
	if entry.busy {
		m.l.cycle(m.label(label), at)
		return m.l.failed("cycle("+m.label(label)+")", m.label(label)+" needs itself")
	}
	entry.busy = true
	m.l.stack = append(m.l.stack, m.label(label))
	value := m.l.bounded(evaluate(), label, at)
	m.l.stack = m.l.stack[:len(m.l.stack)-1]
	entry.busy, entry.done, entry.value = false, true, value
	return value
}

// leavesPerStep is how many values are looked at in the time of one step.
const leavesPerStep = 4

// bounded replaces a value that is too large by an unknown one, and so every
// value once all of them hold too much text.
func (l *loader) bounded(v cty.Value, label string, at hcl.Range) cty.Value {
	if l.ended(at) {
		return l.failed("stopped("+label+")", "evaluation was stopped before "+label)
	}
	left := l.limits.Leaves
	partial.Each(v, func(leaf cty.Value) bool {
		left--
		if text, ok := plainText(leaf); ok {
			l.textBytes += len(text)
		}
		return left > 0
	})
	l.evaluator.Charge((l.limits.Leaves - left) / leavesPerStep)
	switch {
	case left <= 0:
		l.problem(at, "Value too large", fmt.Sprintf("%s holds more than the %d values that iblint evaluates. It was taken as unknown.", label, l.limits.Leaves))
	case l.textBytes > l.limits.TotalText:
		l.problem(at, "Too much text", fmt.Sprintf("With %s the values of the root module hold more than the %d bytes of text that iblint evaluates. It was taken as unknown.", label, l.limits.TotalText))
	default:
		return v
	}
	return l.failed("large("+label+")", label+" is larger than iblint evaluates")
}

// cycle reports what needs itself.
func (l *loader) cycle(label string, at hcl.Range) {
	start := len(l.stack) - 1
	for start > 0 && l.stack[start] != label {
		start--
	}
	l.report(&hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Cycle: " + strings.Join(l.stack[start:], ", "),
		Detail:  "Each of these needs the value of the next, and the last needs the first. Break the cycle by giving one of them a value that does not depend on the others.",
		Subject: &at,
	})
}

// failed is the value of what could not be evaluated, which was reported.
func (l *loader) failed(id, reason string) cty.Value {
	return l.table.Value(cty.DynamicPseudoType, &partial.Origin{
		Unknown: &graph.Unknown{ID: id, Reason: reason}, Nullable: true,
	})
}

// label puts the module's address before a name.
func (m *module) label(name string) string {
	if m.path == "" {
		return name
	}
	return m.path + "." + name
}

func (l *loader) newModule(cfg *config) *module {
	return &module{
		l: l, cfg: cfg, memos: map[string]*memo{}, children: map[string]*callState{}, resources: map[string]*resourceState{},
		providers: map[string]*provider{},
	}
}

// rootModule makes the root with the values that were given for its variables.
func (l *loader) rootModule(cfg *config) *module {
	m := l.newModule(cfg)
	m.given = l.givenValues()
	l.addBound(m.given)
	for _, name := range sortedKeys(m.given) {
		if _, ok := cfg.variables[name]; ok {
			continue
		}
		g := m.given[name]
		r := g.at
		if r.Filename == "" {
			r = hcl.Range{Filename: l.dir, Start: hcl.InitialPos, End: hcl.InitialPos}
		}
		switch {
		case g.strict:
			// One command line may serve several roots, so this is no error.
			continue
		case strings.HasPrefix(g.from, "environment"):
			continue
		}
		l.warn(r, "Value for undeclared variable", fmt.Sprintf("The root module does not declare a variable named %q but a value was found in file %q. The value was ignored.", name, path.Base(g.from)))
	}
	return m
}

// variable is the value of an input variable.
func (m *module) variable(name string) cty.Value {
	v, ok := m.cfg.variables[name]
	if !ok {
		return m.l.failed("undeclared("+m.label("var."+name)+")", "variable "+name+" is not declared")
	}
	return m.once("var."+name, "var."+name, v.decl.header, func() cty.Value {
		value := v.decl.marked(m.rawVariable(v.decl))
		m.validate(v.decl, value)
		return value
	})
}

// rawVariable is the value before the rules of the variable are applied.
func (m *module) rawVariable(v *variableType) cty.Value {
	value, at, ok := m.givenVariable(v)
	if ok && value.IsNull() && !v.nullable && v.value != cty.NilVal {
		ok = false
	}
	if !ok {
		return m.defaultVariable(v)
	}
	converted, err := v.convert(m.l, value)
	if err != nil {
		m.l.problem(at, "Invalid value for input variable", fmt.Sprintf("The given value is not suitable for var.%s declared at %s: %s. The variable was taken as unknown.", v.name, v.header, err))
		return m.l.unknownVariable(v, m.owner(), "the value of variable "+v.name+" has the wrong type", "")
	}
	if converted.IsNull() && !v.nullable {
		m.l.problem(at, "Required variable not set", fmt.Sprintf("The given value is not suitable for var.%s defined at %s: required variable may not be set to null.", v.name, v.header))
		return m.l.unknownVariable(v, m.owner(), "variable "+v.name+" may not be null", "")
	}
	return converted
}

// givenVariable is the value that the caller or the user gives.
func (m *module) givenVariable(v *variableType) (cty.Value, hcl.Range, bool) {
	if m.parent != nil {
		a, ok := m.call.arguments[v.name]
		if !ok {
			return cty.NilVal, v.header, false
		}
		return m.parent.scope(m.instance).eval(a.expr), a.attribute.Expr.Range(), true
	}
	g, ok := m.given[v.name]
	if !ok {
		return cty.NilVal, v.header, false
	}
	if !g.isRaw {
		return g.value, g.at, true
	}
	value, ok := m.l.parseRaw(v, g)
	if !ok {
		return m.l.unknownVariable(v, m.owner(), "the value of variable "+v.name+" cannot be read", ""), v.header, true
	}
	return value, v.header, true
}

// defaultVariable is the value of a variable that was given none.
func (m *module) defaultVariable(v *variableType) cty.Value {
	if bound, ok := m.l.options.Bound[v.name]; ok && m.parent == nil {
		return m.l.unknownVariable(v, m.owner(), bound.Reason, bound.Settle)
	}
	if v.value != cty.NilVal {
		return v.value
	}
	if m.parent != nil {
		return m.l.unknownVariable(v, m.owner(), "module "+m.call.name+" is called without its argument "+v.name, "")
	}
	if m.l.options.Complete {
		m.l.problem(v.header, "No value for required variable", fmt.Sprintf("The root module input variable %q is not set, and has no default value. Give it one with --var %s=VALUE or in a file with --var-file.", v.name, v.name))
	}
	settle := "--var " + v.name + "=VALUE, or a line of a tfvars file"
	return m.l.unknownVariable(v, m.owner(), "variable "+v.name+" has no value", settle)
}

// owner names the module in the IDs of its variables.
func (m *module) owner() string {
	if m.path == "" {
		return m.l.dir
	}
	return m.l.dir + "|" + m.path
}

// local is a local value.
func (m *module) local(name string) cty.Value {
	v, ok := m.cfg.locals[name]
	if !ok {
		return m.l.failed("undeclared("+m.label("local."+name)+")", "local value "+name+" is not declared")
	}
	return m.once("local."+name, "local."+name, v.attribute.Range, func() cty.Value { return m.scope(instance{}).eval(v.expr) })
}

// output is an output of this instance.
func (m *module) output(name string) cty.Value {
	o := m.cfg.outputs[name]
	return m.once("output."+name, "output."+name, o.block.Header, func() cty.Value {
		if o.value == nil {
			return cty.NullVal(cty.DynamicPseudoType)
		}
		value := m.scope(instance{}).eval(o.value)
		m.checkOutput(name, o, value)
		if o.sensitive {
			// Terraform 1.11 does not make the value sensitive for the caller.
			value = value.Mark(partial.Private)
		}
		return value
	})
}

// checkOutput refuses to let out of the root what must not be seen.
func (m *module) checkOutput(name string, o *output, value cty.Value) {
	if m.parent == nil && !o.sensitive && partial.HasDeep(value, partial.Sensitive) {
		m.l.problem(o.block.Header, "Output refers to sensitive values", fmt.Sprintf("Output %q holds a sensitive value, so it must be marked as sensitive: sensitive = true.", name))
	}
	if !o.ephemeral && partial.HasDeep(value, partial.Ephemeral) {
		m.l.problem(o.valueRange, "Ephemeral value not allowed", "This output value is not declared as returning an ephemeral value, so it cannot be set to a result derived from an ephemeral value.")
	}
	if m.parent == nil && o.ephemeral {
		m.l.problem(o.block.Header, "Ephemeral output not allowed", "Ephemeral outputs are not allowed in context of a root module.")
	}
	m.enforce(m.scope(instance{}), o.conditions, "Module output value precondition failed", nil)
}

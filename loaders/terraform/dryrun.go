package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// dryRun evaluates expressions that no instance needs, with everything unknown
// that they refer to: what is wrong whatever the values, Terraform refuses.
type dryRun struct{ l *loader }

func (d *dryRun) expr(x *expr) {
	if x == nil {
		return
	}
	variables := map[string]cty.Value{}
	for _, t := range x.refs {
		variables[t.RootName()] = cty.DynamicVal
	}
	_, diags := x.Value(&hcl.EvalContext{Variables: variables, Functions: d.l.functions.Functions()})
	for _, problem := range diags {
		if problem.Severity == hcl.DiagError {
			d.l.report(problem)
		}
	}
}

func (d *dryRun) body(b *bodyConfig) {
	for _, a := range b.attributes {
		d.expr(a.expr)
	}
	for _, block := range b.blocks {
		d.expr(block.forEach)
		d.body(block.body)
	}
}

// module runs a module that has no instance.
func (d *dryRun) module(c *config) {
	for _, name := range sortedKeys(c.locals) {
		d.expr(c.locals[name].expr)
	}
	for _, name := range sortedKeys(c.outputs) {
		d.expr(c.outputs[name].value)
	}
	for _, key := range sortedKeys(c.resources) {
		r := c.resources[key]
		d.expr(r.count)
		d.expr(r.forEach)
		d.body(r.body)
	}
	for _, name := range sortedKeys(c.calls) {
		for _, argument := range sortedKeys(c.calls[name].arguments) {
			d.expr(c.calls[name].arguments[argument].expr)
		}
	}
}

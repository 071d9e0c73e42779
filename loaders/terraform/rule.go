package terraform

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// validate applies the validation rules of a variable.
func (m *module) validate(v *variableType, value cty.Value) {
	if len(v.rules) == 0 {
		return
	}
	entry := m.memos["var."+v.name]
	// A rule refers to the variable that it belongs to.
	entry.busy, entry.done, entry.value = false, true, value
	at := m.valuePlace(v)
	m.enforce(m.scope(instance{}), v.rules, "Invalid value for variable", func(_ hcl.Range, summary, detail string) { m.l.problem(at, summary, detail) })
	entry.busy, entry.done = true, false
}

// valuePlace is where the value of a variable was written, or the variable when
// that is its default or the command line.
func (m *module) valuePlace(v *variableType) hcl.Range {
	if m.parent != nil {
		if a := m.call.arguments[v.name]; a != nil {
			return a.attribute.Expr.Range()
		}
		return v.header
	}
	if g, ok := m.given[v.name]; ok && g.at.Filename != "" {
		return g.at
	}
	return v.header
}

// enforcePre checks the preconditions of a resource, enforcePost its
// postconditions.
func (m *module) enforcePre(cfg *resourceConfig, r *resourceInstance) {
	var rules []*checkRule
	for _, rule := range cfg.rules {
		if !rule.post {
			rules = append(rules, rule)
		}
	}
	m.enforce(r.scope, rules, "Resource precondition failed", nil)
}

func (m *module) enforcePost(cfg *resourceConfig, r *resourceInstance) {
	var rules []*checkRule
	for _, rule := range cfg.rules {
		if rule.post {
			rules = append(rules, rule)
		}
	}
	if len(rules) == 0 {
		return
	}
	inner := *r.scope
	inner.self = r.object
	m.enforce(&inner, rules, "Resource postcondition failed", nil)
}

// enforce reports the rules that certainly do not hold.
func (m *module) enforce(s *scope, rules []*checkRule, summary string, instead func(hcl.Range, string, string)) {
	l := m.l
	for _, rule := range rules {
		v, diags := s.evaluate(rule.condition)
		l.report(diags...)
		if diags.HasErrors() {
			continue
		}
		erased, _ := l.table.Erase(v).Unmark()
		if !erased.IsKnown() {
			m.message(s, rule)
			continue
		}
		truth, err := convert.Convert(erased, cty.Bool)
		if err != nil || truth.IsNull() {
			l.problem(rule.condition.Range(), "Invalid condition result", "Condition expression must return either true or false, not "+describeValue(erased)+".")
			continue
		}
		if text := m.message(s, rule); truth.False() {
			report := l.problem
			if instead != nil {
				report = instead
			}
			report(rule.condition.Range(), summary, text+fmt.Sprintf(" This was checked by the rule at %s.", rule.block.Header))
		}
	}
}

func describeValue(v cty.Value) string {
	if v.IsNull() {
		return "null"
	}
	return v.Type().FriendlyName()
}

// message is the message of a rule, written by the author of the module.
func (m *module) message(s *scope, rule *checkRule) string {
	if rule.message == nil {
		return "This check failed."
	}
	v, diags := s.evaluate(rule.message)
	m.l.report(diags...)
	switch {
	case diags.HasErrors():
		return "This check failed; its error message cannot be evaluated."
	case partial.HasDeep(v, partial.Sensitive):
		return "This check failed; its error message holds a sensitive value."
	}
	text, ok := plainText(v)
	if !ok {
		return "This check failed."
	}
	return strings.TrimSpace(m.l.table.Label(text))
}

// evaluateChecks evaluates the assertions of check blocks, which only warn.
func (m *module) evaluateChecks() {
	m.enforce(m.scope(instance{}), m.cfg.checks, "Check block assertion failed", m.l.warn)
}

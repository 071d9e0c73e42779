package terraform

import (
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/aws"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// exprNode is an expression as parsed.
type exprNode = hclsyntax.Expression

// resourceConfig is a resource, data or ephemeral block.
type resourceConfig struct {
	// mode is "", "data." or "ephemeral.".
	mode       string
	kind, name string
	block      *syntax.Block
	schema     *aws.Schema
	body       *bodyConfig
	count      *expr
	forEach    *expr
	provider   string
	providerAt hcl.Range
	dependsOn  []hcl.Traversal
	rules      []*checkRule
	// scoped is set for a data source within a check block.
	scoped bool
}

// key is the name of the block within its module.
func (r *resourceConfig) key() string { return r.mode + r.kind + "." + r.name }

func (d *decoder) resource(mode string, b *syntax.Block) *resourceConfig {
	r := &resourceConfig{mode: mode, kind: b.Labels[0], name: b.Labels[1], block: b}
	lookup := r.kind
	if mode != "" {
		lookup = mode + r.kind
	}
	r.schema = d.l.schemas.Find(lookup)
	if r.kind == dataResource && mode == "" {
		r.schema = terraformDataSchema()
	}
	rest := *b.Body
	rest.Attributes, rest.Blocks = nil, nil
	for _, a := range b.Body.Attributes {
		if !d.metaArgument(r, a) {
			rest.Attributes = append(rest.Attributes, a)
		}
	}
	for _, inner := range b.Body.Blocks {
		if !d.metaBlock(r, inner) {
			rest.Blocks = append(rest.Blocks, inner)
		}
	}
	if r.count != nil && r.forEach != nil && !overridden(b) {
		d.l.problem(r.forEach.Range(), `Invalid combination of "count" and "for_each"`, `The "count" and "for_each" meta-arguments are mutually-exclusive, only one should be used to be explicit about the number of resources to be created.`)
		r.count = nil
	} else if r.count != nil {
		r.forEach = nil
	}
	r.body = d.l.decodeBody(&rest, r.schema)
	d.c.resources[r.key()] = r
	return r
}

// overridden reports whether count and for_each of a block stand in different
// files: then Terraform goes by count.
func overridden(b *syntax.Block) bool {
	return b.Body.Attribute("count").Range.Filename != b.Body.Attribute("for_each").Range.Filename
}

// metaArgument takes an argument that means the same in every resource.
func (d *decoder) metaArgument(r *resourceConfig, a *syntax.Attribute) bool {
	switch a.Name {
	case "count":
		r.count = d.l.wrap(a.Expr)
	case "for_each":
		r.forEach = d.l.wrap(a.Expr)
	case "depends_on":
		r.dependsOn = d.l.traversals(a)
	case "provider":
		name, ok := providerName(a.Static())
		if text, isText := plainText(literalOrNil(a.Expr)); !ok && isText {
			// The quoted form of Terraform 0.11.
			name, ok = text, true
		}
		if !ok {
			d.l.problem(a.Expr.Range(), "Invalid provider reference", "The name of a provider configuration is expected here, such as aws or aws.target.")
		}
		r.provider, r.providerAt = name, a.Expr.Range()
	case "lifecycle", "provisioner", "connection":
		if !a.JSON {
			return false
		}
		for _, b := range a.Blocks(0) {
			d.metaBlock(r, b)
		}
	default:
		return false
	}
	return true
}

// metaBlock takes a nested block that means the same in every resource.
func (d *decoder) metaBlock(r *resourceConfig, b *syntax.Block) bool {
	switch b.Type {
	case "lifecycle":
		if len(b.Labels) == 0 {
			r.rules = append(r.rules, d.rules(b.Body, "precondition", "postcondition")...)
			d.l.onlyArguments(b, []string{"create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"}, []string{"precondition", "postcondition"})
		}
		return true
	case "provisioner", "connection":
		return r.mode == ""
	}
	return false
}

// dataResource is the resource type of the provider within Terraform.
const dataResource = "terraform_data"

func terraformDataSchema() *aws.Schema {
	anything := aws.Attribute{Type: cty.DynamicPseudoType, Null: true}
	return &aws.Schema{
		Attributes: map[string]aws.Attribute{
			"input": anything, "triggers_replace": anything,
			"id": {Type: cty.String, Computed: true}, "output": {Type: cty.DynamicPseudoType, Computed: true},
		},
		Order: []string{"id", "input", "output", "triggers_replace"},
	}
}

// resourceState is a resource block of one module instance, evaluated.
type resourceState struct {
	cfg       *resourceConfig
	instances []*resourceInstance
}

// resourceInstance is one instance of a resource.
type resourceInstance struct {
	instance
	address string
	id      string
	scope   *scope
	body    *bodyValue
	place   *provider
	// identity are the computed attributes by which others refer to it.
	identity map[string]cty.Value
	object   cty.Value
}

// resourceValue is what a reference to a resource evaluates to.
func (m *module) resourceValue(key string) cty.Value {
	cfg, ok := m.cfg.resources[key]
	if !ok {
		return m.l.failed("undeclared("+m.label(key)+")", key+" is not declared")
	}
	return m.once("resource."+key, key, cfg.block.Header, func() cty.Value {
		state := m.expandResource(cfg)
		m.resources[key] = state
		return m.l.repeated(cfg.count != nil, cfg.forEach != nil, instancesOf(state))
	})
}

func instancesOf(state *resourceState) []member {
	out := make([]member, len(state.instances))
	for i, r := range state.instances {
		out[i] = member{r.instance, r.object}
	}
	return out
}

// member is the value of one instance of a repeated block.
type member struct {
	instance instance
	value    cty.Value
}

// repeated makes the value of a block with count or for_each.
func (l *loader) repeated(isCounted, isEached bool, members []member) cty.Value {
	if !isCounted && !isEached {
		return members[0].value
	}
	if len(members) == 1 && members[0].instance.many != nil {
		m := members[0]
		if isCounted {
			return cty.TupleVal([]cty.Value{m.value}).Mark(partial.Uncertain).Mark(partial.Representative)
		}
		return cty.ObjectVal(map[string]cty.Value{m.instance.key.AsString(): m.value}).Mark(partial.Uncertain).Mark(partial.Representative)
	}
	if c := firstTerm(members); c != nil {
		then := l.repeated(isCounted, isEached, given1(members, c, true))
		els := l.repeated(isCounted, isEached, given1(members, c, false))
		return l.table.Choose(c, then, els)
	}
	if isCounted {
		items := make([]cty.Value, len(members))
		for i, m := range members {
			items[i] = m.value
		}
		return cty.TupleVal(items)
	}
	fields := map[string]cty.Value{}
	for _, m := range members {
		fields[m.instance.key.AsString()] = m.value
	}
	return cty.ObjectVal(fields)
}

// firstTerm is a condition that some instance hangs on.
func firstTerm(members []member) *graph.Condition {
	for _, m := range members {
		if len(m.instance.exist) > 0 {
			return m.instance.exist[0].Condition
		}
	}
	return nil
}

// given1 are the instances that may exist when a condition has a truth, with
// that condition taken as decided.
func given1(members []member, c *graph.Condition, truth bool) []member {
	var out []member
	for _, m := range members {
		var rest []graph.ConditionTerm
		exists := true
		for _, term := range m.instance.exist {
			switch {
			case term.Condition.ID != c.ID:
				rest = append(rest, term)
			case term.Negated == truth:
				exists = false
			}
		}
		if exists {
			m.instance.exist = rest
			out = append(out, m)
		}
	}
	return out
}

// expandResource evaluates every instance of a resource block.
func (m *module) expandResource(cfg *resourceConfig) *resourceState {
	state := &resourceState{cfg: cfg}
	m.checkProvider(cfg.provider, cfg.providerAt)
	m.order(cfg.dependsOn)
	for inner := m; inner.parent != nil; inner = inner.parent {
		inner.parent.order(inner.call.dependsOn)
	}
	outer := m.scope(instance{})
	for _, i := range outer.expand(cfg.key(), cfg.count, cfg.forEach) {
		if m.l.ended(cfg.block.Header) {
			break
		}
		m.l.instances++
		if m.l.instances > m.l.limits.TotalInstances {
			if m.l.instances > m.l.limits.TotalInstances+1 {
				break
			}
			m.l.problem(cfg.block.Header, "Too many instances", fmt.Sprintf("The root module has more than the %d resource instances that iblint evaluates. Further ones were left out.", m.l.limits.TotalInstances))
			break
		}
		state.instances = append(state.instances, m.evaluateResource(cfg, i))
	}
	if len(state.instances) == 0 {
		(&dryRun{m.l}).body(cfg.body)
	}
	if len(state.instances) == 0 && cfg.count == nil && cfg.forEach == nil {
		state.instances = append(state.instances, &resourceInstance{object: m.l.failed("limit", "there are too many instances")})
	}
	return state
}

func (m *module) evaluateResource(cfg *resourceConfig, i instance) *resourceInstance {
	l := m.l
	r := &resourceInstance{instance: i, scope: m.scope(i)}
	r.address = m.label(cfg.key() + i.suffix(l))
	r.address = l.table.Label(r.address)
	r.id = l.dir + "#" + r.address
	m.enforcePre(cfg, r)
	r.body = r.scope.evaluateBody(cfg.body, cfg.schema, cfg.block.Header)
	r.place = m.providerOf(cfg.providerName(m.cfg))
	if region := r.body.attributes["region"]; region != nil && cfg.schema != nil && strings.HasPrefix(cfg.kind, "aws_") {
		r.place = l.placedIn(r.place, region.value)
	}
	r.object = m.objectOf(cfg, r)
	m.enforcePost(cfg, r)
	return r
}

// placedIn is a provider in another Region.
func (l *loader) placedIn(p *provider, region cty.Value) *provider {
	text, ok := plainText(region)
	if !ok || text == "" {
		return p
	}
	out := *p
	out.region = text
	out.partition = l.partition(text, l.deployment(p.name))
	return &out
}

// objectOf is the value of an instance: its arguments, and its computed
// attributes.
func (m *module) objectOf(cfg *resourceConfig, r *resourceInstance) cty.Value {
	l := m.l
	fields := r.body.fields(l)
	r.identity = m.identify(cfg, r, fields)
	maps.Copy(fields, r.identity)
	open := &partial.Open{
		ID:     r.id,
		Reason: cfg.mode + cfg.kind + "." + cfg.name + ".%s is only known after apply",
		Range:  cfg.block.Header, Text: cfg.key(),
	}
	if cfg.mode == "data." {
		open.Reason = "what data source " + cfg.kind + "." + cfg.name + " reads is not known"
		open.Settle = "terraform plan -out tfplan && terraform show -json tfplan > plan.json, and give iblint plan.json"
	}
	if cfg.schema == nil {
		return cty.ObjectVal(fields).Mark(open)
	}
	m.addMissing(cfg, open, fields)
	return cty.ObjectVal(fields)
}

// addMissing adds the attributes of a known type that are not written.
func (m *module) addMissing(cfg *resourceConfig, open *partial.Open, fields map[string]cty.Value) {
	for name, a := range cfg.schema.Attributes {
		if _, ok := fields[name]; ok {
			continue
		}
		if a.Null {
			fields[name] = cty.NullVal(a.Type)
			continue
		}
		reason := open.Reason
		if i := strings.Index(reason, "%s"); i >= 0 {
			reason = reason[:i] + name + reason[i+2:]
		}
		fields[name] = m.l.table.Value(a.Type, &partial.Origin{
			Unknown: &graph.Unknown{ID: "attribute(" + open.ID + "#" + name + ")", Reason: reason, Range: open.Range},
			Class:   computedClass(name, a), Nullable: !a.Computed && name != "id", Text: open.Text + "." + name,
		})
	}
	for name := range cfg.schema.Blocks {
		if _, ok := fields[name]; !ok {
			fields[name] = cty.EmptyTupleVal
		}
	}
}

// computedClass says what is known of the text of an attribute that is not
// written.
func computedClass(name string, a aws.Attribute) partial.Class {
	if a.Computed || name == "id" {
		return partial.ClassFilled
	}
	return partial.ClassAny
}

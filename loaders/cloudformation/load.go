package cloudformation

import (
	"context"
	"maps"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// Load reads one template and everything that it brings along. The file is
// relative to the working directory, with slashes. The graph is never nil;
// what could not be read is missing in it, with a diagnostic. A file that is
// good YAML or JSON but no template gives an empty graph without a root.
func Load(ctx context.Context, file string, o Options) (*graph.Graph, hcl.Diagnostics) {
	file = path.Clean(file)
	if o.Root == "" {
		o.Root = file
	}
	r := newRun(ctx, o)
	content, err := r.read(file)
	if err != nil {
		r.diags = append(r.diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "template cannot be read", Detail: err.Error() + ".",
			Subject: startOf(file).Ptr(),
		})
		return r.graph, r.diags
	}
	d, diags := parse(file, content, r.limits, nil, nil)
	r.diags = append(r.diags, diags...)
	if len(diags) > 0 || d.isTemplate() {
		r.load(d, file, file, nil)
	}
	r.sortDiagnostics()
	return r.graph, r.diags
}

// isTemplate tells a template, even one that lacks its resources, from other
// YAML and JSON in which the words of a template occur.
func (d *document) isTemplate() bool {
	if d.root == nil || d.root.kind != objectNode {
		return false
	}
	for _, section := range []string{"Resources", "AWSTemplateFormatVersion", "Transform"} {
		if d.root.member(section) != nil {
			return true
		}
	}
	return false
}

// LoadBody reads a template that is a value: a string, with unknown parts
// perhaps, or an object. Resources get the address NAME#ID, or NAME/ID when the
// name is an address itself. The value's range says where it stands.
func LoadBody(ctx context.Context, name string, body graph.Value, o Options) (*graph.Graph, hcl.Diagnostics) {
	if o.Root == "" {
		o.Root, _, _ = strings.Cut(name, "#")
	}
	o.Parameters = withoutPlace(o)
	r := newRun(ctx, o)
	file := name
	if body.HasRange() {
		file = body.Range().Filename
	}
	d, diags := parseBody(body, name, r.limits)
	r.diags = append(r.diags, diags...)
	r.load(d, name, file, body.Via())
	r.sortDiagnostics()
	return r.graph, r.diags
}

// withoutPlace leaves out the pseudo parameters for which the place of the copy
// is given: they are those of the stack that deploys it.
func withoutPlace(o Options) map[string]string {
	out := maps.Clone(o.Parameters)
	if o.Account != "" || !o.Place.Account.IsAbsent() {
		delete(out, "AWS::AccountId")
	}
	if o.Region != "" || !o.Place.Region.IsAbsent() {
		delete(out, "AWS::Region")
	}
	return out
}

// load evaluates the outermost template.
func (r *run) load(d *document, base, file string, via []graph.Via) {
	s := &stack{
		run: r, file: file, base: base, suffix: r.options.Suffix, root: r.options.Root, doc: d,
		calls: append(append([]graph.Via{}, r.options.Calls...), via...), exists: r.options.Exists, many: r.options.Place.Many,
	}
	if s.exists.IsAbsent() {
		s.exists = graph.Bool(true)
	}
	s.locate()
	root := &graph.Root{
		Path: r.options.Root, Dialect: graph.CloudFormation, Account: s.pseudo.account, Region: s.pseudo.region,
		Outputs: map[string]graph.Value{}, Backend: graph.Absent(),
	}
	r.graph.Roots = append(r.graph.Roots, root)
	if d.root == nil || d.root.kind != objectNode {
		if len(r.diags) == 0 {
			r.report(startOf(file), "not a CloudFormation template", "A template is an object with the section Resources.")
		}
		return
	}
	s.evaluate(r.givenParameters())
	s.publish(root, "")
	r.graph.Sort()
}

// locate sets the pseudo parameters of the outermost stack.
func (s *stack) locate() {
	o := s.options
	deployment := s.base
	given := func(name, known string, place graph.Value, symbol graph.Symbol, settle string) graph.Value {
		if value, ok := o.Parameters[name]; ok {
			return graph.String(value)
		}
		if known != "" {
			return graph.String(known)
		}
		if !place.IsAbsent() {
			return place
		}
		u := graph.NewSymbol(symbol, deployment)
		u.Settle = settle
		return graph.UnknownValue(u)
	}
	account := given("AWS::AccountId", o.Account, o.Place.Account, graph.SymbolAccount,
		"in .iblint.yaml: accounts: {\"ACCOUNT\": {roots: ["+s.root+"]}}")
	region := given("AWS::Region", o.Region, o.Place.Region, graph.SymbolRegion,
		"--parameter AWS::Region=REGION, or in .iblint.yaml: accounts: {\"ACCOUNT\": {region: REGION}}")
	s.pseudo.stackName = s.stackName()
	s.place(account, region, deployment)
}

func (s *stack) stackName() graph.Value {
	name := s.options.Parameters["AWS::StackName"]
	if name == "" {
		name = s.options.StackName
	}
	s.pseudo.plainName = name
	if name != "" {
		return graph.String(name)
	}
	file, _, _ := strings.Cut(s.base, "#")
	s.pseudo.plainName = nameOfFile(path.Base(file))
	return graph.UnknownValue(&graph.Unknown{
		ID: "stackname(" + s.base + ")", Reason: "the name of the stack of " + s.base + " is not known",
		Settle: "--parameter AWS::StackName=NAME",
	})
}

// nameOfFile is a stack name made of a file name, for generated names.
func nameOfFile(base string) string {
	base = strings.TrimSuffix(base, path.Ext(base))
	name := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, base)
	return "stack-" + strings.Trim(name, "-")
}

// evaluate reads the template and puts its resources into the graph.
func (s *stack) evaluate(values parameterValues) {
	s.prepare(values)
	s.ignores()
	if len(s.resourceNames) == 0 && s.uncertainNames == nil && !s.declares("Resources") {
		s.report(s.doc.root.rng, "template has no resources", "CloudFormation requires at least one in the section Resources.")
	}
	for _, name := range s.resourceNames {
		r := s.resources[name]
		if err := s.expired(); err != nil {
			s.report(startOf(s.file), "evaluation was interrupted", err.Error()+".")
			return
		}
		r.emit()
		r.bring()
	}
	for _, name := range s.outputNames {
		s.output(name)
	}
	for _, name := range s.resourceNames {
		s.resources[name].identify()
	}
}

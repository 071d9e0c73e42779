package cloudformation

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// stack is one template with its parameter values, deployed in one place.
type stack struct {
	*run
	// file is where the template stands, for relative paths.
	file string
	// base is the address up to the logical ID: the file, or the address of the
	// nested stack or StackSet. Suffix tells copies apart.
	base   string
	suffix string
	root   string
	level  int
	parent *stack
	doc    *document

	pseudo         pseudo
	parameters     map[string]*parameter
	mappings       map[string]*node
	conditionNodes map[string]scoped
	conditionNames []string
	conditions     map[string]graph.Value
	conditionBusy  map[string]bool
	resources      map[string]*resource
	resourceNames  []string
	outputs        map[string]graph.Value
	outputBusy     map[string]bool
	outputNodes    map[string]scoped
	outputNames    []string

	extensions bool
	serverless bool
	globals    *node
	// uncertainNames is why names that the template does not declare may be
	// there all the same: a macro or an include that was not run.
	uncertainNames *graph.Unknown
	// wholly is why nothing of the template is certain: a macro runs over it.
	wholly *graph.Unknown

	calls  []graph.Via
	exists graph.Value
	many   *graph.Unknown
}

// pseudo are the values of the pseudo parameters.
type pseudo struct {
	account, region, partition, urlSuffix, stackName, stackID graph.Value
	// plainName stands in generated names where the stack's name is not known.
	plainName string
}

// address is the address of a logical ID.
func (s *stack) address(logicalID string) string {
	if strings.Contains(s.base, "#") {
		return s.base + "/" + logicalID + s.suffix
	}
	return s.base + "#" + logicalID + s.suffix
}

// read reads a file and keeps its content for snippets.
func (r *run) read(name string) ([]byte, error) {
	if r.options.Files == nil {
		return nil, fmt.Errorf("%s: %w", name, source.ErrOutside)
	}
	content, err := r.options.Files.Read(name)
	if err == nil {
		r.keep(name, content)
	}
	return content, err
}

func (r *run) keep(name string, content []byte) {
	if !r.files[name] {
		r.files[name] = true
		r.graph.Files = append(r.graph.Files, name)
		r.graph.Sources[name] = content
	}
}

// section returns a section of the template, nil when it is not there or no
// object.
func (s *stack) section(name string) *node {
	n := s.doc.root.member(name)
	switch {
	case n == nil || n.isNull():
		return nil
	case n.kind != objectNode:
		s.report(n.rng, name+" is not an object", "The section was left out.")
		return nil
	}
	return n
}

// declares reports whether a section has members, whatever they are.
func (s *stack) declares(section string) bool {
	n := s.doc.root.member(section)
	return n != nil && (len(n.entries) > 0 || n.kind != objectNode && !n.isNull())
}

// prepare reads the sections of the template in the order in which they depend
// on each other.
func (s *stack) prepare(values parameterValues) {
	s.conditionNodes, s.conditions, s.conditionBusy = map[string]scoped{}, map[string]graph.Value{}, map[string]bool{}
	s.resources, s.parameters, s.mappings = map[string]*resource{}, map[string]*parameter{}, map[string]*node{}
	s.outputs, s.outputBusy, s.outputNodes = map[string]graph.Value{}, map[string]bool{}, map[string]scoped{}
	s.transforms()
	s.checkTemplate()
	s.declareParameters(values)
	s.declareMappings()
	for _, m := range s.members("Conditions") {
		s.conditionNodes[m.name] = m
		s.conditionNames = append(s.conditionNames, m.name)
	}
	for _, name := range s.conditionNames {
		s.named(name, s.conditionNodes[name].value.rng)
	}
	resources := s.members("Resources")
	s.checkNames("resource", resources, mostResources)
	for _, m := range resources {
		s.declareResource(m)
	}
	s.declareOutputs()
	s.expandServerless()
	s.checkCircles()
}

func (s *stack) declareMappings() {
	members := s.members("Mappings")
	s.checkNames("mapping", members, mostOthers)
	for _, m := range members {
		if m.value.kind != objectNode {
			s.report(m.value.rng, "mapping is not an object", "The mapping was left out.")
			continue
		}
		s.checkMapping(m.value)
		s.mappings[m.name] = m.value
	}
}

func (s *stack) declareOutputs() {
	members := s.members("Outputs")
	s.checkNames("output", members, mostOthers)
	for _, m := range members {
		s.checkOutput(m)
		s.outputNodes[m.name] = m
		s.outputNames = append(s.outputNames, m.name)
	}
}

// members expands a section.
func (s *stack) members(section string) []scoped {
	n := s.section(section)
	if n == nil {
		return nil
	}
	members, unknown := scope{stack: s}.expand(n)
	if unknown == nil {
		return members
	}
	// What the section itself says is still there.
	s.uncertainNames = unknown
	var out []scoped
	for _, e := range n.entries {
		if e.name != "Fn::Transform" && !strings.HasPrefix(e.name, forEachPrefix) {
			out = append(out, scoped{name: e.name, nameRange: e.nameRange, value: e.value, scope: scope{stack: s}})
		}
	}
	return out
}

// transforms reads which transforms run over the whole template.
func (s *stack) transforms() {
	n := s.doc.root.member("Transform")
	if n == nil {
		return
	}
	nodes := []*node{n}
	if n.kind == listNode {
		nodes = n.items
	}
	top := scope{stack: s}
	for _, n := range nodes {
		name, parameters := top.transformName(n)
		switch {
		case name == "AWS::LanguageExtensions":
			s.extensions = true
		case strings.HasPrefix(name, "AWS::Serverless-"):
			s.serverless = true
			s.globals = s.doc.root.member("Globals")
		case name == "AWS::Include":
			s.includeSections(top, parameters, n.rng)
		case isHarmless(name):
		default:
			s.wholly = s.macro(name, n.rng)
			s.uncertainNames = s.wholly
		}
	}
}

// isHarmless reports a transform of AWS that touches only resources which no
// rule reads.
func isHarmless(name string) bool {
	for _, prefix := range []string{"AWS::SecretsManager-", "AWS::CodeDeployBlueGreen", "AWS::CodeStar", "AWS::ServiceCatalog"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// includeSections merges a file that is included at the top of the template.
func (s *stack) includeSections(top scope, parameters *node, rng hcl.Range) {
	included, unknown := top.include(parameters, rng)
	if unknown != nil {
		s.uncertainNames = unknown
		return
	}
	merged := *s.doc.root
	for _, m := range included {
		if merged.member(m.name) == nil {
			merged.entries = append(merged.entries, entry{name: m.name, nameRange: m.nameRange, value: m.value})
		}
	}
	s.doc.root = &merged
}

// pseudoParameter returns a pseudo parameter; a value given by the user wins.
func (s *stack) pseudoParameter(name string) (graph.Value, bool) {
	switch name {
	case "AWS::NoValue":
		return graph.Absent(), true
	case "AWS::AccountId":
		return s.pseudo.account, true
	case "AWS::Region":
		return s.pseudo.region, true
	case "AWS::Partition":
		return s.pseudo.partition, true
	case "AWS::URLSuffix":
		return s.pseudo.urlSuffix, true
	case "AWS::StackName":
		return s.pseudo.stackName, true
	case "AWS::StackId":
		return s.pseudo.stackID, true
	case "AWS::NotificationARNs":
		if given, ok := s.options.Parameters[name]; ok {
			return splitList(given), true
		}
		return graph.UnknownValue(&graph.Unknown{
			ID: "notificationarns(" + s.base + ")", Reason: "the notification topics of the stack are not known",
			Settle: "--parameter AWS::NotificationARNs=ARN",
		}), true
	}
	return graph.Value{}, false
}

// place fills in the pseudo parameters for the place of deployment.
func (s *stack) place(account, region graph.Value, deployment string) {
	p := &s.pseudo
	p.account, p.region = account, region
	p.partition, p.urlSuffix = s.partition(deployment), graph.String("amazonaws.com")
	if text, known := p.partition.AsString(); known && text == "aws-cn" {
		p.urlSuffix = graph.String("amazonaws.com.cn")
	}
	if given, ok := s.options.Parameters["AWS::URLSuffix"]; ok {
		p.urlSuffix = graph.String(given)
	}
	p.stackID = concat(graph.String("arn:"), p.partition, graph.String(":cloudformation:"), p.region, graph.String(":"), p.account,
		graph.String(":stack/"), p.stackName, graph.String("/"+graph.StableUUID(s.base+s.suffix)))
	if given, ok := s.options.Parameters["AWS::StackId"]; ok && s.parent == nil {
		p.stackID = graph.String(given)
	}
}

func (s *stack) partition(deployment string) graph.Value {
	if given, ok := s.options.Parameters["AWS::Partition"]; ok {
		return graph.String(given)
	}
	if region, known := s.pseudo.region.AsString(); known {
		return graph.String(partitionOf(region))
	}
	symbol := graph.NewSymbol(graph.SymbolPartition, deployment)
	symbol.Settle = "--parameter AWS::Partition=aws"
	return graph.UnknownValue(symbol)
}

// partitionOf is the partition that a Region belongs to.
func partitionOf(region string) string {
	for _, p := range []struct{ prefix, partition string }{
		{"cn-", "aws-cn"},
		{"us-gov-", "aws-us-gov"},
		{"us-isob-", "aws-iso-b"},
		{"us-isof-", "aws-iso-f"},
		{"us-iso-", "aws-iso"},
		{"eu-isoe-", "aws-iso-e"},
		{"eusc-", "aws-eusc"},
	} {
		if strings.HasPrefix(region, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}

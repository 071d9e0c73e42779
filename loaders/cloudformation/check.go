package cloudformation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Which templates are refused?
//
// What CloudFormation's own validation refuses before it creates anything is
// an error here too: no verdict on such a template is worth anything. What is
// in doubt is let through. A template over which a macro runs may have any
// form, so its form is not judged.

// The most members of a section that CloudFormation accepts.
const (
	mostResources   = 500
	mostOthers      = 200
	mostDescription = 1024
)

var (
	logicalIDPattern  = regexp.MustCompile(`^[A-Za-z0-9]+$`)
	mappingKeyPattern = regexp.MustCompile(`^[A-Za-z0-9.-]+$`)
)

// checkTemplate reports what is wrong with the form of the whole template.
func (s *stack) checkTemplate() {
	if s.wholly != nil {
		return
	}
	sections := []string{
		"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions",
		"Transform", "Resources", "Outputs", "Hooks",
	}
	if s.serverless {
		sections = append(sections, "Globals")
	}
	if !s.doc.anchored { // what is there to be repeated stands in a section of its own
		s.checkKeys(s.doc.root, "a template", sections...)
	}
	s.section("Metadata")
	s.section("Rules")
	s.checkConditions(s.doc.root.member("Conditions"))
	if !s.serverless { // the transform drops some
		s.checkNulls(s.doc.root)
	}
	if n := s.doc.root.member("AWSTemplateFormatVersion"); n != nil {
		if text, ok := n.text(); !ok || text != "2010-09-09" {
			s.report(n.rng, "unsupported AWSTemplateFormatVersion", `The only version of CloudFormation's templates is "2010-09-09".`)
		}
	}
	if n := s.doc.root.member("Description"); n != nil {
		text, ok := n.text()
		switch {
		case !ok && !n.value.IsUnknown():
			s.report(n.rng, "description of the template is not a string", "Description must be a literal string.")
		case len(text) > mostDescription:
			s.report(n.rng, "description of the template is too long", "CloudFormation accepts "+strconv.Itoa(mostDescription)+" bytes.")
		}
	}
}

// checkNulls reports null values.
func (s *stack) checkNulls(n *node) {
	if n.member("Fn::Transform") != nil {
		return // what is around goes to the macro
	}
	for _, child := range n.children() {
		if child.isNull() {
			s.nullValue(child.rng)
		}
		s.checkNulls(child)
	}
}

// checkConditions reports imports in conditions.
func (s *stack) checkConditions(n *node) {
	if n.member("Fn::ImportValue") != nil {
		s.report(n.rng, "Fn::ImportValue in a condition", "CloudFormation decides conditions before it knows what other stacks export.")
	}
	for _, child := range n.children() {
		s.checkConditions(child)
	}
}

// checkKeys reports members that CloudFormation does not know. Loops, includes
// and names that are not known stand for others.
func (s *stack) checkKeys(n *node, of string, known ...string) {
	if s.wholly != nil || n == nil || n.kind != objectNode {
		return
	}
	for _, e := range n.entries {
		if !slices.Contains(known, e.name) && !strings.HasPrefix(e.name, "Fn::") && !strings.Contains(e.name, "${") {
			s.report(e.nameRange, e.name+" is not a part of "+of, "CloudFormation rejects the template.")
		}
	}
}

// checkNames reports names of a section that are not alphanumeric, and too many
// of them.
func (s *stack) checkNames(what string, members []scoped, most int) {
	if s.wholly != nil {
		return
	}
	for _, m := range members {
		if !logicalIDPattern.MatchString(m.name) && !strings.Contains(m.name, "${") {
			s.report(m.nameRange, "name of "+what+" "+quote(m.name)+" is not alphanumeric", "CloudFormation allows letters and digits in it.")
		}
	}
	if len(members) > most {
		s.report(members[most].nameRange, "too many "+what+"s",
			"The template has "+strconv.Itoa(len(members))+"; CloudFormation accepts "+strconv.Itoa(most)+".")
	}
}

// checkResource reports what is wrong with a resource beside its properties.
func (s *stack) checkResource(r *resource) {
	if s.wholly != nil {
		return
	}
	known := []string{
		"Type", "Properties", "DependsOn", "Condition", "Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy",
		"UpdateReplacePolicy", "Description", "Version",
	}
	if s.serverless {
		known = append(known, "Connectors", "IgnoreGlobals")
	}
	s.checkKeys(r.node, "a resource", known...)
	if !isResourceType(r.typ) {
		s.report(r.node.member("Type").rng, "unrecognized resource type "+r.typ, "CloudFormation has no resource type of this name.")
	}
	if p := s.parameters[r.id]; p != nil {
		s.report(r.rng, "name "+r.id+" is given twice", "A parameter has the name at "+place(p.rng)+"; CloudFormation wants different names.")
	}
	s.checkPolicy(r, "DeletionPolicy", "Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
	s.checkPolicy(r, "UpdateReplacePolicy", "Delete", "Retain", "Snapshot")
}

// isResourceType reports whether a text has the form of a resource type and is
// no slip of one that rules read.
func isResourceType(text string) bool {
	parts := strings.Split(text, "::")
	if parts[0] == "Custom" {
		return len(parts) == 2
	}
	if _, known := shapeOf(text); known {
		return true
	}
	return len(parts) >= 3 && slipOf(text, []string{
		"AWS::ImageBuilder::ImageRecipe", "AWS::ImageBuilder::DistributionConfiguration", "AWS::ImageBuilder::ImagePipeline",
		"AWS::ImageBuilder::Image", "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias", "AWS::IAM::Role",
		"AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy",
	}) == ""
}

// checkPolicy checks what is to happen to a resource that goes away.
func (s *stack) checkPolicy(r *resource, name string, allowed ...string) {
	n := r.node.member(name)
	if n == nil {
		return
	}
	if n.kind != scalarNode {
		r.scope.needsExtensions("a function in "+name, n.rng)
	}
	text, known := r.scope.eval(n).AsString()
	if known && !slices.Contains(allowed, text) {
		s.report(n.rng, quote(text)+" is no "+name, "CloudFormation knows "+strings.Join(allowed, ", ")+".")
	}
}

// checkParameterForm checks the declaration of a parameter.
func (s *stack) checkParameterForm(p *parameter) {
	s.checkKeys(p.node, "a parameter", "Type", "Default", "AllowedValues", "AllowedPattern", "ConstraintDescription", "Description",
		"MaxLength", "MaxValue", "MinLength", "MinValue", "NoEcho")
	known := p.typ == "String" || p.typ == "Number" || p.typ == "CommaDelimitedList" ||
		strings.HasPrefix(p.typ, "AWS::") || strings.HasPrefix(p.typ, "List<")
	if s.wholly == nil && !known {
		s.report(p.node.member("Type").rng, "unrecognized parameter type "+p.typ, "CloudFormation has no parameter type of this name.")
	}
}

// checkMapping checks that a mapping has two levels of names.
func (s *stack) checkMapping(n *node) {
	top := scope{stack: s}
	elements, _ := top.expand(n)
	for _, element := range elements {
		s.checkMappingKey(element)
		if element.value.kind != objectNode {
			s.report(element.value.rng, "mapping needs two levels", "Every member of a mapping must be an object of names and values.")
			continue
		}
		attributes, _ := element.scope.expand(element.value)
		for _, attribute := range attributes {
			s.checkMappingKey(attribute)
			if !isMappingValue(attribute.value) {
				s.report(attribute.value.rng, "value of a mapping is no string and no list",
					"CloudFormation allows literal strings and lists of them in a mapping; no functions, no further level.")
			}
		}
	}
}

func (s *stack) checkMappingKey(m scoped) {
	if !mappingKeyPattern.MatchString(m.name) && !strings.Contains(m.name, "${") {
		s.report(m.nameRange, "name "+quote(m.name)+" in a mapping is not alphanumeric", "CloudFormation allows letters, digits, hyphens and periods in it.")
	}
}

func isMappingValue(n *node) bool {
	if n.kind == listNode {
		return !slices.ContainsFunc(n.items, func(item *node) bool { return item.kind != scalarNode || item.isNull() })
	}
	return n.kind == scalarNode && !n.isNull()
}

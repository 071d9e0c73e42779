package cloudformation

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// pascalCase reads the AMI part of distributions that is written with the
// names of the API. The property was free JSON once, so old templates have it;
// CloudFormation rejects it today, which is reported, and it is read as meant.
func (r *resource) pascalCase(attributes graph.Value) graph.Value {
	if r.typ != "AWS::ImageBuilder::DistributionConfiguration" {
		return attributes
	}
	return changeField(attributes, "Distributions", func(list graph.Value) graph.Value {
		return eachItem(list, func(entry graph.Value) graph.Value {
			return changeField(entry, "AmiDistributionConfiguration", r.pascalFields)
		})
	})
}

// pascalFields renames the fields of an AMI distribution.
func (r *resource) pascalFields(v graph.Value) graph.Value {
	if c := v.Choice(); c != nil {
		return samePlace(v, graph.ChoiceValue(c.Condition, r.pascalFields(c.Then), r.pascalFields(c.Else)))
	}
	if v.Kind() != graph.KindMap {
		return v
	}
	fields := make([]graph.Field, 0, len(v.Fields()))
	for _, f := range v.Fields() {
		name := pascalName(f.Name)
		if name == f.Name {
			fields = append(fields, f)
			continue
		}
		r.report(f.Value.Range(), "CloudFormation does not know the property "+f.Name,
			"The property is called "+name+"; CloudFormation rejects the name of the API. iblint reads it as "+name+".")
		if v.Field(name).IsAbsent() {
			fields = append(fields, graph.Field{Name: name, Value: r.pascalFields(f.Value)})
		}
	}
	return samePlace(v, graph.Map(fields...))
}

// pascalName is CloudFormation's name of a property of the API.
func pascalName(name string) string {
	switch name {
	case "launchPermission", "launchPermissionConfiguration":
		return "LaunchPermissionConfiguration"
	case "name", "description", "amiTags", "kmsKeyId", "targetAccountIds",
		"userIds", "userGroups", "organizationArns", "organizationalUnitArns":
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return name
}

// changeField is a map with one field changed.
func changeField(v graph.Value, name string, change func(graph.Value) graph.Value) graph.Value {
	if v.Kind() != graph.KindMap || v.Field(name).IsAbsent() {
		return v
	}
	fields := make([]graph.Field, len(v.Fields()))
	for i, f := range v.Fields() {
		if f.Name == name {
			f.Value = change(f.Value)
		}
		fields[i] = f
	}
	return samePlace(v, graph.Map(fields...))
}

func eachItem(v graph.Value, change func(graph.Value) graph.Value) graph.Value {
	if v.Kind() != graph.KindList {
		return v
	}
	items := make([]graph.Value, len(v.Items()))
	for i, item := range v.Items() {
		items[i] = change(item)
	}
	return samePlace(v, graph.List(items...))
}

func samePlace(old, v graph.Value) graph.Value {
	v = keepSensitive(old, v)
	if old.HasRange() {
		v = v.WithRange(old.Range()).WithVia(old.Via()...)
	}
	return v
}

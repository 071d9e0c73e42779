package cloudformation

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// shape says how a resource type is identified. The templates hold
// {account}, {region}, {partition}, {name} (the physical name), {uuid},
// {hash:N}, {id:PREFIX} and {NAME} for a property.
type shape struct {
	// name is the property that names the resource; a resource without it gets a
	// generated name.
	name string
	// lower is set when generated names are in lower case.
	lower bool
	// ref is what Ref gives.
	ref string
	// attributes are what Fn::GetAtt gives, by attribute.
	attributes map[string]string
	// closed is set when there are no further attributes.
	closed bool
}

// ref is what Ref of the resource evaluates to.
func (r *resource) ref() graph.Value {
	if v, ok := r.identity()["ref"]; ok {
		return v
	}
	return r.attributeUnknown("ref")
}

// attribute is what Fn::GetAtt evaluates to; ok is false when the type has no
// such attribute.
func (r *resource) attribute(name string) (v graph.Value, ok bool) {
	if r.isCustom() {
		return r.attributeUnknown(name), true
	}
	if output, isOutput := strings.CutPrefix(name, "Outputs."); isOutput && r.isNestedStack() {
		return r.nestedOutput(output), true
	}
	if v, ok := r.identity()[name]; ok {
		return v, true
	}
	first, rest, _ := strings.Cut(name, ".")
	if v := r.property(first); !v.IsAbsent() {
		for rest != "" && v.Kind() == graph.KindMap {
			first, rest, _ = strings.Cut(rest, ".")
			v = v.Field(first)
		}
		if rest == "" && !v.IsAbsent() {
			return v, true
		}
	}
	if s, known := shapeOf(r.typ); known && s.closed && r.wholly == nil {
		return graph.Value{}, false
	}
	return r.attributeUnknown(name), true
}

// attributeUnknown is an attribute that only the deployed resource has.
func (r *resource) attributeUnknown(name string) graph.Value {
	what := "attribute " + name + " of " + r.id
	if name == "ref" {
		what = "the identifier of " + r.id
	}
	return graph.UnknownValue(&graph.Unknown{
		ID: "attribute(" + r.address() + "#" + name + ")", Range: r.rng,
		Reason: what + " (" + r.typ + ") is known only after deployment",
	})
}

// identity lists what identifies the resource, by attribute; "ref" is what Ref
// gives.
func (r *resource) identity() map[string]graph.Value {
	if r.identities != nil {
		return r.identities
	}
	s, ok := shapeOf(r.typ)
	if !ok {
		return nil
	}
	if r.busy["#"] {
		return nil
	}
	r.enter("#")
	out := map[string]graph.Value{}
	if s.ref != "" {
		out["ref"] = r.shaped(s, s.ref)
	}
	for name, template := range s.attributes {
		out[name] = r.shaped(s, template)
	}
	r.leave("#")
	r.identities = out
	return out
}

// shaped fills in a template.
func (r *resource) shaped(s shape, template string) graph.Value {
	var pieces []graph.Value
	for {
		before, after, found := strings.Cut(template, "{")
		pieces = append(pieces, graph.String(before))
		if !found {
			break
		}
		key, rest, _ := strings.Cut(after, "}")
		pieces = append(pieces, r.piece(s, key))
		template = rest
	}
	if firstCondition(pieces) == nil {
		return r.joinPieces(pieces)
	}
	return r.lift(pieces, r.joinPieces)
}

func (r *resource) joinPieces(v []graph.Value) graph.Value {
	for i := range v {
		if v[i].Parts() == nil {
			v[i] = graph.UnknownValue(&graph.Unknown{ID: "attribute(" + r.address() + "#name)", Reason: "the name of " + r.id + " is not a string", Range: r.rng})
		}
	}
	return concat(v...)
}

func (r *resource) piece(s shape, key string) graph.Value {
	word, argument, _ := strings.Cut(key, ":")
	switch word {
	case "account":
		return r.pseudo.account
	case "region":
		return r.pseudo.region
	case "partition":
		return r.pseudo.partition
	case "name":
		return r.physicalName(s)
	case "lowername":
		return r.lowerName(r.physicalName(s))
	case "uuid":
		return graph.String(graph.StableUUID(r.address()))
	case "keyid":
		return r.keyID()
	case "id":
		return graph.String(argument + graph.StableHex(r.address(), 17))
	case "hash":
		return graph.String(strings.ToUpper(graph.StableHex(r.address(), 16)))
	case "lower":
		return r.lowerName(graph.String(r.id))
	case "path":
		return r.rolePath()
	case "slr":
		return r.serviceLinkedRole()
	}
	return r.propertyOr(word, graph.String(argument))
}

// propertyOr is a property, or another value when it is not written.
func (r *resource) propertyOr(name string, standard graph.Value) graph.Value {
	v := r.property(name)
	return r.lift([]graph.Value{v}, func(v []graph.Value) graph.Value {
		if v[0].IsAbsent() {
			return standard
		}
		return v[0]
	})
}

// physicalName is the name that the template gives, or one as CloudFormation
// generates it.
func (r *resource) physicalName(s shape) graph.Value {
	generated := graph.String(r.generatedName())
	if s.lower {
		generated = graph.String(strings.ToLower(r.generatedName()))
	}
	if s.name == "" {
		return generated
	}
	return r.propertyOr(s.name, generated)
}

// generatedName is a name as CloudFormation makes it: stack, logical ID, and a
// part that nobody can foresee.
func (r *resource) generatedName() string {
	return r.pseudo.plainName + "-" + r.id + "-" + strings.ToUpper(graph.StableHex(r.address(), 12))
}

// lowerName is a name as Image Builder puts it into an ARN.
func (r *resource) lowerName(v graph.Value) graph.Value {
	parts := v.Parts()
	out := make([]graph.Part, len(parts))
	for i, part := range parts {
		out[i] = part
		if part.Unknown == nil {
			out[i].Literal = strings.Map(arnCharacter, strings.ToLower(part.Literal))
		}
	}
	if parts == nil {
		return v
	}
	return textOf(out...)
}

func arnCharacter(r rune) rune {
	if r == ' ' || r == '_' || r == '.' {
		return '-'
	}
	return r
}

// rolePath is the path of an IAM entity without its leading slash.
func (r *resource) rolePath() graph.Value {
	v := r.propertyOr("Path", graph.String("/"))
	return r.lift([]graph.Value{v}, func(v []graph.Value) graph.Value {
		if text, known := v[0].AsString(); known {
			return graph.String(strings.TrimPrefix(text, "/"))
		}
		parts := v[0].Parts()
		if len(parts) > 0 && parts[0].Unknown == nil {
			trimmed := append([]graph.Part{{Literal: strings.TrimPrefix(parts[0].Literal, "/")}}, parts[1:]...)
			return textOf(trimmed...)
		}
		return v[0]
	})
}

// serviceLinkedRole is the name of a service-linked role, which the service
// chooses.
func (r *resource) serviceLinkedRole() graph.Value {
	return r.lift([]graph.Value{r.property("AWSServiceName")}, func(v []graph.Value) graph.Value {
		service, _ := v[0].AsString()
		if name := serviceLinkedRoleName(service); name != "" {
			return graph.String(name)
		}
		return r.attributeUnknown("RoleName")
	})
}

// serviceLinkedRoleName is the role of the services that build and launch
// images.
func serviceLinkedRoleName(service string) string {
	switch service {
	case "imagebuilder.amazonaws.com":
		return "AWSServiceRoleForImageBuilder"
	case "autoscaling.amazonaws.com":
		return "AWSServiceRoleForAutoScaling"
	case "spot.amazonaws.com":
		return "AWSServiceRoleForEC2Spot"
	case "ec2fastlaunch.amazonaws.com":
		return "AWSServiceRoleForEC2FastLaunch"
	}
	return ""
}

// keyID is the ID of a KMS key. A replica has that of its primary key; keys of
// several Regions have another form.
func (r *resource) keyID() graph.Value {
	multi := graph.String("mrk-" + graph.StableHex(r.address(), 32))
	if r.typ == "AWS::KMS::ReplicaKey" {
		return r.lift([]graph.Value{r.property("PrimaryKeyArn")}, func(v []graph.Value) graph.Value {
			parts := v[0].Parts()
			if len(parts) > 0 && parts[len(parts)-1].Unknown == nil {
				if _, id, ok := strings.Cut(parts[len(parts)-1].Literal, ":key/"); ok {
					return graph.String(id)
				}
			}
			return multi
		})
	}
	return r.lift([]graph.Value{r.property("MultiRegion")}, func(v []graph.Value) graph.Value {
		if truth, _ := v[0].AsBool(); truth {
			return multi
		}
		return graph.String(graph.StableUUID(r.address()))
	})
}

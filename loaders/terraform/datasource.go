package terraform

import (
	"fmt"
	"maps"

	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// dataIdentity works out what a data source is known to return.
func (m *module) dataIdentity(cfg *resourceConfig, r *resourceInstance, s shape) map[string]cty.Value {
	switch cfg.kind {
	case "aws_caller_identity":
		return map[string]cty.Value{
			"account_id": cty.StringVal(s.place.account), "id": cty.StringVal(s.place.account),
			"arn": s.callerARN(),
		}
	case "aws_region":
		region := s.place.region
		for _, name := range []string{"name", "region"} {
			if given, ok := s.text(name); ok {
				region = given
			}
		}
		v := cty.StringVal(region)
		return map[string]cty.Value{"name": v, "region": v, "id": v}
	case "aws_partition":
		return s.partitionFacts()
	case "aws_iam_policy_document":
		return m.policyDocument(cfg, r)
	case "terraform_remote_state":
		return map[string]cty.Value{"outputs": m.remoteState(cfg, r)}
	case "aws_organizations_organization":
		return s.organization()
	}
	return s.lookup()
}

// callerARN is the ARN of whoever runs Terraform, of which the account is
// known.
func (s shape) callerARN() cty.Value {
	name, _ := s.l.table.Value(cty.String, &partial.Origin{
		Unknown: &graph.Unknown{ID: "caller(" + s.l.deployment(s.place.name) + ")", Reason: "who runs Terraform is not known"},
		Class:   partial.ClassFilled,
	}).Unmark()
	return cty.StringVal("arn:" + s.place.partition + ":" + name.AsString())
}

func (s shape) partitionFacts() map[string]cty.Value {
	partition := s.place.partition
	out := map[string]cty.Value{"partition": cty.StringVal(partition), "id": cty.StringVal(partition)}
	if partial.HasToken(partition) {
		return out
	}
	suffix, reverse := "amazonaws.com", "com.amazonaws"
	switch partition {
	case "aws-cn":
		suffix, reverse = "amazonaws.com.cn", "cn.com.amazonaws"
	case "aws", "aws-us-gov":
	default:
		return out
	}
	out["dns_suffix"], out["reverse_dns_prefix"] = cty.StringVal(suffix), cty.StringVal(reverse)
	return out
}

// organization is the organization of the account, of which nothing is known
// but that its ID is one.
func (s shape) organization() map[string]cty.Value {
	id := s.l.table.Value(cty.String, &partial.Origin{
		Unknown: &graph.Unknown{
			ID: "attribute(" + s.id + "#id)", Reason: "the ID of the organization is not known", Settle: "organization_id: ORGANIZATION",
		},
		Class: partial.ClassFilled,
	})
	return map[string]cty.Value{"id": id}
}

// lookup identifies data sources that look up what a resource could have made.
func (s shape) lookup() map[string]cty.Value {
	out := texts(s.resource().Lookup())
	if name, ok := s.text("name"); ok && s.kind == "aws_ssm_parameter" {
		value := s.parameterValue(name)
		out["value"], out["insecure_value"] = value, value
	}
	return out
}

func (s shape) parameterValue(name string) cty.Value {
	return s.l.table.Value(cty.String, &partial.Origin{
		Unknown: &graph.Unknown{
			ID:     "attribute(" + s.id + "#value)",
			Reason: fmt.Sprintf("the value of SSM parameter %s is not known", s.l.table.Label(name)),
			Settle: "aws ssm get-parameter --name " + s.l.table.Label(name),
		},
		Class: partial.ClassFilled,
	})
}

// remoteState is the object of the outputs of another root: those of the root
// if it is given, and the defaults of others. Any other output is unknown.
func (m *module) remoteState(cfg *resourceConfig, r *resourceInstance) cty.Value {
	open := &partial.Open{
		ID:     r.id,
		Reason: "output %s of remote state " + cfg.name + " is not known",
		Settle: fmt.Sprintf(`bindings: {"%s#data.terraform_remote_state.%s": ROOT}`, m.l.dir, cfg.name),
		Range:  cfg.block.Header, Text: cfg.key() + ".outputs", Pattern: "remote_state(" + r.id + ".outputs.%s)",
	}
	fields := map[string]cty.Value{}
	if defaults := r.body.attributes["defaults"]; defaults != nil {
		plain, _ := defaults.value.Unmark()
		if plain.IsKnown() && !plain.IsNull() && (plain.Type().IsObjectType() || plain.Type().IsMapType()) {
			maps.Copy(fields, plain.AsValueMap())
		}
	}
	for name, output := range m.l.options.States[r.id] {
		if value, ok := m.l.suppliedWhole(output); ok {
			fields[name] = value
			continue
		}
		delete(fields, name)
	}
	return cty.ObjectVal(fields).Mark(open)
}

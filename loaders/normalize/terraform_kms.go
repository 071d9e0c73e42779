package normalize

import "github.com/iblint/iblint/loaders/graph"

func terraformKMS(resourceType string) reader {
	switch resourceType {
	case "aws_kms_key":
		return func(a attributes) (graph.Kind, any) {
			key := terraformKey(a)
			key.Enabled, key.KeySpec = a.truth("is_enabled"), a.value("customer_master_key_spec")
			return graph.KindKMSKey, key
		}
	case "aws_kms_external_key":
		return func(a attributes) (graph.Kind, any) {
			key := terraformKey(a)
			key.Origin = graph.String("EXTERNAL")
			return graph.KindKMSKey, key
		}
	case "aws_kms_replica_key":
		return readReplica
	case "aws_kms_replica_external_key":
		return func(a attributes) (graph.Kind, any) {
			kind, properties := readReplica(a)
			if key, ok := properties.(*graph.KMSKey); ok {
				key.Origin = graph.String("EXTERNAL")
			}
			return kind, properties
		}
	case "aws_kms_key_policy":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindKMSKeyPolicy, &graph.KMSKeyPolicy{Key: a.value("key_id"), Policy: a.document("policy")}
		}
	case "aws_kms_alias":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindKMSAlias, &graph.KMSAlias{Name: a.value("name"), TargetKey: a.value("target_key_id")}
		}
	case "aws_kms_grant":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindKMSGrant, &graph.KMSGrant{
				Key: a.value("key_id"), GranteePrincipal: a.value("grantee_principal"),
				RetiringPrincipal: a.value("retiring_principal"), Operations: a.list("operations"),
				Constraints: a.list("constraints"),
			}
		}
	}
	return nil
}

func terraformKey(a attributes) *graph.KMSKey {
	return &graph.KMSKey{
		Policy:             a.document("policy"),
		Enabled:            a.truth("enabled"),
		KeyUsage:           a.value("key_usage"),
		KeySpec:            a.value("key_spec"),
		MultiRegion:        a.truth("multi_region"),
		KeyMaterial:        hidden(a.value("key_material_base64")),
		ValidTo:            a.value("valid_to"),
		BypassLockoutCheck: a.truth("bypass_policy_lockout_safety_check"),
		Tags:               a.value("tags"),
	}
}

// hidden keeps that a secret is there, and not what it is.
func hidden(v graph.Value) graph.Value {
	if v.IsAbsent() || v.Kind() == graph.KindUnknown {
		return v
	}
	out := graph.String("(sensitive)")
	if v.HasRange() {
		out = out.WithRange(v.Range())
	}
	return out
}

func readReplica(a attributes) (graph.Kind, any) {
	key := terraformKey(a)
	key.PrimaryKey = a.value("primary_key_arn")
	key.MultiRegion = graph.Bool(true)
	return graph.KindKMSKey, key
}

package facts

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// roleFacts is what the configuration and the facts say of one role.
type roleFacts struct {
	arn  arn
	at   place
	role graph.IAMRole
	// configured is true for a role of the configuration.
	configured bool
	attached   []graph.Value
	// attachedKnown is true when attached is the whole list.
	attachedKnown bool
	// inlineNames are the names of all inline policies, when a fact lists them.
	inlineNames []graph.Value
	inlineKnown bool
}

func (f *roleFacts) name() string { return path.Base(f.arn.resource) }

// roleFor returns what is gathered of a role.
func (k *collector) roleFor(of arn, file string, rng hcl.Range) *roleFacts {
	id := of.String()
	if found, ok := k.roles[id]; ok {
		return found
	}
	folder, name := path.Split(strings.TrimPrefix(of.resource, "role/"))
	facts := &roleFacts{
		arn: of,
		at:  place{file: file, address: id, account: of.account, rng: rng},
		role: graph.IAMRole{
			Name: graph.String(name), NamePrefix: graph.Absent(), Path: graph.String("/" + folder),
			ManagedPolicyARNs: graph.Absent(), InlinePoliciesUnknown: graph.Absent(), PermissionsBoundary: graph.Absent(),
		},
	}
	k.roles[id] = facts
	return facts
}

// configuredRole takes a role of the configuration.
func (k *collector) configuredRole(role Role) {
	of, ok := splitARN(role.ARN)
	if !ok {
		return
	}
	facts := k.roleFor(of, k.config.File, role.Range)
	facts.configured = true
	facts.at.address = "roles." + role.ARN
	if !role.Trust.IsAbsent() {
		facts.role.AssumeRolePolicy = k.policyFile(role.Trust)
	}
	for _, entry := range role.Policies {
		document := k.policyFile(entry)
		if document == nil {
			document = &graph.Document{
				Unknown: &graph.Unknown{Reason: "the policy file " + text(entry) + " cannot be read", Range: entry.Range()},
				Version: graph.Absent(), Range: entry.Range(),
			}
		}
		facts.role.InlinePolicies = append(facts.role.InlinePolicies,
			graph.InlinePolicy{Name: policyName(entry), Policy: document})
	}
	facts.attached = append(facts.attached, role.ManagedPolicies...)
	facts.attachedKnown, facts.inlineKnown = role.PoliciesGiven, role.PoliciesGiven
	facts.role.PermissionsBoundary = role.Boundary
}

// policyName is the name of a policy file without its extension.
func policyName(entry graph.Value) graph.Value {
	base := path.Base(text(entry))
	return graph.String(strings.TrimSuffix(base, path.Ext(base))).WithRange(entry.Range())
}

// add makes the resource of a role.
func (f *roleFacts) add(k *collector) {
	if f.role.AssumeRolePolicy == nil {
		f.role.AssumeRolePolicy = &graph.Document{
			Unknown: f.unknown("trust", "the trust policy", "trust: policies/trust.json",
				"aws iam get-role --role-name "+f.name()+" > "+k.factFile(f.arn.account, "", f.name(), "get-role")),
			Version: graph.Absent(), Range: f.at.rng,
		}
	}
	f.role.ManagedPolicyARNs = graph.List(f.attached...).WithRange(f.at.rng)
	if !f.attachedKnown {
		u := f.unknown("attached", "the list of attached policies", "managed_policies: […]",
			"aws iam list-attached-role-policies --role-name "+f.name()+" > "+
				k.factFile(f.arn.account, "", f.name(), "list-attached-role-policies"))
		f.role.ManagedPolicyARNs = graph.UnknownValue(u).WithRange(f.at.rng)
		if len(f.attached) > 0 {
			f.role.ManagedPolicyARNs = graph.List(append(f.attached, graph.UnknownValue(u))...).WithRange(f.at.rng)
		}
	}
	f.role.InlinePoliciesUnknown = f.missingInline(k)
	k.add(graph.KindIAMRole, f.at, &f.role, map[string]graph.Value{
		"arn": graph.String(f.arn.String()), "name": graph.String(f.name()), "id": graph.String(f.name()),
	})
}

// missingInline is why there may be more inline policies, or absent.
func (f *roleFacts) missingInline(k *collector) graph.Value {
	for _, name := range f.inlineNames {
		if !f.hasInline(text(name)) {
			u := f.unknown("inline", "the inline policy "+text(name), "policies: […]",
				"aws iam get-role-policy --role-name "+f.name()+" --policy-name "+text(name)+" > "+
					k.factFile(f.arn.account, "", f.name()+"."+text(name), "get-role-policy"))
			return graph.UnknownValue(u).WithRange(name.Range())
		}
	}
	if f.inlineKnown || len(f.role.InlinePolicies) > 0 {
		return graph.Absent()
	}
	u := f.unknown("inline", "the list of inline policies", "policies: […]",
		"aws iam list-role-policies --role-name "+f.name()+" > "+
			k.factFile(f.arn.account, "", f.name(), "list-role-policies"))
	return graph.UnknownValue(u).WithRange(f.at.rng)
}

func (f *roleFacts) hasInline(name string) bool {
	for _, p := range f.role.InlinePolicies {
		if text(p.Name) == name {
			return true
		}
	}
	return false
}

// unknown says that a part of the role is not given. A role of the
// configuration is settled there, one of the facts by another fact.
func (f *roleFacts) unknown(part, what, line, command string) *graph.Unknown {
	u := &graph.Unknown{
		ID:     part + "(" + f.arn.String() + ")",
		Reason: what + " of role " + f.arn.String() + " is not given",
		Settle: command,
		Range:  f.at.rng,
	}
	if f.configured {
		u.Settle = `roles: {"` + f.arn.String() + `": {` + line + "}}"
	}
	return u
}

package facts

import (
	"path"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

func (k *collector) role(o origin, v graph.Value) {
	r := v.Field("Role")
	of, ok := splitARN(text(r.Field("Arn")))
	if !ok {
		k.errorf(r.Range(), "Invalid fact", "Role in %s has no Arn.", o.file)
		return
	}
	f := k.roleFor(of, o.file, r.Range())
	if f.role.AssumeRolePolicy == nil {
		f.role.AssumeRolePolicy = k.document(o, r.Field("AssumeRolePolicyDocument"))
	}
	fill(&f.role.PermissionsBoundary, r.Field("PermissionsBoundary").Field("PermissionsBoundaryArn"))
}

// roleNamed finds the role that a fact is about once all facts are read: by
// the ARN or name that it prints or that was added, or by its file name.
func (k *collector) roleNamed(o origin, v graph.Value) *roleFacts {
	if of, ok := splitARN(text(v.Field("RoleArn"))); ok {
		return k.roleFor(of, o.file, v.Range())
	}
	name := text(v.Field("RoleName"))
	if name == "" {
		name = o.name
	}
	var found []*roleFacts
	for _, id := range sortedNames(k.roles) {
		f := k.roles[id]
		if (f.name() == name || strings.HasPrefix(name, f.name()+".")) && (o.account == "" || f.arn.account == o.account) {
			found = append(found, f)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	if o.account == "" || name == "" {
		k.lacksPlace(o, v, "which role of which account it is about", "111122223333.ROLE."+orCommand(o)+".json")
		return nil
	}
	return k.roleFor(arn{partitionOf(o.region), "iam", "", o.account, "role/" + name}, o.file, v.Range())
}

func orCommand(o origin) string {
	if o.command == "" {
		return "list-attached-role-policies"
	}
	return o.command
}

func (k *collector) attachedPolicies(o origin, v graph.Value) {
	k.pending = append(k.pending, func() {
		f := k.roleNamed(o, v)
		if f == nil || f.configured && f.attachedKnown {
			return
		}
		f.attachedKnown = true
		for _, item := range v.Field("AttachedPolicies").Items() {
			f.attached = append(f.attached, item.Field("PolicyArn"))
		}
	})
}

func (k *collector) policyNames(o origin, v graph.Value) {
	k.pending = append(k.pending, func() {
		if f := k.roleNamed(o, v); f != nil && (!f.configured || !f.inlineKnown) {
			f.inlineKnown = true
			f.inlineNames = append(f.inlineNames, v.Field("PolicyNames").Items()...)
		}
	})
}

func (k *collector) rolePolicy(o origin, v graph.Value) {
	document := k.document(o, v.Field("PolicyDocument"))
	if document == nil {
		return
	}
	k.pending = append(k.pending, func() {
		f := k.roleNamed(o, v)
		if f == nil || f.configured && f.inlineKnown || f.hasInline(text(v.Field("PolicyName"))) {
			return
		}
		f.role.InlinePolicies = append(f.role.InlinePolicies, graph.InlinePolicy{Name: v.Field("PolicyName"), Policy: document})
	})
}

// policyMetadata takes get-policy, which tells the ARN of a policy.
func (k *collector) policyMetadata(o origin, v graph.Value) {
	p := v.Field("Policy")
	if of := text(p.Field("Arn")); of != "" {
		k.policyARNs[path.Base(of)] = of
		return
	}
	k.unrecognized(o.file, v)
}

func (k *collector) policyVersion(o origin, v graph.Value) {
	k.managedPolicy(o, v, v.Field("PolicyVersion").Field("Document"))
}

// managedPolicy takes the document of a managed policy. The command does not
// print which policy it is of: PolicyArn is added, or the file is named after
// the policy, with the account when it is not one that AWS publishes.
func (k *collector) managedPolicy(o origin, v, document graph.Value) {
	d := k.document(o, document)
	if d == nil {
		return
	}
	k.pending = append(k.pending, func() {
		of := text(v.Field("PolicyArn"))
		if of == "" {
			of = k.policyARNs[o.name]
		}
		if of == "" && o.name == "" {
			k.lacksPlace(o, v, "which policy it is", "111122223333.NAME.get-policy-version.json")
			return
		}
		if of == "" {
			owner := o.account
			if owner == "" {
				owner = "aws"
			}
			of = arn{partitionOf(o.region), "iam", "", owner, "policy/" + o.name}.String()
		}
		a, _ := splitARN(of)
		at := place{file: o.file, address: of, account: a.account, rng: v.Range()}
		if a.account == "aws" {
			at.account = ""
		}
		folder, name := path.Split(strings.TrimPrefix(a.resource, "policy/"))
		k.add(graph.KindIAMPolicy, at, &graph.IAMPolicy{
			Name: graph.String(name), Path: graph.String("/" + folder), Policy: d, Roles: graph.Absent(),
		}, map[string]graph.Value{"arn": graph.String(of)})
	})
}

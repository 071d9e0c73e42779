package link

import (
	"fmt"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// Sources of the policies of a role.
const (
	sourceAWS      = "aws_managed"
	sourceCustomer = "customer_managed"
	sourceInline   = "inline"
)

// Role is a role with its policies.
type Role struct {
	// ID is the resource ID, or the ARN of a role that nothing creates.
	ID    string
	Name  graph.Value
	Path  graph.Value
	ARN   string
	Place Place
	// Trust is the document, TrustUnknown is set when it is not known.
	Trust        string
	TrustUnknown *graph.Unknown
	Policies     []RolePolicy
	// PoliciesUnknown are attachments that could not be resolved.
	PoliciesUnknown []*graph.Unknown
	Boundary        *RolePolicy
	// Known is false when only a data source or a literal ARN speaks of it.
	Known bool
	// Generated is true when no name is written: AWS or the provider makes one.
	Generated bool

	// exclusive are resources that remove policies they do not list.
	exclusive []exclusive
}

// RolePolicy is a policy that a role has.
type RolePolicy struct {
	Name graph.Value
	ARN  graph.Value
	// Source is aws_managed, customer_managed or inline.
	Source   string
	Document string
	Unknown  *graph.Unknown
	Spot     Spot
	// RemovedBy is the resource that takes the policy away, because it fixes a
	// list without it.
	RemovedBy *Spot
}

// exclusive is a list of policies that is fixed: texts of ARNs, or names of
// inline policies. A list that is not known completely removes nothing for
// certain.
type exclusive struct {
	spot   Spot
	inline bool
	listed map[string]bool
}

// roles gathers the roles and what is attached to them.
func (l *linker) roles() {
	l.policies = newPolicyIndex()
	for _, r := range l.kinds[graph.KindIAMRole] {
		if p, ok := r.Properties.(*graph.IAMRole); ok && !l.described(r, p) {
			l.role(r, p)
		}
	}
	for _, r := range l.kinds[graph.KindIAMServiceLinkedRole] {
		l.serviceLinkedRole(r)
	}
	for _, r := range sorted(l.g.Data) {
		if dataKind(r.Type) == graph.KindIAMRole && l.dataTarget(r) == nil {
			l.dataRole(r)
		}
	}
	for _, kind := range []graph.Kind{graph.KindIAMPolicy, graph.KindIAMRolePolicy, graph.KindIAMPolicyAttachment, graph.KindIAMAttachmentsExclusive, graph.KindIAMRolePoliciesExclusive} {
		for _, r := range l.kinds[kind] {
			l.attach(r)
		}
	}
	l.removals()
	l.looseAttachments()
}

// described reports whether a role of the configuration is one that a template
// creates: what the template says of it holds.
func (l *linker) described(r *graph.Resource, p *graph.IAMRole) bool {
	name, ok := l.names.text(p.Name)
	if !ok || r.Dialect != graph.Configuration {
		return false
	}
	for _, other := range l.index.roles[l.places[r.ID].Account+"|"+name] {
		if other.Dialect != graph.Configuration {
			return true
		}
	}
	return false
}

func (l *linker) role(r *graph.Resource, p *graph.IAMRole) {
	at := l.places[r.ID]
	role := &Role{ID: r.ID, Name: l.names.value(p.Name), Path: l.names.value(p.Path), Place: at, Known: true}
	if role.Path.IsAbsent() {
		role.Path = graph.String("/")
	}
	if role.Name.IsAbsent() {
		role.Generated, role.Name = true, l.generatedName(r)
	}
	role.ARN = l.roleARN(r, p)
	l.model.Roles[role.ID] = role
	role.Trust, role.TrustUnknown = documentOf(r.ID, "assume_role_policy", p.AssumeRolePolicy)
	if p.AssumeRolePolicy == nil {
		role.TrustUnknown = unknown("the trust policy of "+r.Address+" is not written", "")
	}
	l.managedPolicies(role, r, p)
	l.inlinePolicies(role, r, p)
	if !p.PermissionsBoundary.IsAbsent() {
		boundary := l.managedAt(r, "permissions_boundary", p.PermissionsBoundary)
		role.Boundary = &boundary
	}
}

// generatedName is the name of a role that has none written, as far as it is
// known.
func (l *linker) generatedName(r *graph.Resource) graph.Value {
	for _, attribute := range []string{"name", "ref", "RoleName", "id"} {
		if v := l.names.value(r.Identity[attribute]); !v.IsAbsent() {
			return v
		}
	}
	return graph.UnknownValue(unknown("the name of "+r.Address+" is generated", ""))
}

// roleARN is the ARN of a role, "" when its name is not known.
func (l *linker) roleARN(r *graph.Resource, p *graph.IAMRole) string {
	if text, ok := l.names.text(arnOf(r)); ok && text != "" {
		return text
	}
	if name, ok := l.names.text(p.Name); ok {
		at := l.places[r.ID]
		return arn{at.Partition, "iam", "", at.Account, "role" + l.index.pathOf(p.Path) + name}.String()
	}
	return ""
}

func documentOf(id, property string, d *graph.Document) (string, *graph.Unknown) {
	if d == nil {
		return "", nil
	}
	if d.Unknown != nil {
		return "", d.Unknown
	}
	return id + "|" + property, nil
}

func (l *linker) managedPolicies(role *Role, r *graph.Resource, p *graph.IAMRole) {
	items := p.ManagedPolicyARNs
	if items.IsAbsent() {
		return
	}
	if items.Kind() != graph.KindList {
		role.PoliciesUnknown = append(role.PoliciesUnknown, reasonOf(items, "the list of attached policies is not known"))
		return
	}
	listed := map[string]bool{}
	for i, item := range items.Items() {
		policy := l.managedAt(r, fmt.Sprintf("managed_policy_arns[%d]", i), item)
		role.add(policy)
		listed[l.names.key(item)] = true
	}
	if p.ExclusiveAttachments {
		l.excludes(role, exclusive{spot: Spot{r.ID, "managed_policy_arns"}, listed: listed}, items)
	}
}

// add gives a role a policy; one whose identity is not known is an attachment
// that could not be resolved.
func (role *Role) add(policy RolePolicy) {
	role.Policies = append(role.Policies, policy)
	if policy.ARN.IsUnknown() && policy.Document == "" {
		role.PoliciesUnknown = append(role.PoliciesUnknown, policy.Unknown)
		role.Policies = role.Policies[:len(role.Policies)-1]
	}
}

// excludes notes a fixed list, unless an item of it is not known.
func (l *linker) excludes(role *Role, e exclusive, items graph.Value) {
	for _, item := range items.Items() {
		if _, ok := l.names.text(item); !ok && l.names.key(item) == "" {
			return
		}
		if item.Kind() == graph.KindUnknown {
			if _, ok := l.names.text(item); !ok {
				return
			}
		}
	}
	role.exclusive = append(role.exclusive, e)
}

func reasonOf(v graph.Value, otherwise string) *graph.Unknown {
	if u := v.Unknown(); u != nil {
		return u
	}
	return unknown(otherwise, "")
}

func (l *linker) inlinePolicies(role *Role, r *graph.Resource, p *graph.IAMRole) {
	listed := map[string]bool{}
	for i := range p.InlinePolicies {
		inline := &p.InlinePolicies[i]
		path := fmt.Sprintf("inline_policies[%d].policy", i)
		policy := RolePolicy{Name: l.names.value(inline.Name), ARN: graph.Absent(), Source: sourceInline, Spot: Spot{r.ID, path}}
		policy.Document, policy.Unknown = documentOf(r.ID, path, inline.Policy)
		role.Policies = append(role.Policies, policy)
		listed[l.names.key(inline.Name)] = true
	}
	if !p.InlinePoliciesUnknown.IsAbsent() {
		role.PoliciesUnknown = append(role.PoliciesUnknown, reasonOf(p.InlinePoliciesUnknown, "there may be more inline policies"))
		return
	}
	if p.ExclusiveInline {
		role.exclusive = append(role.exclusive, exclusive{spot: Spot{r.ID, "inline_policies"}, inline: true, listed: listed})
	}
}

// managedAt is the managed policy that a property names.
func (l *linker) managedAt(r *graph.Resource, property string, v graph.Value) RolePolicy {
	policy := RolePolicy{ARN: l.names.value(v), Name: graph.Absent(), Source: sourceCustomer, Spot: Spot{r.ID, property}}
	ref := l.model.References[r.ID][property]
	if ref != nil && ref.To != "" {
		l.createdPolicy(&policy, l.resources[ref.To])
		return policy
	}
	text, ok := l.names.text(v)
	if ref != nil && ref.Data != "" {
		text, ok = l.dataPolicyARN(l.data[ref.Data], text)
	}
	if !ok {
		policy.Unknown = reasonOf(v, "the policy is not known")
		return policy
	}
	l.literalPolicy(&policy, text, r)
	return policy
}

func (l *linker) createdPolicy(policy *RolePolicy, r *graph.Resource) {
	p, ok := r.Properties.(*graph.IAMPolicy)
	if !ok {
		return
	}
	policy.Name = l.names.value(p.Name)
	policy.Document, policy.Unknown = documentOf(r.ID, "policy", p.Policy)
	if p.Policy == nil {
		policy.Unknown = unknown("the document of policy "+r.Address+" is not written", "")
	}
	if text, known := l.names.text(policy.ARN); known && strings.Contains(text, ":iam::aws:") {
		policy.Source = sourceAWS
	}
}

// dataPolicyARN is the ARN of the policy that a data source looks up. A name
// alone is taken for a policy that AWS publishes when it is one: such names are
// not used for others.
func (l *linker) dataPolicyARN(data *graph.Resource, text string) (string, bool) {
	if given, ok := l.names.text(data.Attributes.Field("arn")); ok && given != "" {
		return given, true
	}
	name, ok := l.names.text(data.Attributes.Field("name"))
	if !ok {
		return "", false
	}
	if l.managedPolicy(name) != "" {
		return arn{l.places[data.ID].Partition, "iam", "", "aws", "policy/" + name}.String(), true
	}
	return text, text != ""
}

// literalPolicy finds the document of a policy that no template creates: AWS
// publishes it, a fact tells it, or it is not known.
func (l *linker) literalPolicy(policy *RolePolicy, text string, r *graph.Resource) {
	a, ok := splitARN(text)
	if !ok || a.service != "iam" {
		policy.Unknown = unknown("\""+text+"\" is no ARN of a policy", "")
		return
	}
	policy.ARN = replaced(policy.ARN, graph.String(text))
	name := a.resource[strings.LastIndexByte(a.resource, '/')+1:]
	policy.Name = graph.String(name)
	owner := a.account
	if a.account == "aws" {
		policy.Source, owner = sourceAWS, ""
	}
	if known := nearest(l.index.policies[owner+"|"+name], r); known != nil {
		policy.Document, policy.Unknown = documentOf(known.ID, "policy", policyOf(known))
		return
	}
	if a.account == "aws" {
		policy.Document = l.managedPolicy(name)
	}
	if policy.Document == "" {
		policy.Unknown = l.policyDocumentUnknown(text, owner, name)
	}
}

func policyOf(r *graph.Resource) *graph.Document {
	if p, ok := r.Properties.(*graph.IAMPolicy); ok {
		return p.Policy
	}
	return nil
}

func (l *linker) policyDocumentUnknown(text, account, name string) *graph.Unknown {
	policyARN := placeholders(text)
	return &graph.Unknown{
		ID:     "policy(" + text + ")",
		Reason: "the document of policy " + shown(text) + " is not given",
		Settle: "aws iam get-policy-version --policy-arn " + policyARN + " --version-id $(aws iam get-policy --policy-arn " + policyARN +
			" --query Policy.DefaultVersionId --output text) > " + l.factFile(placeholders(account), "", name, "get-policy-version"),
	}
}

package link

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// policyIndex gathers attachments whose role is not known, by account, and
// attachments that detach a policy from every role that they do not list.
type policyIndex struct {
	loose     map[string][]loose
	exclusive map[string][]listedRoles
}

// loose is a policy that some role has, nobody knows which.
type loose struct {
	role    graph.Value
	unknown *graph.Unknown
}

// listedRoles is an aws_iam_policy_attachment.
type listedRoles struct {
	spot    Spot
	account string
	roles   map[string]bool
}

func newPolicyIndex() policyIndex {
	return policyIndex{loose: map[string][]loose{}, exclusive: map[string][]listedRoles{}}
}

// attach gives the roles that a resource names its policies.
func (l *linker) attach(r *graph.Resource) {
	switch p := r.Properties.(type) {
	case *graph.IAMPolicy:
		l.eachRole(r, "roles", p.Roles, func(role *Role, property string) {
			policy := RolePolicy{ARN: arnOf(r), Source: sourceCustomer, Spot: Spot{r.ID, property}}
			policy.ARN = l.names.value(policy.ARN)
			l.createdPolicy(&policy, r)
			role.Policies = append(role.Policies, policy)
		})
	case *graph.IAMRolePolicy:
		l.eachRole(r, "roles", p.Roles, func(role *Role, _ string) {
			policy := RolePolicy{Name: l.names.value(p.Name), ARN: graph.Absent(), Source: sourceInline, Spot: Spot{r.ID, "policy"}}
			policy.Document, policy.Unknown = documentOf(r.ID, "policy", p.Policy)
			role.Policies = append(role.Policies, policy)
		})
	case *graph.IAMPolicyAttachment:
		l.attachment(r, p)
	case *graph.IAMAttachmentsExclusive:
		l.attachmentsExclusive(r, p)
	case *graph.IAMRolePoliciesExclusive:
		l.rolePoliciesExclusive(r, p)
	}
}

func (l *linker) attachment(r *graph.Resource, p *graph.IAMPolicyAttachment) {
	listed := listedRoles{spot: Spot{r.ID, "roles"}, account: l.places[r.ID].Account, roles: map[string]bool{}}
	complete := l.eachRole(r, "roles", p.Roles, func(role *Role, _ string) {
		listed.roles[role.ID] = true
		role.add(l.managedAt(r, "policy_arn", p.PolicyARN))
	})
	if key := l.names.key(p.PolicyARN); p.Exclusive && complete && key != "" {
		l.policies.exclusive[key] = append(l.policies.exclusive[key], listed)
	}
}

func (l *linker) attachmentsExclusive(r *graph.Resource, p *graph.IAMAttachmentsExclusive) {
	l.eachRole(r, "role", p.Role, func(role *Role, _ string) {
		if p.PolicyARNs.Kind() != graph.KindList {
			role.PoliciesUnknown = append(role.PoliciesUnknown, reasonOf(p.PolicyARNs, "the list of attached policies is not known"))
			return
		}
		listed := map[string]bool{}
		for i, item := range p.PolicyARNs.Items() {
			listed[l.names.key(item)] = true
			if !role.has(l.names.key(item)) {
				role.add(l.managedAt(r, fmt.Sprintf("policy_arns[%d]", i), item))
			}
		}
		l.excludes(role, exclusive{spot: Spot{r.ID, "policy_arns"}, listed: listed}, p.PolicyARNs)
	})
}

func (role *Role) has(policyARN string) bool {
	for i := range role.Policies {
		if text, ok := role.Policies[i].ARN.AsString(); ok && text == policyARN {
			return true
		}
	}
	return false
}

func (l *linker) rolePoliciesExclusive(r *graph.Resource, p *graph.IAMRolePoliciesExclusive) {
	if p.PolicyNames.Kind() != graph.KindList {
		return
	}
	l.eachRole(r, "role", p.Role, func(role *Role, _ string) {
		listed := map[string]bool{}
		for _, item := range p.PolicyNames.Items() {
			listed[l.names.key(item)] = true
		}
		l.excludes(role, exclusive{spot: Spot{r.ID, "policy_names"}, inline: true, listed: listed}, p.PolicyNames)
	})
}

// eachRole calls give for each role that a property names. It returns false
// when it does not know them all; then what is attached is loose.
func (l *linker) eachRole(r *graph.Resource, property string, v graph.Value, give func(*Role, string)) bool {
	if v.IsAbsent() {
		return true
	}
	items, paths := []graph.Value{v}, []string{property}
	if v.Kind() == graph.KindList {
		items, paths = v.Items(), nil
		for i := range items {
			paths = append(paths, fmt.Sprintf("%s[%d]", property, i))
		}
	}
	complete := true
	for i, item := range items {
		if l.misses(r, paths[i], item) {
			continue
		}
		role := l.roleAt(r, paths[i], item)
		if role == nil {
			complete = false
			account := l.places[r.ID].Account
			u := unknown("the role of "+r.Address+" is not known: "+reasonOf(item, "it has no name").Reason, reasonOf(item, "").Settle)
			l.policies.loose[account] = append(l.policies.loose[account], loose{l.names.value(item), u})
			continue
		}
		give(role, paths[i])
	}
	return complete
}

// misses reports whether a resource names a role that a template makes in another
// account. Nothing says that the account of the resource has a role of that name,
// too.
func (l *linker) misses(r *graph.Resource, property string, name graph.Value) bool {
	text, ok := l.names.text(name)
	if ref := l.model.References[r.ID][property]; !ok || ref != nil && ref.To != "" {
		return false
	}
	return slices.ContainsFunc(r.DependsOn, func(id string) bool {
		role := l.model.Roles[id]
		if role == nil || !role.Known {
			return false
		}
		made, _ := role.Name.AsString()
		return made == text && sameAccount(l.places[r.ID].Account, role.Place.Account) == no
	})
}

// roleAt is the role that a property names: one of the graph, one that a data
// source looks up, or one that only this text speaks of.
func (l *linker) roleAt(r *graph.Resource, property string, v graph.Value) *Role {
	ref := l.model.References[r.ID][property]
	if ref != nil && ref.To != "" {
		return l.model.Roles[ref.To]
	}
	if ref != nil && ref.Data != "" {
		return l.model.Roles[ref.Data]
	}
	text, ok := l.names.text(v)
	if !ok || text == "" {
		return nil
	}
	at := l.places[r.ID]
	if a, isARN := splitARN(text); isARN {
		return l.outsideRole(a)
	}
	return l.outsideRole(arn{at.Partition, "iam", "", at.Account, "role/" + text})
}

// serviceLinkedARN is the ARN of the service-linked role of Image Builder in a
// place.
const serviceLinkedPath = "role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder"

// outsideRole is a role that nothing creates.
func (l *linker) outsideRole(a arn) *Role {
	id := a.String()
	if role, ok := l.model.Roles[id]; ok {
		return role
	}
	i := strings.LastIndexByte(a.resource, '/')
	role := &Role{
		ID: id, ARN: id, Name: graph.String(a.resource[i+1:]), Path: graph.String(pathOfRole(a.resource)),
		Place: Place{Account: a.account, Partition: a.partition},
	}
	l.model.Roles[id] = role
	if a.resource == serviceLinkedPath {
		l.fillServiceLinked(role)
		return role
	}
	role.TrustUnknown = l.roleUnknown(role, "the trust policy")
	role.PoliciesUnknown = []*graph.Unknown{l.roleUnknown(role, "the policies")}
	return role
}

func pathOfRole(resource string) string {
	i := strings.LastIndexByte(resource, '/')
	return strings.TrimPrefix(resource[:i+1], "role")
}

func (l *linker) roleUnknown(role *Role, what string) *graph.Unknown {
	name, _ := role.Name.AsString()
	label := role.ARN
	if label == "" {
		label = name
	}
	return &graph.Unknown{
		ID:     what + "(" + role.ID + ")",
		Reason: what + " of role " + shown(label) + " cannot be known: no given template creates it",
		Settle: l.roleLine(role.Place.Account, label),
	}
}

// serviceLinkedRole is the role of a service, whose policy AWS publishes.
func (l *linker) serviceLinkedRole(r *graph.Resource) {
	p, ok := r.Properties.(*graph.IAMServiceLinkedRole)
	if !ok {
		return
	}
	at := l.places[r.ID]
	role := &Role{ID: r.ID, Place: at, Name: graph.Absent(), Path: graph.Absent()}
	role.ARN, _ = l.names.text(arnOf(r))
	l.model.Roles[r.ID] = role
	if service, known := l.names.text(p.ServiceName); known && service == "imagebuilder.amazonaws.com" {
		role.ARN = arn{at.Partition, "iam", "", at.Account, serviceLinkedPath}.String()
		l.fillServiceLinked(role)
		return
	}
	role.TrustUnknown = unknown("AWS sets the trust policy of a service-linked role", "")
	role.PoliciesUnknown = []*graph.Unknown{unknown("the policy of this service-linked role is not on record", "")}
}

func (l *linker) fillServiceLinked(role *Role) {
	role.Known = true
	role.Name = graph.String("AWSServiceRoleForImageBuilder")
	role.Path = graph.String(pathOfRole(serviceLinkedPath))
	const name = "AWSServiceRoleForImageBuilder"
	role.Policies = []RolePolicy{{
		Name: graph.String(name), Source: sourceAWS, Document: l.managedPolicy(name),
		ARN: graph.String(arn{role.Place.Partition, "iam", "", "aws", "policy/aws-service-role/" + name}.String()),
	}}
	role.Trust = "aws|trust:imagebuilder.amazonaws.com"
	l.model.Documents[role.Trust] = graph.Map(
		graph.Field{Name: "version", Value: graph.String("2012-10-17")},
		graph.Field{Name: "statements", Value: graph.List(graph.Map(
			graph.Field{Name: "effect", Value: graph.String("Allow")},
			graph.Field{Name: "principals", Value: graph.List(graph.Map(
				graph.Field{Name: "type", Value: graph.String("Service")},
				graph.Field{Name: "identifier", Value: graph.String("imagebuilder.amazonaws.com")},
			))},
			graph.Field{Name: "actions", Value: graph.List(graph.String("sts:AssumeRole"))},
		))},
	)
}

// dataRole is a role that a data source looks up and nothing creates.
func (l *linker) dataRole(data *graph.Resource) {
	at := l.places[data.ID]
	name := l.names.value(data.Attributes.Field("name"))
	role := &Role{ID: data.ID, Name: name, Path: graph.Absent(), Place: at}
	if text, ok := l.names.text(arnOf(data)); ok {
		role.ARN = text
	} else if text, ok := name.AsString(); ok {
		role.ARN = arn{at.Partition, "iam", "", at.Account, "role/" + text}.String()
	}
	if name.IsAbsent() {
		role.Name = graph.UnknownValue(unknown("what "+data.Address+" looks up is not known", ""))
	}
	role.TrustUnknown = l.roleUnknown(role, "the trust policy")
	role.PoliciesUnknown = []*graph.Unknown{l.roleUnknown(role, "the policies")}
	l.model.Roles[role.ID] = role
}

// removals marks policies that a fixed list takes away from a role.
func (l *linker) removals() {
	for _, role := range l.model.Roles {
		for i := range role.Policies {
			l.removal(role, &role.Policies[i])
		}
	}
}

func (l *linker) removal(role *Role, policy *RolePolicy) {
	inline := policy.Source == sourceInline
	text := l.names.key(policy.ARN)
	if inline {
		text = l.names.key(policy.Name)
	}
	if text == "" {
		return
	}
	for i := range role.exclusive {
		e := &role.exclusive[i]
		if e.inline == inline && !e.listed[text] && !ownedBy(policy, e.spot) {
			policy.RemovedBy = &e.spot
			return
		}
	}
	if inline {
		return
	}
	for i := range l.policies.exclusive[text] {
		listed := &l.policies.exclusive[text][i]
		if !listed.roles[role.ID] && listed.account == role.Place.Account {
			policy.RemovedBy = &listed.spot
			return
		}
	}
}

func ownedBy(policy *RolePolicy, spot Spot) bool {
	return policy.Spot.Resource == spot.Resource && strings.HasPrefix(policy.Spot.Property, spot.Property)
}

// looseAttachments: what is attached to a role that is not known may be
// attached to any of the account whose name it does not rule out.
func (l *linker) looseAttachments() {
	if len(l.policies.loose) == 0 {
		return
	}
	for _, role := range l.model.Roles {
		for _, attached := range l.policies.loose[role.Place.Account] {
			if name, ok := role.Name.AsString(); !ok || couldBe(attached.role, name) {
				role.PoliciesUnknown = append(role.PoliciesUnknown, attached.unknown)
			}
		}
	}
}

// couldBe reports whether a partly known text may be a given one.
func couldBe(v graph.Value, text string) bool {
	parts := v.Parts()
	for i, p := range parts {
		if p.Unknown != nil {
			continue
		}
		switch {
		case i == 0:
			if !strings.HasPrefix(text, p.Literal) {
				return false
			}
			text = text[len(p.Literal):]
		case i == len(parts)-1:
			return strings.HasSuffix(text, p.Literal)
		default:
			at := strings.Index(text, p.Literal)
			if at < 0 {
				return false
			}
			text = text[at+len(p.Literal):]
		}
	}
	return true
}

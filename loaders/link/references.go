package link

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// references says of every property that names something what it names.
func (l *linker) references() {
	for _, r := range sorted(l.g.Resources) {
		switch p := r.Properties.(type) {
		case *graph.ImageRecipe:
			l.recipeReferences(r, p)
		case *graph.DistributionConfiguration:
			l.distributionReferences(r, p)
		case *graph.ImagePipeline:
			l.pipelineReferences(r, p)
		case *graph.KMSKey:
			l.keyProperty(r, "primary_key", p.PrimaryKey, "replica_of")
			l.principals(r, "policy", p.Policy, "grants_to")
		case *graph.KMSKeyPolicy:
			l.keyProperty(r, "key", p.Key, "policy_of")
			l.principals(r, "policy", p.Policy, "grants_to")
		case *graph.KMSAlias:
			l.keyProperty(r, "target_key", p.TargetKey, "alias_of")
		case *graph.KMSGrant:
			l.keyProperty(r, "key", p.Key, "grants_on")
			l.property(r, "grantee_principal", p.GranteePrincipal, "grants_to", graph.KindIAMRole, graph.KindIAMServiceLinkedRole)
			l.property(r, "retiring_principal", p.RetiringPrincipal, "retired_by", graph.KindIAMRole)
		case *graph.EBSDefaultKMSKey:
			l.keyProperty(r, "key", p.Key, "default_key")
		default:
			l.otherReferences(r)
		}
	}
}

func (l *linker) otherReferences(r *graph.Resource) {
	switch p := r.Properties.(type) {
	case *graph.IAMRole:
		l.list(r, "managed_policy_arns", p.ManagedPolicyARNs, "attaches", graph.KindIAMPolicy)
		l.property(r, "permissions_boundary", p.PermissionsBoundary, "bounded_by", graph.KindIAMPolicy)
		l.principals(r, "assume_role_policy", p.AssumeRolePolicy, "trusts")
	case *graph.IAMPolicy:
		l.list(r, "roles", p.Roles, "attached_to", graph.KindIAMRole)
	case *graph.IAMRolePolicy:
		l.list(r, "roles", p.Roles, "attached_to", graph.KindIAMRole)
	case *graph.IAMPolicyAttachment:
		l.property(r, "policy_arn", p.PolicyARN, "attaches", graph.KindIAMPolicy)
		l.list(r, "roles", p.Roles, "attached_to", graph.KindIAMRole)
	case *graph.IAMAttachmentsExclusive:
		l.property(r, "role", p.Role, "attached_to", graph.KindIAMRole)
		l.list(r, "policy_arns", p.PolicyARNs, "attaches", graph.KindIAMPolicy)
	case *graph.IAMRolePoliciesExclusive:
		l.property(r, "role", p.Role, "attached_to", graph.KindIAMRole)
	case *graph.AMI:
		l.amiReferences(r, p)
	case *graph.EBSSnapshot:
		l.keyProperty(r, "kms_key", p.KMSKey, "encrypts_with")
		l.property(r, "source", p.Source, "copies", graph.KindEBSSnapshot)
	case *graph.AMILaunchPermission:
		l.property(r, "image", p.Image, "shares", graph.KindAMI, graph.KindImage)
	case *graph.SnapshotPermission:
		l.property(r, "snapshot", p.Snapshot, "shares", graph.KindEBSSnapshot)
	case *graph.LaunchTemplate:
		l.property(r, "image", p.Image, "launches", graph.KindAMI, graph.KindImage)
	case *graph.AutoScalingGroup:
		l.property(r, "launch_template", p.LaunchTemplate, "launches", graph.KindLaunchTemplate)
	case *graph.OrganizationsAttachment:
		l.property(r, "policy", p.Policy, "attaches", graph.KindOrganizationsPolicy)
	}
}

func (l *linker) recipeReferences(r *graph.Resource, p *graph.ImageRecipe) {
	l.property(r, "parent_image", p.ParentImage, "parent_image", graph.KindImage, graph.KindAMI, graph.KindImageRecipe, graph.KindSSMParameter)
	l.deviceReferences(r, p.BlockDevices)
}

func (l *linker) deviceReferences(r *graph.Resource, devices []graph.BlockDevice) {
	for i := range devices {
		path := fmt.Sprintf("block_devices[%d]", i)
		l.keyProperty(r, path+".kms_key", devices[i].KMSKey, "encrypts_with")
		l.property(r, path+".snapshot", devices[i].Snapshot, "restores", graph.KindEBSSnapshot)
	}
}

func (l *linker) amiReferences(r *graph.Resource, p *graph.AMI) {
	l.keyProperty(r, "kms_key", p.KMSKey, "encrypts_with")
	l.property(r, "source", p.Source, "copies", graph.KindAMI, graph.KindImage)
	l.deviceReferences(r, p.BlockDevices)
}

// distributionReferences: a key of an entry is one of the Region of the entry.
func (l *linker) distributionReferences(r *graph.Resource, p *graph.DistributionConfiguration) {
	for i := range p.Distributions {
		entry := &p.Distributions[i]
		path := fmt.Sprintf("distributions[%d]", i)
		if entry.AMI != nil && !entry.AMI.KMSKey.IsAbsent() {
			at := l.places[r.ID]
			at.Region = l.regionOf(entry.Region)
			if !isStandIn(at.Region) && at.Region != "" {
				at.Partition = partitionOf(at.Region)
			}
			l.noteKey(r, path+".ami.kms_key", l.keyReference(r, at, entry.AMI.KMSKey), "encrypts_with")
		}
		for j := range entry.LaunchTemplates {
			property := fmt.Sprintf("%s.launch_templates[%d].launch_template_id", path, j)
			l.property(r, property, entry.LaunchTemplates[j].LaunchTemplateID, "updates", graph.KindLaunchTemplate)
		}
	}
}

// regionOf is a Region, a stand-in for one that is not known at all.
func (l *linker) regionOf(v graph.Value) string {
	if text, ok := l.names.text(v); ok {
		return text
	}
	if u := v.Unknown(); u != nil && u.ID != "" {
		return l.names.name(u, graph.SymbolRegion)
	}
	return ""
}

func (l *linker) pipelineReferences(r *graph.Resource, p *graph.ImagePipeline) {
	l.property(r, "image_recipe", p.ImageRecipe, "uses_recipe", graph.KindImageRecipe)
	l.property(r, "container_recipe", p.ContainerRecipe, "uses_recipe", graph.KindContainerRecipe)
	l.property(r, "distribution_configuration", p.DistributionConfiguration, "distributes_by", graph.KindDistributionConfiguration)
	l.property(r, "infrastructure_configuration", p.InfrastructureConfiguration, "builds_in", graph.KindInfrastructure)
	l.property(r, "execution_role", p.ExecutionRole, "executes_as", graph.KindIAMRole, graph.KindIAMServiceLinkedRole)
	l.list(r, "workflows", p.Workflows, "runs_workflow", graph.KindWorkflow)
}

// principals notes the roles that a policy names.
func (l *linker) principals(r *graph.Resource, property string, d *graph.Document, label string) {
	if d == nil {
		return
	}
	for i := range d.Statements {
		principals := d.Statements[i].Principals
		if principals == nil {
			continue
		}
		for j, principal := range principals.Items {
			text, ok := l.names.text(principal.Identifier)
			if principal.Type != "AWS" || !ok {
				continue
			}
			path := fmt.Sprintf("%s.statements[%d].principals[%d].identifier", property, i, j)
			if found := l.index.find(text, r, l.places[r.ID], graph.KindIAMRole, graph.KindIAMServiceLinkedRole); found != nil && isGlobal(text) {
				l.note(r, path, l.referenceTo(found, text), label)
			}
		}
	}
}

// keyProperty notes the key that a property names, for the place of the
// resource.
func (l *linker) keyProperty(r *graph.Resource, property string, v graph.Value, label string) {
	if !v.IsAbsent() {
		l.noteKey(r, property, l.keyReference(r, l.places[r.ID], v), label)
	}
}

func (l *linker) noteKey(r *graph.Resource, property string, ref *Reference, label string) {
	l.note(r, property, ref, label)
	if ref.Alias != "" && ref.Alias != ref.To {
		l.edge(r.ID, ref.Alias, label, property)
	}
}

func (l *linker) note(r *graph.Resource, property string, ref *Reference, label string) {
	of := l.model.References[r.ID]
	if of == nil {
		of = map[string]*Reference{}
		l.model.References[r.ID] = of
	}
	of[property] = ref
	l.edge(r.ID, ref.To, label, property)
}

// property notes the resource that a property names.
func (l *linker) property(r *graph.Resource, property string, v graph.Value, label string, kinds ...graph.Kind) {
	if v.IsAbsent() {
		return
	}
	l.note(r, property, l.resourceReference(r, v, kinds...), label)
}

// list notes the resources that the items of a list name.
func (l *linker) list(r *graph.Resource, property string, v graph.Value, label string, kinds ...graph.Kind) {
	if v.Kind() != graph.KindList {
		l.property(r, property, v, label, kinds...)
		return
	}
	for i, item := range v.Items() {
		l.property(r, fmt.Sprintf("%s[%d]", property, i), item, label, kinds...)
	}
}

// resourceReference says which resource a value names.
func (l *linker) resourceReference(r *graph.Resource, v graph.Value, kinds ...graph.Kind) *Reference {
	at := l.places[r.ID]
	if found := l.index.find(l.names.key(v), r, at, kinds...); found != nil {
		return l.referenceTo(found, display(l.names.value(v)))
	}
	text, ok := l.names.text(v)
	if !ok {
		return l.attributeReference(v, kinds)
	}
	ref := &Reference{Form: formOther, Text: text, Manager: graph.Absent()}
	a, isARN := splitARN(text)
	if isARN {
		ref.Account, ref.Region, ref.Partition = a.account, a.region, a.partition
	}
	var found *graph.Resource
	switch {
	case isARN && a.service == "imagebuilder":
		found = l.index.imageBuilderARN(a, kinds...)
	case isARN && a.service == "iam" && r.Kind != graph.KindKMSGrant:
		found = l.iamARN(r, a, kinds)
	case contains(kinds, graph.KindIAMRole):
		found = nearest(l.index.roles[at.Account+"|"+text], r)
	case contains(kinds, graph.KindLaunchTemplate):
		found = nearest(l.index.other[otherKey(graph.KindLaunchTemplate, at, text)], r)
	}
	if found == nil {
		return ref
	}
	return l.referenceTo(found, text)
}

func contains[T comparable](items []T, item T) bool {
	return slices.Contains(items, item)
}

// nearest prefers a resource of the same root.
func nearest(found []*graph.Resource, from *graph.Resource) *graph.Resource {
	for _, r := range found {
		if from != nil && r.Root == from.Root {
			return r
		}
	}
	if len(found) > 0 {
		return found[0]
	}
	return nil
}

// iamARN finds a role or policy by a literal ARN where the account that refers
// to it is a stand-in. Execution roles, attached policies and boundaries are of
// the account that uses them, so the number in the ARN is that of the stand-in.
func (l *linker) iamARN(r *graph.Resource, a arn, kinds []graph.Kind) *graph.Resource {
	own := l.places[r.ID].Account
	if !isStandIn(own) || a.account == "aws" {
		return nil
	}
	text := arn{a.partition, "iam", "", own, a.resource}.String()
	return l.index.find(text, r, l.places[r.ID], kinds...)
}

// referenceTo refers to a resource or to what a data source looks up.
func (l *linker) referenceTo(found *graph.Resource, text string) *Reference {
	ref := &Reference{Form: formOther, To: found.ID, Text: text, Manager: graph.Absent()}
	if found.Kind == "" {
		ref.To, ref.Data = "", found.ID
		if looked := l.dataTarget(found); looked != nil {
			ref.To = looked.ID
		}
	}
	switch found.Kind {
	case graph.KindAMI, graph.KindEBSSnapshot, graph.KindImage, graph.KindLaunchTemplate:
		// Their identifiers are made up.
		ref.Text = found.Address
	default: // what is written says it
	}
	at := l.places[found.ID]
	ref.Account, ref.Region, ref.Partition = at.Account, at.Region, at.Partition
	return ref
}

// dataTarget is the resource of the graph that a data source looks up, or nil.
func (l *linker) dataTarget(data *graph.Resource) *graph.Resource {
	at := l.places[data.ID]
	name, _ := l.names.text(data.Attributes.Field("name"))
	byARN, _ := l.names.text(data.Attributes.Field("arn"))
	switch kind := dataKind(data.Type); kind {
	case graph.KindIAMRole:
		return nearest(l.index.roles[at.Account+"|"+name], data)
	case graph.KindIAMPolicy:
		if byARN != "" {
			return l.index.find(byARN, data, at, kind)
		}
		return nearest(l.index.policies[at.Account+"|"+name], data)
	case graph.KindSSMParameter:
		return nearest(l.index.other[otherKey(kind, at, name)], data)
	case "":
		return nil
	default:
		a, ok := splitARN(byARN)
		if !ok {
			return nil
		}
		if found := l.index.find(byARN, data, at, kind); found != nil && found.Kind != "" {
			return found
		}
		return l.index.imageBuilderARN(a, kind)
	}
}

// attributeReference finds the resource whose computed attribute a value is.
func (l *linker) attributeReference(v graph.Value, kinds []graph.Kind) *Reference {
	v = l.names.value(v)
	u := v.Unknown()
	if u == nil {
		u = unknown("the value is no string", "")
	}
	if id, ok := attributeOf(u.ID); ok && (contains(kinds, graph.KindImage) || strings.HasPrefix(u.ID, "attribute(")) {
		for _, r := range []*graph.Resource{l.resources[id], l.data[id]} {
			if r != nil && isKind(r, kinds) {
				return l.referenceTo(r, display(v))
			}
		}
	}
	return &Reference{Form: formUnknown, Text: display(v), Manager: graph.Absent(), Reason: u.Reason, Settle: u.Settle}
}

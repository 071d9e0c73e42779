package link

import (
	"fmt"

	"github.com/iblint/iblint/loaders/graph"
)

// documents puts the policy documents of all resources into the model. Those
// that AWS publishes and every verdict may need are there in any case.
func (l *linker) documents() {
	for _, r := range sorted(l.g.Resources) {
		switch p := r.Properties.(type) {
		case *graph.KMSKey:
			l.document(r, "policy", p.Policy)
		case *graph.KMSKeyPolicy:
			l.document(r, "policy", p.Policy)
		case *graph.IAMRole:
			l.document(r, "assume_role_policy", p.AssumeRolePolicy)
			for i := range p.InlinePolicies {
				l.document(r, fmt.Sprintf("inline_policies[%d].policy", i), p.InlinePolicies[i].Policy)
			}
		case *graph.IAMPolicy:
			l.document(r, "policy", p.Policy)
		case *graph.IAMRolePolicy:
			l.document(r, "policy", p.Policy)
		case *graph.OrganizationsPolicy:
			l.document(r, "content", p.Content)
		}
	}
	if len(l.model.Builds) > 0 {
		for _, name := range []string{
			"AWSServiceRoleForImageBuilder", "Ec2ImageBuilderCrossAccountDistributionAccess", "AutoScalingServiceRolePolicy",
		} {
			l.managedPolicy(name)
		}
	}
}

func (l *linker) document(r *graph.Resource, property string, d *graph.Document) {
	if d != nil && d.Unknown == nil {
		l.model.Documents[r.ID+"|"+property] = l.names.value(d.Value())
	}
}

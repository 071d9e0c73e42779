package link_test

import (
	"maps"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/link"
)

const (
	distribution = "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"
	allow        = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}`
)

// there is the target account.
func there() at { return at{target, home, "infra"} }

// describePolicies prints what a role has, sorted.
func describePolicies(role *link.Role) []string {
	var out []string
	for _, p := range role.Policies {
		line := p.Source + " " + text(p.Name) + " " + p.Document
		if p.Document == "" && p.Unknown != nil {
			line += "unknown"
		}
		if p.RemovedBy != nil {
			line += " removed by " + p.RemovedBy.Resource + " " + p.RemovedBy.Property
		}
		out = append(out, strings.ReplaceAll(line, "infra#", ""))
	}
	for _, u := range role.PoliciesUnknown {
		out = append(out, "? "+u.Reason)
	}
	sort.Strings(out)
	return out
}

type roleCase struct {
	name string
	// role are the attributes of the role beside its name.
	role  object
	setup func(w *world, role *graph.Resource)
	want  []string
}

const managed = "aws_managed Ec2ImageBuilderCrossAccountDistributionAccess aws|Ec2ImageBuilderCrossAccountDistributionAccess"

func attachedPolicies() []roleCase {
	policy := func(w *world) *graph.Resource {
		return w.addAt(there(), "aws_iam_policy", "kms", object{"name": "kms", "policy": allow})
	}
	return []roleCase{
		{name: "nothing"},
		{
			name: "managed policy of AWS", want: []string{managed},
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": r.Identity["name"], "policy_arn": distribution})
			},
		},
		{
			name: "managed policy of AWS in another partition and path", want: []string{managed},
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": r.Identity["name"], "policy_arn": "arn:aws-cn:iam::aws:policy/service-role/Ec2ImageBuilderCrossAccountDistributionAccess"})
			},
		},
		{
			name: "customer policy", want: []string{"customer_managed kms aws_iam_policy.kms|policy"},
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": r.Identity["name"], "policy_arn": policy(w).Identity["arn"]})
			},
		},
		{
			name: "customer policy by literal ARN", want: []string{"customer_managed kms aws_iam_policy.kms|policy"},
			setup: func(w *world, _ *graph.Resource) {
				policy(w)
				w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": link.TargetRoleName, "policy_arn": "arn:aws:iam::222222222222:policy/kms"})
			},
		},
		{
			name: "policy that no template has", want: []string{"customer_managed foreign unknown"},
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": r.Identity["name"], "policy_arn": "arn:aws:iam::222222222222:policy/foreign"})
			},
		},
		{
			name: "policy of AWS that is not on record", want: []string{"aws_managed ReadOnlyAccess unknown"},
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": r.Identity["name"], "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})
			},
		},
		{
			name: "policy that a variable names", want: []string{"? variable policy has no value"},
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": r.Identity["name"], "policy_arn": unknownNamed("policy")})
			},
		},
		{
			name: "policy that a data source looks up by name", want: []string{managed},
			setup: func(w *world, r *graph.Resource) {
				d := w.lookUp("aws_iam_policy", "d", object{"name": "Ec2ImageBuilderCrossAccountDistributionAccess"})
				w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": r.Identity["name"], "policy_arn": d.Identity["arn"]})
			},
		},
		{
			name: "in another account",
			setup: func(w *world, r *graph.Resource) {
				w.add("aws_iam_role_policy_attachment", "a", object{"role": r.Identity["name"], "policy_arn": distribution})
			},
		},
		{
			name: "for several roles", want: []string{managed},
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_policy_attachment", "a", object{"name": "a", "roles": array{"other", r.Identity["name"]}, "policy_arn": distribution})
			},
		},
		{
			name: "in the role", role: object{"managed_policy_arns": array{distribution}}, want: []string{managed},
		},
		{
			name: "a list in the role that is not known", role: object{"managed_policy_arns": unknownNamed("policies")},
			want: []string{"? variable policies has no value"},
		},
		{
			name: "to a role that a variable names", want: []string{"? the role of aws_iam_role_policy_attachment.a is not known: variable role has no value"},
			setup: func(w *world, _ *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": unknownNamed("role"), "policy_arn": distribution})
			},
		},
		{
			name: "to a role whose name certainly differs",
			setup: func(w *world, _ *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{
					"role": graph.ConcatText(graph.String("lambda-"), unknownNamed("role")), "policy_arn": distribution,
				})
			},
		},
	}
}

func inlinePolicies() []roleCase {
	return []roleCase{
		{
			name: "as a resource", want: []string{"inline kms aws_iam_role_policy.p|policy"},
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy", "p", object{"name": "kms", "role": r.Identity["id"], "policy": allow})
			},
		},
		{
			name: "in the role", role: object{"inline_policy": array{object{"name": "kms", "policy": allow}}},
			want: []string{"inline kms aws_iam_role.dist|inline_policies[0].policy"},
		},
		{
			name: "blocks that are not known", role: object{"inline_policy": unknownNamed("inline")},
			want: []string{"? variable inline has no value"},
		},
		{
			name: "a document that is not known", want: []string{"inline kms unknown"},
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy", "p", object{"name": "kms", "role": r.Identity["id"], "policy": unknownNamed("document")})
			},
		},
	}
}

func removedPolicies() []roleCase {
	attach := func(w *world, r *graph.Resource) {
		w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": r.Identity["name"], "policy_arn": distribution})
	}
	return []roleCase{
		{
			name: "by an empty list in the role", role: object{"managed_policy_arns": array{}}, setup: attach,
			want: []string{managed + " removed by aws_iam_role.dist managed_policy_arns"},
		},
		{
			name: "not by a list that has it", role: object{"managed_policy_arns": array{distribution}}, setup: attach,
			want: []string{managed, managed},
		},
		{
			name: "not certainly by a list with an unknown item", role: object{"managed_policy_arns": array{unknownNamed("policy")}}, setup: attach,
			want: []string{"? variable policy has no value", managed},
		},
		{
			name: "by a fixed list of attachments",
			setup: func(w *world, r *graph.Resource) {
				attach(w, r)
				w.addAt(there(), "aws_iam_role_policy_attachments_exclusive", "e", object{"role_name": r.Identity["name"], "policy_arns": array{"arn:aws:iam::aws:policy/AdministratorAccess"}})
			},
			want: []string{
				"aws_managed AdministratorAccess aws|AdministratorAccess",
				managed + " removed by aws_iam_role_policy_attachments_exclusive.e policy_arns",
			},
		},
		{
			name: "by an attachment that lists other roles",
			setup: func(w *world, r *graph.Resource) {
				attach(w, r)
				w.addAt(there(), "aws_iam_policy_attachment", "x", object{"name": "x", "roles": array{"other"}, "policy_arn": distribution})
			},
			want: []string{managed + " removed by aws_iam_policy_attachment.x roles"},
		},
		{
			name: "not by one of another account",
			setup: func(w *world, r *graph.Resource) {
				attach(w, r)
				w.add("aws_iam_policy_attachment", "x", object{"name": "x", "roles": array{"other"}, "policy_arn": distribution})
			},
			want: []string{managed},
		},
		{
			name: "an inline policy by blocks in the role", role: object{"inline_policy": array{object{}}},
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy", "p", object{"name": "kms", "role": r.Identity["id"], "policy": allow})
			},
			want: []string{"inline kms aws_iam_role_policy.p|policy removed by aws_iam_role.dist inline_policies"},
		},
		{
			name: "an inline policy by a fixed list of names",
			setup: func(w *world, r *graph.Resource) {
				w.addAt(there(), "aws_iam_role_policy", "p", object{"name": "kms", "role": r.Identity["id"], "policy": allow})
				w.addAt(there(), "aws_iam_role_policies_exclusive", "e", object{"role_name": r.Identity["name"], "policy_names": array{"other"}})
			},
			want: []string{"inline kms aws_iam_role_policy.p|policy removed by aws_iam_role_policies_exclusive.e policy_names"},
		},
	}
}

func TestRolePolicies(t *testing.T) {
	t.Parallel()
	for _, c := range append(append(attachedPolicies(), inlinePolicies()...), removedPolicies()...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			attributes := object{"name": link.TargetRoleName, "assume_role_policy": trust("arn:aws:iam::111111111111:root")}
			maps.Copy(attributes, c.role)
			r := w.addAt(there(), "aws_iam_role", "dist", attributes)
			if c.setup != nil {
				c.setup(w, r)
			}
			m := w.link()
			role := m.Roles[r.ID]
			if diff := cmp.Diff(c.want, describePolicies(role)); diff != "" {
				t.Error(diff)
			}
			for _, p := range role.Policies {
				if p.Document != "" && m.Documents[p.Document].IsAbsent() {
					t.Errorf("document %s is missing", p.Document)
				}
			}
		})
	}
}

func TestRoleFacts(t *testing.T) {
	t.Parallel()
	w := newWorld()
	boundary := w.addAt(there(), "aws_iam_policy", "b", object{"name": "b", "policy": allow})
	r := w.addAt(there(), "aws_iam_role", "dist", object{
		"name": link.TargetRoleName, "assume_role_policy": trust("arn:aws:iam::111111111111:root"),
		"permissions_boundary": boundary.Identity["arn"],
	})
	path := w.addAt(there(), "aws_iam_role", "path", object{"name": "p", "path": "/ib/", "assume_role_policy": unknownNamed("trust")})
	nameless := w.addAt(there(), "aws_iam_role", "nameless", object{"assume_role_policy": trust("*")})
	nameless.Identity = nil
	m := w.link()
	role := m.Roles[r.ID]
	got := []string{role.ARN, role.Trust, text(role.Path), role.Boundary.Document}
	want := []string{"arn:aws:iam::222222222222:role/" + link.TargetRoleName, r.ID + "|assume_role_policy", "/", boundary.ID + "|policy"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if other := m.Roles[path.ID]; text(other.Path) != "/ib/" || other.TrustUnknown == nil {
		t.Errorf("path %s, trust %v", text(other.Path), other.TrustUnknown)
	}
	if other := m.Roles[nameless.ID]; !other.Generated || !other.Name.IsUnknown() {
		t.Errorf("a role without a name is called %s", text(other.Name))
	}
}

func TestExecutionRoles(t *testing.T) {
	t.Parallel()
	serviceLinked := "arn:aws:iam::111111111111:role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder"
	for _, c := range []struct {
		name  string
		where at
		role  func(w *world, where at) any
		want  string
		known bool
	}{
		{"a resource by ARN", at{builder, home, "infra"}, func(w *world, where at) any {
			return w.addAt(where, "aws_iam_role", "er", object{"name": "er"}).Identity["arn"]
		}, "infra#aws_iam_role.er", true},
		{"a resource by name", at{builder, home, "infra"}, func(w *world, where at) any {
			w.addAt(where, "aws_iam_role", "er", object{"name": "er"})
			return "er"
		}, "infra#aws_iam_role.er", true},
		{"a literal ARN where the account is not known", at{"", "", "infra"}, func(w *world, where at) any {
			w.addAt(where, "aws_iam_role", "er", object{"name": "er"})
			return "arn:aws:iam::111111111111:role/er"
		}, "infra#aws_iam_role.er", true},
		{"outside", at{builder, home, "infra"}, func(*world, at) any {
			return "arn:aws:iam::111111111111:role/er"
		}, "arn:aws:iam::111111111111:role/er", false},
		{"the service-linked role", at{builder, home, "infra"}, func(*world, at) any { return serviceLinked }, serviceLinked, true},
		{"the service-linked role of a template", at{builder, home, "infra"}, func(w *world, where at) any {
			r := w.addAt(where, "aws_iam_service_linked_role", "ib", object{"aws_service_name": "imagebuilder.amazonaws.com"})
			r.Identity = map[string]graph.Value{"arn": graph.String(serviceLinked)}
			return serviceLinked
		}, "infra#aws_iam_service_linked_role.ib", true},
		{"a data source", at{builder, home, "infra"}, func(w *world, _ at) any {
			return w.lookUp("aws_iam_role", "er", object{"name": "er"}).Identity["arn"]
		}, "infra#data.aws_iam_role.er", false},
		{"a data source for a role of a template", at{builder, home, "infra"}, func(w *world, where at) any {
			w.addAt(where, "aws_iam_role", "er", object{"name": "er"})
			return w.lookUp("aws_iam_role", "er", object{"name": "er"}).Identity["arn"]
		}, "infra#aws_iam_role.er", true},
		{"a variable", at{builder, home, "infra"}, func(*world, at) any { return unknownNamed("role") }, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.addAt(c.where, "aws_imagebuilder_image_pipeline", "p", object{"name": "p", "execution_role": c.role(w, c.where)})
			b := w.link().Builds[0]
			if b.Role != c.want {
				t.Errorf("role %q, want %q", b.Role, c.want)
			}
			if role := w.link().Roles[b.Role]; role != nil && role.Known != c.known {
				t.Errorf("known: %v", role.Known)
			}
			if b.ExecutionRole == nil {
				t.Error("no reference")
			}
		})
	}
}

// TestRoleOfTemplateWins: what the configuration says of a role that a template
// creates does not count.
func TestRoleOfTemplateWins(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.config(t, `roles: {"arn:aws:iam::222222222222:role/`+link.TargetRoleName+`": {policies: [], managed_policies: ["`+distribution+`"]}}`)
	r := w.addAt(there(), "aws_iam_role", "dist", object{"name": link.TargetRoleName})
	w.facts(t)
	var got []string
	for id := range w.link().Roles {
		got = append(got, id)
	}
	if diff := cmp.Diff([]string{r.ID}, got); diff != "" {
		t.Error(diff)
	}
}

// TestAttachmentsToLookedUpRole: what templates attach to a role of somebody
// else is known, the rest of it is not.
func TestAttachmentsToLookedUpRole(t *testing.T) {
	t.Parallel()
	w := newWorld()
	d := w.lookUp("aws_iam_role", "d", object{"name": "theirs"})
	w.add("aws_iam_role_policy_attachment", "a", object{"role": d.Identity["name"], "policy_arn": distribution})
	w.addAt(there(), "aws_iam_role_policy_attachment", "b", object{"role": "unseen", "policy_arn": distribution})
	m := w.link()
	for id, unknown := range map[string]string{
		d.ID:                                    "the policies of role arn:aws:iam::111111111111:role/theirs cannot be known",
		"arn:aws:iam::222222222222:role/unseen": "the policies of role arn:aws:iam::222222222222:role/unseen cannot be known",
	} {
		role := m.Roles[id]
		if role == nil || role.Known {
			t.Fatalf("%s: %+v", id, role)
		}
		got := describePolicies(role)
		if len(got) != 2 || got[1] != managed || !strings.HasPrefix(got[0], "? "+unknown) {
			t.Errorf("%s has %q", id, got)
		}
	}
}

// TestAttachmentInAnotherAccount: what is attached in one account to a role that a
// template makes in another one does not tell that the account has such a role, too.
func TestAttachmentInAnotherAccount(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refers bool
		want   int
	}{
		"by a reference": {true, 1},
		"by its name":    {false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			role := w.add("aws_iam_role", "dist", object{"name": link.TargetRoleName, "assume_role_policy": allow})
			attachment := w.addAt(there(), "aws_iam_role_policy_attachment", "a", object{"role": link.TargetRoleName, "policy_arn": distribution})
			if c.refers {
				attachment.DependsOn = []string{role.ID}
			}
			if roles := w.link().Roles; len(roles) != c.want {
				t.Errorf("%d roles, want %d", len(roles), c.want)
			}
		})
	}
}

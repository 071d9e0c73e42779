package iblint.lib.distribution

import data.iblint.lib.group
import data.iblint.lib.iam

# METADATA
# description: |
#   Policies of the keys, for the role in a target account, whether a template has
#   the role or not.
needs.source_key_not_shared_with_target contains need if {
	some key, by_regions in target_uses
	some regions, uses in by_regions
	some account in accounts_of(uses)
	actor := target_actor(null, account, key_partition(key), regions)
	need := _key_policy_need(actor, iam.distribution, key, account, uses)
}

# METADATA
# description: The policies of the role, on keys.
needs.target_role_kms contains need if {
	some key, by_regions in target_uses
	some regions, uses in by_regions
	sources := {source_account(use.build) | some use in uses}
	some account in accounts_of(uses)
	some role in union({target_roles(source, account) | some source in sources})
	not _may_use(role.role, key, regions)
	actor := target_actor(role.role, account, key_partition(key), regions)
	found := _identity_need(actor, iam.distribution, key, account, uses)
	need := object.union(found, role)
}

# METADATA
# description: The permissions boundary of the role, on keys.
needs.target_role_boundary contains need if {
	some key, by_regions in target_uses
	some regions, uses in by_regions
	sources := {source_account(use.build) | some use in uses}
	some account in accounts_of(uses)
	some role in union({target_roles(source, account) | some source in sources})
	input.roles[role.role].boundary
	actor := target_actor(role.role, account, key_partition(key), regions)
	summary := iam.boundary_summary(actor, iam.distribution, key)
	_is_unmet(summary)
	need := object.union_n([_need("boundary", actor, key, account, uses), summary, role])
}

# METADATA
# description: The permissions boundary of the role, on what it copies.
needs.target_role_boundary contains need if {
	some source, _ in builds_of
	some account in targets_of(source)
	some role in target_roles(source, account)
	input.roles[role.role].boundary
	need := object.union(_copy_need("boundary", source, account, role.role), role)
}

# METADATA
# description: What the role may copy.
needs.target_role_distribution_policy contains need if {
	some source, _ in builds_of
	some account in targets_of(source)
	some role in target_roles(source, account)
	not has_distribution_policy(role.role)
	not _may_copy_anywhere(role.role)
	need := object.union(_copy_need("identity", source, account, role.role), role)
}

# METADATA
# description: "The managed policy for that is enough, but for a Deny beside it."
needs.target_role_distribution_policy contains need if {
	some source, _ in builds_of
	some account in targets_of(source)
	some role in target_roles(source, account)
	has_distribution_policy(role.role)
	not _may_copy_anywhere(role.role)
	found := _copy_need("identity", source, account, role.role)
	_may_be_denied(found)
	need := object.union_n([found, {"missing": []}, role])
}

_may_be_denied(need) if count(need.denied) > 0

_may_be_denied(need) if open_question(need.unknown) == "deny"

# METADATA
# description: The trust policy of the role, for whoever distributes.
needs.target_role_trust contains need if {
	some source, _ in builds_of
	some actor, accounts in _actors_of(source)
	some account in accounts
	some role in target_roles(source, account)
	access := iam.trust_access(actor, role.role)
	access.lets_in != "yes"
	need := object.union_n([
		_need("trust", actor, "", account, uses_by(source, actor)),
		{"source": source},
		access_summary({"sts:AssumeRole": access}),
		role,
	])
}

# METADATA
# description: |
#   Whether the role has the managed policy that AWS publishes for this purpose, in
#   whatever partition.
has_distribution_policy(role) if {
	some policy in input.roles[role].policies
	endswith(object.get(policy, "arn", ""), ":policy/Ec2ImageBuilderCrossAccountDistributionAccess")
}

# METADATA
# description: |
#   The actions with which the role in a target account makes its copy, and on what:
#   everything, or the image that it makes.
copy_actions := {
	"ec2:DescribeImages": "*",
	"ec2:CopyImage": "*",
	"ec2:ModifyImageAttribute": "*",
	"ec2:CreateTags": "image",
}

# Whether the policies of a role allow it to use a key in whatever account it
# stands: then no account is looked at by itself. With many accounts and many
# roles that may be in each of them, these are nearly all.
_may_use(role, key, regions) if {
	actor := target_actor(role, "", key_partition(key), regions)
	iam.are_impersonal(iam.identity_documents(actor))
	summary := _identity_summary(actor, iam.distribution, key)
	not _is_unmet(summary)
}

# Whether they allow it to make its copy in whatever account.
_may_copy_anywhere(role) if {
	actor := target_actor(role, "", _role_partition(role), [])
	iam.are_impersonal(iam.identity_documents(actor))
	summary := _copy_summary("identity", actor)
	not _is_unmet(summary)
}

_copy_summary(side, actor) := access_summary({action: access |
	some action, resource in copy_actions
	access := _copy_access(side, actor, action, _copy_resource(resource, actor))
})

_copy_need(side, source, account, role) := need if {
	unmet := [[_weight(array.concat(summary.missing, summary.denied)), regions, summary] |
		some regions in copy_regions(source, account)
		actor := target_actor(role, account, _role_partition(role), regions)
		summary := _copy_summary(side, actor)
		_is_unmet(summary)
	]
	[_, regions, summary] := min(unmet)
	actor := target_actor(role, account, _role_partition(role), regions)
	need := object.union_n([_need(side, actor, "", account, uses_by(source, null)), {"source": source}, summary])
}

# What is certainly missing in one Region counts more than what is open in another.
_weight(certain) := 0 if {
	count(certain) > 0
} else := 1

# METADATA
# description: |
#   The Regions in which the role of a target account copies what a source account
#   distributes, each as the Regions of an actor: a list of one, or of none where it
#   is not known.
copy_regions(source, account) := {regions |
	some use in uses_by(source, null)
	account in target_accounts(use.build, use.entry)
	regions := [region | region := outlets[use.build][use.entry].region; is_string(region)]
}

_copy_access("identity", actor, action, resource) := iam.identity_action(actor, action, resource)

_copy_access("boundary", actor, action, resource) := iam.boundary_action(actor, action, resource)

_copy_resource("*", _) := "*"

_copy_resource("image", actor) := concat("", _image_arn(actor, actor.regions[0])) if {
	actor.regions
} else := {"$unknown": reason, "$parts": _image_arn(actor, {"$unknown": reason})} if {
	reason := "the Region of the copy is not known"
}

_image_arn(actor, region) := ["arn:", _role_partition(actor.role), ":ec2:", region, "::image/ami-0123456789abcdef0"]

_role_partition(role) := object.get(input.roles[role], "partition", "aws")

# METADATA
# description: |
#   The uses that are the copies of a source account to others, or of one of its
#   actors (null for all of them).
uses_by(source, actor) := {{"build": b, "entry": e, "use": "distribution", "certain": true} |
	some b in builds_of[source]
	_acts(b, actor)
	some e, _ in entries[b]
	copies_to_accounts(b, e)
}

_acts(_, null)

_acts(b, actor) if source_actor(b) == actor

# Who distributes for a source account, with the accounts that they copy to.
_actors_of(source) := {actor: accounts |
	some actor, builds in _builds_by_actor(source)
	accounts := union({target_accounts(b, e) | some b in builds; some e, _ in entries[b]})
}

_builds_by_actor(source) := group.by_key({[source_actor(b), b] | some b in builds_of[source]})

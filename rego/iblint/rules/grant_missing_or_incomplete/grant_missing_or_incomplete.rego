# METADATA
# title: Auto Scaling cannot use the key of the AMI
# description: |
#   The service-linked role of Auto Scaling has no permission on keys of other accounts
#   and cannot be given one. It needs a grant, made in the account that launches or by
#   the owner of the key, with every operation that EC2 uses. A person or Terraform
#   makes that grant, so a condition kms:GrantIsForAWSResource on kms:CreateGrant
#   prevents it.
# related_resources:
#   - description: Required AWS KMS key policy for use with encrypted volumes
#     ref: https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
# custom:
#   id: IBL026
#   name: grant-missing-or-incomplete
#   severity: error
#   category: key-sharing
#   step: launch
#   remediation: |
#     Create a grant (aws_kms_grant) in the account that launches, with the key's ARN, the grantee
#     AWSServiceRoleForAutoScaling of that account, and the operations Encrypt, Decrypt, ReEncryptFrom, ReEncryptTo,
#     GenerateDataKey, GenerateDataKeyWithoutPlaintext, DescribeKey and CreateGrant.
#   prevents:
#     - "Client.InternalError: Client error on launch"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the templates of the account that launches. What a custom resource does is not visible; the output of aws kms
#     list-grants among the facts shows it.
package iblint.rules.grant_missing_or_incomplete

import data.iblint.lib.account
import data.iblint.lib.arn
import data.iblint.lib.distribution
import data.iblint.lib.iam
import data.iblint.lib.region
import data.iblint.lib.value

# Grants that are there and wrong. Grants of one wording are one mistake.
deny contains finding if {
	some mistake, grants in _mistaken
	ids := sort([id | some id in {grant.id | some grant in grants}])
	uses := {use | some grant in grants; some use in grant.uses}

	finding := {
		"message": sprintf("the grant on %s for Auto Scaling in %s %s", [
			distribution.enumeration({distribution.key_text(grant.key) | some grant in grants}),
			distribution.account_text(mistake.account),
			concat(", and ", [one.text | some one in mistake.faults]),
		]),
		"resource": ids[0],
		"property": mistake.faults[0].property,
		"related": array.concat(
			[{"message": "the same grant", "resource": id, "property": ""} | some id in array.slice(ids, 1, 4)],
			sort([place | some place in {place |
				some grant in grants
				some place in distribution.use_places(grant.uses, grant.key)
			}]),
		),
		"jobs": _jobs(uses, mistake.account),
		"missing": sort([missing | some missing in {missing | some one in mistake.faults; some missing in one.missing}]),
		"severity": _severity(mistake.faults),
		"subject": {"grants": ids},
	}
}

# Grants that are not there.
deny contains finding if {
	some need in _without_grant
	not _is_open(need)
	place := distribution.policy_place(need.key, need.uses)

	finding := {
		"message": sprintf("Auto Scaling in %s launches the AMI, and no grant lets it use %s of %s", [
			distribution.account_text(need.account),
			distribution.key_text(need.key),
			distribution.account_text(input.keys[need.key].account),
		]),
		"resource": place.resource,
		"property": "",
		"related": _auto_scaling_places(need.account),
		"jobs": _jobs(need.uses, need.account),
		"severity": "warning",
		"subject": {"keys": [need.key], "account": need.account},
	}
}

unknown contains finding if {
	some need in _without_grant
	why := _openness(need)
	place := distribution.policy_place(need.key, need.uses)

	finding := object.union(why, {
		"message": sprintf("Auto Scaling in %s launches the AMI, and it is not known whether a grant lets it use %s", [
			distribution.account_text(need.account),
			distribution.key_text(need.key),
		]),
		"resource": place.resource,
		"property": "",
		"related": _auto_scaling_places(need.account),
		"jobs": _jobs(need.uses, need.account),
		"subject": {"keys": [need.key], "account": need.account},
	})
}

_mistaken[mistake] contains grant if {
	some grant in _grants
	faults := _faults(grant)
	count(faults) > 0
	mistake := {
		"account": grant.account,
		"faults": faults,
		"grant": object.remove(input.resources[grant.id].properties, ["key"]),
	}
}

# Grants of keys of this distribution to the service-linked role of Auto Scaling in
# another account than the key's.
_grants contains {"id": id, "key": key, "account": grantee, "uses": uses} if {
	some id in input.by_kind.kms_grant
	key := input.references[id].key.key
	grantee := _grantee_account(input.resources[id].properties.grantee_principal)
	uses := _uses(key, grantee)
	count(uses) > 0
}

# A grant for an account that gets nothing, made by one that does.
_grants contains {"id": id, "key": key, "account": maker, "uses": uses} if {
	some id in input.by_kind.kms_grant
	key := input.references[id].key.key
	count(_uses(key, _grantee_account(input.resources[id].properties.grantee_principal))) == 0
	maker := input.resources[id].account
	uses := _uses(key, maker)
	count(uses) > 0
}

# The uses of a key with which an account that does not own it launches: of an AMI
# that it may launch, or of its own copy under the key of the entry.
_uses(key, account_id) := _shared_uses(key, account_id) | _copied_uses(key, account_id) if {
	distribution.owns(account_id, key) == "no"
} else := set()

_shared_uses(key, account_id) := {use |
	some use in distribution.launch_uses[key]
	account_id in distribution.launchers(use.build, use.entry).user_ids
}

_copied_uses(key, account_id) := {use |
	some uses in distribution.target_uses[key]
	some use in uses
	use.use == "distribution"
	account_id in distribution.target_accounts(use.build, use.entry)
}

_grantee_account(principal) := arn.parse(principal).account if {
	contains(principal, ":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
}

_faults(grant) := array.flatten([_form(grant), _place(grant), _region(grant), _creation(grant), _operations(grant.id)])

_form(grant) := [{"text": "names the key by its bare ID, which means no key there", "property": "key", "missing": []} |
	input.references[grant.id].key.form in {"key_id", "alias_name"}
	account.compare(input.resources[grant.id].account, input.keys[grant.key].account) == "no"
]

_place(grant) := [{"text": text, "property": "grantee_principal", "missing": []} |
	grantee := _grantee_account(input.resources[grant.id].properties.grantee_principal)
	maker := input.resources[grant.id].account
	account.compare(maker, grantee) == "no"
	account.compare(maker, input.keys[grant.key].account) == "no"
	text := sprintf("is for a role of %s", [distribution.account_text(grantee)])
]

# KMS finds a key in its own Region only. That a key is in another Region than its
# use is another mistake (IBL028).
_region(grant) := [{"text": text, "property": "key", "missing": []} |
	made := input.resources[grant.id].region
	kept := input.keys[grant.key].region
	region.same(made, kept) == "no"
	not _is_used_elsewhere(grant.uses, kept)
	text := sprintf("is made in %s, and the key is in %s", [made, kept])
]

_is_used_elsewhere(uses, kept) if {
	some use in uses
	use.use == "distribution"
	region.same(distribution.outlets[use.build][use.entry].region, kept) == "no"
}

_creation(grant) := [{
	"text": "cannot be made, because the key policy allows kms:CreateGrant to AWS services only",
	"property": "key",
	"missing": ["kms:CreateGrant"],
} |
	maker := input.resources[grant.id].account
	account.compare(maker, input.keys[grant.key].account) == "no"
	partition := distribution.key_partition(grant.key)
	iam.key_policy_access(iam.grant_creator(maker, partition), "kms:CreateGrant", grant.key).lets_in == "no"
	iam.key_policy_access(iam.launch_account(maker, partition), "kms:CreateGrant", grant.key).lets_in == "yes"
]

_operations(id) := [{"text": text, "property": "operations", "missing": kms} |
	operations := input.resources[id].properties.operations
	value.is_complete(operations)
	missing := sort([operation | some operation in iam.auto_scaling_operations; not operation in operations])
	count(missing) > 0
	text := sprintf("leaves out %s", [distribution.enumeration(missing)])
	kms := [concat(":", ["kms", operation]) | some operation in missing]
]

_severity(faults) := "warning" if {
	every fault in faults {
		fault.property == "operations"
		not "kms:CreateGrant" in fault.missing
		not "kms:Decrypt" in fault.missing
	}
} else := "error"

# Accounts that use Auto Scaling, and have no grant on a key that they do not own.
_without_grant contains {"key": key, "account": account_id, "uses": uses} if {
	some account_id, _ in input.accounts
	_uses_auto_scaling(account_id)
	some key in (object.keys(distribution.launch_uses) | object.keys(distribution.target_uses))
	uses := _uses(key, account_id)
	count(uses) > 0
	not key_has_grant(key, account_id)
}

# METADATA
# description: Whether a grant on a key is for Auto Scaling in an account, right or wrong.
key_has_grant(key, account_id) if {
	some grant in _grants
	grant.key == key
	grant.account == account_id
}

_uses_auto_scaling(account_id) if "autoscaling" in input.accounts[account_id].launches_with

_uses_auto_scaling(account_id) if count(_auto_scaling_places(account_id)) > 0

# Auto Scaling groups of the account whose launch template has an image of Image
# Builder, or one that the distribution updates.
_auto_scaling_places(account_id) := [place |
	some id in input.by_kind.autoscaling_group
	input.resources[id].account == account_id
	template := input.references[id].launch_template.to
	_launches_image(template)
	place := {"message": "Auto Scaling launches it here", "resource": id, "property": ""}
]

_launches_image(template) if input.resources[input.references[template].image.to].kind == "image"

_launches_image(template) if {
	some b, build in input.builds
	some e, entry in distribution.entries[b]
	some i, _ in entry.launch_templates
	property := sprintf("distributions[%d].launch_templates[%d].launch_template_id", [e, i])
	input.references[build.distribution][property].to == template
}

_is_open(need) if _openness(need)

_openness(need) := distribution.explanation(
	input.keys[need.key].grants_unknown,
	sprintf("accounts: {%q: {roots: [PATH]}} in .iblint.yaml", [need.account]),
) if {
	input.keys[need.key].grants_unknown
} else := {
	"reason": sprintf("no template of %s was given", [distribution.account_text(need.account)]),
	"settle": sprintf("accounts: {%q: {roots: [PATH]}} in .iblint.yaml", [need.account]),
} if {
	not distribution.is_covered(need.account)
}

_jobs(uses, account_id) := sort([job |
	some job in (distribution.launch_jobs(uses, {account_id}) | distribution.copy_jobs(uses, {account_id}))
])

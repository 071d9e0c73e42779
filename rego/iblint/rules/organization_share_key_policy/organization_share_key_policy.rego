# METADATA
# title: Organization may launch the AMI but not use its key
# description: |
#   A launch permission for an organization or an organizational unit shares the AMI
#   with its accounts, not the key. The key policy must allow Principal "*" under the
#   condition aws:PrincipalOrgID, or aws:PrincipalOrgPaths for a unit; the ARN of an
#   organization is no principal.
# related_resources:
#   - description: Share an AMI with organizations or organizational units
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/share-amis-with-organizations-and-OUs.html
#   - description: Share a KMS key used to encrypt an EBS snapshot
#     ref: https://docs.aws.amazon.com/ebs/latest/userguide/share-kms-key.html
# custom:
#   id: IBL020
#   name: organization-share-key-policy
#   severity: error
#   category: key-sharing
#   step: launch
#   remediation: |
#     Add a statement to the key policy with Principal "*", the actions kms:DescribeKey, kms:CreateGrant, kms:Decrypt,
#     kms:ReEncrypt* and kms:GenerateDataKey*, and the condition StringEquals aws:PrincipalOrgID (for a unit:
#     ForAnyValue:StringLike aws:PrincipalOrgPaths).
#   prevents:
#     - "Client.InternalError: Client error on launch"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the template that creates the key, or its policy, keys: {"arn:aws:kms:…": {policy: policies/key.json}} in
#     .iblint.yaml, and a value to the variable that holds the organization.
package iblint.rules.organization_share_key_policy

import data.iblint.lib.distribution
import data.iblint.lib.iam

deny contains finding if {
	some by_missing in _unmet
	some missing, by_severity in by_missing
	some severity, shares in by_severity
	common := _common(shares)

	finding := object.union(common, {
		"message": sprintf("%s may launch the AMI, but the policy of %s %s", [
			_recipients_text(shares),
			_keys_text(shares),
			_shuts_out(missing, severity),
		]),
		"missing": missing,
		"severity": severity,
	})
}

# What is shared with is no organization.
deny contains finding if {
	some b, e
	distribution.outlets[b][e]
	some property in _properties
	some arn in distribution.launchers(b, e)[property]
	not _is_open_text(arn)
	not regex.match(_patterns[property], arn)
	place := _place(b, e, property)

	finding := {
		"message": sprintf("%s shares the AMI with %q, which is not the ARN of an %s", [
			distribution.label(place.resource),
			arn,
			_nouns[property],
		]),
		"resource": place.resource,
		"property": place.property,
		"related": [],
		"jobs": [distribution.entry_job(b, e)],
		"subject": place,
	}
}

unknown contains finding if {
	some by_why in _open
	some why, shares in by_why
	common := _common(shares)

	finding := object.union_n([common, why, {"message": sprintf(
		"%s may launch the AMI, and it is not known whether the policy of %s lets it use the key",
		[_recipients_text(shares), _keys_text(shares)],
	)}])
}

# The organizations are not known.
unknown contains finding if {
	some key, uses in distribution.launch_uses
	some use in uses
	some property in _properties
	some item in distribution.unknown_launchers(use.build, use.entry)[property]
	why := distribution.explanation(item, "write the ARN, or give the variable or parameter a value")
	place := distribution.policy_place(key, {use})

	finding := object.union(why, {
		"message": sprintf(
			"the %ss that may launch the AMI of %s are not known, so neither is whether the policy of %s admits them",
			[
				_nouns[property],
				distribution.label(_place(use.build, use.entry, property).resource),
				distribution.key_text(key),
			],
		),
		"resource": place.resource,
		"property": place.property,
		"related": [object.union(_place(use.build, use.entry, property), {"message": "shared here"})],
		"jobs": [distribution.entry_job(use.build, use.entry)],
		"subject": {"keys": [key]},
	})
}

_properties := ["organization_arns", "organizational_unit_arns"]

_nouns := {"organization_arns": "organization", "organizational_unit_arns": "organizational unit"}

_patterns := {
	"organization_arns": `^arn:[a-z-]+:organizations::[0-9]{12}:organization/o-[a-z0-9]{10,32}$`,
	"organizational_unit_arns": `^arn:[a-z-]+:organizations::[0-9]{12}:ou/o-[a-z0-9]{10,32}/ou-[a-z0-9-]+$`,
}

_is_open_text(arn) if contains(arn, "{")

# A share of a key's AMI with an organization or unit, and what the key policy leaves
# out for its accounts.
_shares contains share if {
	some key, uses in distribution.launch_uses
	some use in uses
	some property in _properties
	some arn in distribution.launchers(use.build, use.entry)[property]
	_is_arn(property, arn)
	share := {"key": key, "use": use, "property": property, "arn": arn}
}

_is_arn(property, arn) if regex.match(_patterns[property], arn)

_is_arn(_, arn) if _is_open_text(arn)

_unmet[signature][missing][severity] contains share if {
	some share in _shares
	share.use.certain
	summary := _summary(share.key, share.arn)
	missing := sort(array.concat(summary.missing, summary.denied))
	count(missing) > 0
	severity := _severity(missing)
	signature := distribution.policy_signature(share.key)
}

_open[signature][why] contains share if {
	some share in _shares
	summary := _summary(share.key, share.arn)
	_is_open(share.use.certain, summary)
	why := _why(share, summary)
	signature := distribution.policy_signature(share.key)
}

_is_open(_, summary) if {
	count(summary.missing) == 0
	count(summary.denied) == 0
	count(summary.undecided) > 0
}

_is_open(false, summary) if count(summary.missing) > 0

_why(share, summary) := distribution.build_region_reason(share.use.build) if {
	not share.use.certain
	count(summary.missing) > 0
} else := distribution.undecided_reason(summary.unknown, distribution.policy_settle(share.key))

# Some account of the organization calls: a number that nobody has, so that only
# statements for everyone, under their conditions, are for it.
_summary(key, arn) := distribution.access_summary({action: access |
	some action in iam.launch
	access := iam.resource_policy(iam.key_document(key), _request(key, arn, action), "key")
})

_request(key, arn, action) := {
	"principal_arn": "arn:aws:iam::000000000000:role/any",
	"principal_account": "000000000000",
	"action": action,
	"resource": iam.key_text(key),
	"resource_account": iam.key_account(key),
	"context": object.union(
		iam.caller_context(iam.launch_account("000000000000", distribution.key_partition(key)), action, key),
		_membership(key, arn),
	),
	"context_complete": false,
}

_membership(key, arn) := {
	"aws:principalorgid": [_organization(arn)],
	"aws:principalorgpaths": [_path(key, arn)],
}

_organization(arn) := split(arn, "/")[1]

# The path of a unit goes over the root and the units above it, which the ARN does
# not tell: what the policy writes before the unit is taken for true.
_path(key, arn) := _partly_known([prefix]) if {
	prefix := _written_prefixes(key, _unit(arn))[0]
} else := _partly_known([sprintf("%s/", [_organization(arn)]), _below, sprintf("/%s/", [unit])]) if {
	unit := _unit(arn)
} else := _partly_known([sprintf("%s/", [_organization(arn)])])

_partly_known(parts) := object.union(_below, {"$parts": array.concat(parts, [_below])})

_below := {"$unknown": "the place of the account in the organization is not known"}

_unit(arn) := split(arn, "/")[2]

_written_prefixes(key, unit) := [prefix |
	some statement in input.documents[input.keys[key].policy].statements
	some condition in statement.conditions
	lower(condition.key) == "aws:principalorgpaths"
	some written in condition.values
	is_string(written)
	contains(written, sprintf("/%s", [unit]))
	prefix := sprintf("%s/%s/", [replace(split(written, sprintf("/%s", [unit]))[0], "*", "r-0000"), unit])
]

_severity(missing) := "error" if {
	count(iam.launch - {action | some action in missing}) == 0
} else := "warning"

_common(shares) := {
	"resource": places[0].resource,
	"property": places[0].property,
	"related": array.concat(
		[object.union(place, {"message": "the same policy"}) | some place in array.slice(places, 1, count(places))],
		sort([place | some place in {_shared_place(share) | some share in shares}]),
	),
	"jobs": sort([job | some job in {distribution.entry_job(share.use.build, share.use.entry) | some share in shares}]),
	"subject": {"keys": sort([key | some key in {share.key | some share in shares}])},
} if {
	places := sort([place | some place in {distribution.policy_place(share.key, {share.use}) | some share in shares}])
}

_shared_place(share) := object.union(
	_place(share.use.build, share.use.entry, share.property),
	{"message": "shared here"},
)

_place(b, e, property) := distribution.outlet_place(b, e, sprintf("ami.launch_permission.%s", [property]))

_recipients_text(shares) := distribution.enumeration({text |
	some share in shares
	steps := split(share.arn, "/")
	text := sprintf("%s %s", [_nouns[share.property], steps[count(steps) - 1]])
})

_keys_text(shares) := distribution.enumeration({distribution.key_text(share.key) | some share in shares})

_shuts_out(_, "error") := "has no statement for its accounts"

_shuts_out(missing, "warning") := sprintf("leaves out %s for its accounts", [distribution.enumeration(missing)])

# METADATA
# title: Distribution key has no effect in the build Region
# description: |
#   The entry names a key and lets others launch the AMI in the Region in which it
#   is built. No copy is made there, so the key is never used: the AMI keeps the
#   keys of its devices. If those are the AWS managed key, sharing fails; if there
#   are none, the AMI is shared unencrypted although a key is named.
# related_resources:
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
#   - description: Manage and update distribution settings
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/manage-distribution-settings.html
# custom:
#   id: IBL008
#   name: distribution-key-ignored-in-build-region
#   severity: error
#   category: aws-managed-key
#   step: share
#   remediation: |
#     Name the key in the block device mappings of the recipe, with encrypted = true, in a new version of the recipe.
#   prevents:
#     - Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.
#     - "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared"
#   default: true
#   since: 0.1.0
#   unknown: |
#     It depends on the Region in which the image is built and on the keys of its devices. Say region: of the source
#     account in .iblint.yaml, and describe the parent image under images:.
package iblint.rules.distribution_key_ignored_in_build_region

import data.iblint.lib.distribution

deny contains finding if {
	some id, entries in _ignored.yes
	some e, builds in entries
	shared := distribution.deliveries(distribution.launch_hits(builds, e))

	finding := {
		"message": sprintf("%s, so %s", [_no_effect(id, e), _consequence(builds, shared.text)]),
		"resource": id,
		"property": _property(e),
		"related": shared.related,
		"jobs": shared.jobs,
		"severity": _severity(builds),
		"subject": {"distribution": id, "entry": e, "builds": builds},
	}
}

unknown contains finding if {
	some id, entries in _ignored.unknown
	some e, builds in entries
	not _ignored.yes[id][e]
	shared := distribution.deliveries(distribution.launch_hits(builds, e))
	why := _reason(min(builds), e)

	finding := object.union(why, {
		"message": sprintf(
			"%s names %s for %s, where it has no effect if the image is built there",
			[distribution.label(id), distribution.reference_text(distribution.reference(id, _property(e))), _region_text(id, e)],
		),
		"resource": id,
		"property": _property(e),
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"distribution": id, "entry": e, "builds": builds},
	})
}

_ignored[answer][id][e] contains b if {
	some b, e
	distribution.entries[b][e]
	distribution.entry_key(b, e)
	distribution.permits_launch(b, e)
	not distribution.copies_to_accounts(b, e)
	answer := _verdict([distribution.in_build_region(b, e), _without_customer_key(b)])
	answer != "no"
	id := input.builds[b].distribution
}

_verdict(answers) := "no" if {
	"no" in answers
} else := "unknown" if {
	"unknown" in answers
} else := "yes"

# Whether no device of the image is under a customer managed key.
_without_customer_key(b) := "no" if {
	some device in distribution.devices[b]
	device.manager == "customer"
	device.encrypted == true
} else := "unknown" if {
	some i, _ in distribution.devices[b]
	distribution.aws_managed(b, i) == "unknown"
	not _is_no_customer_key(b, i)
} else := "unknown" if {
	count(distribution.devices_unknown(b)) > 0
} else := "unknown" if {
	not input.builds[b].recipe
} else := "yes"

# Encrypted or not: the only key that the device can have is AWS's own.
_is_no_customer_key(b, i) if {
	distribution.by_default_encryption(b, i)
	distribution.default_key(distribution.source_account(b), distribution.build_region(b)).manager == "aws"
}

_has_aws_managed(b) if {
	some i, _ in distribution.devices[b]
	distribution.aws_managed(b, i) == "yes"
}

_severity(builds) := "error" if {
	some b in builds
	_has_aws_managed(b)
} else := "warning"

_consequence(builds, recipients) := sprintf("the AMI keeps the AWS managed key and cannot be shared with %s", [
	recipients,
]) if {
	some b in builds
	_has_aws_managed(b)
} else := sprintf("the AMI is shared with %s unencrypted, unless the account encrypts by default: then with nobody", [
	recipients,
]) if {
	some b in builds
	some i, _ in distribution.devices[b]
	distribution.aws_managed(b, i) == "unknown"
} else := sprintf("the AMI is shared with %s unencrypted", [recipients])

_no_effect(id, e) := sprintf("%s names %s for %s, where the image is built and no copy is encrypted", [
	distribution.label(id),
	distribution.reference_text(distribution.reference(id, _property(e))),
	_region_text(id, e),
])

_region_text(id, e) := distribution.region_text(input.resources[id].properties.distributions[e].region)

_property(e) := distribution.path(e, "ami.kms_key")

_reason(b, e) := distribution.build_region_reason(b) if {
	distribution.in_build_region(b, e) == "unknown"
} else := distribution.explanation(distribution.devices_unknown(b)[0], distribution.parent_settle(b)) if {
	count(distribution.devices_unknown(b)) > 0
} else := whys[0] if {
	whys := [distribution.device_reason(b, i) |
		some i, device in distribution.devices[b]
		distribution.aws_managed(b, i) == "unknown"
		not _is_no_customer_key(b, i)
	]
} else := {"reason": "the recipe is not known", "settle": ""}

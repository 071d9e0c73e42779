# METADATA
# title: Shared Region copy falls back to the default key
# description: |
#   The entry shares the AMI in a Region other than that of the build and names no
#   key. The copy for that Region is encrypted with the default EBS key of the
#   source account there, and unless somebody changed it that is the AWS managed
#   key, whose snapshots cannot be shared.
# related_resources:
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
#   - description: CopyImage
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html
# custom:
#   id: IBL007
#   name: region-copy-default-key
#   severity: error
#   category: aws-managed-key
#   step: share
#   remediation: |
#     Set the KMS key of the entry to a customer managed key of its Region that the accounts it is shared with may use.
#   prevents:
#     - Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.
#     - "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared"
#   default: true
#   since: 0.1.0
#   unknown: |
#     It depends on the Region in which the image is built and on whether the image is encrypted. Say region: of the
#     source account in .iblint.yaml, and what IBL003 and IBL005 ask for about the image.
package iblint.rules.region_copy_default_key

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some id, entries in _copies.yes
	some e, builds in entries
	shared := distribution.deliveries(distribution.launch_hits(builds, e))

	finding := {
		"message": sprintf(
			"%s copies the AMI to %s without a key, so the copy is under the AWS managed key there and cannot be shared with %s",
			[distribution.label(id), _region_text(id, e), shared.text],
		),
		"resource": id,
		"property": distribution.path(e, "ami"),
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"distribution": id, "entry": e},
	}
}

unknown contains finding if {
	some id, entries in _copies.unknown
	some e, builds in entries
	not _copies.yes[id][e]
	shared := distribution.deliveries(distribution.launch_hits(builds, e))
	why := _reason(min(builds), e)

	finding := object.union(why, {
		"message": sprintf(
			"%s shares the AMI in %s without a key, and it is not known whether the copy is under the AWS managed key",
			[distribution.label(id), _region_text(id, e)],
		),
		"resource": id,
		"property": distribution.path(e, "ami"),
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"distribution": id, "entry": e},
	})
}

_copies[answer][id][e] contains b if {
	some b, e
	distribution.entries[b][e]
	not distribution.entry_key(b, e)
	distribution.permits_launch(b, e)
	answer := _verdict([
		_opposite[distribution.in_build_region(b, e)],
		distribution.copy_encrypted(b, e),
		_default_is_aws_managed(b, e),
	])
	answer != "no"
	id := input.builds[b].distribution
}

_opposite := {"yes": "no", "no": "yes", "unknown": "unknown"}

_verdict(answers) := "no" if {
	"no" in answers
} else := "unknown" if {
	"unknown" in answers
} else := "yes"

_default_is_aws_managed(b, e) := "yes" if {
	_default(b, e).manager == "aws"
} else := "no" if {
	_default(b, e).manager == "customer"
} else := "unknown"

_default(b, e) := distribution.default_key(distribution.source_account(b), distribution.entries[b][e].region)

_region_text(id, e) := distribution.region_text(input.resources[id].properties.distributions[e].region)

_reason(b, e) := distribution.build_region_reason(b) if {
	distribution.in_build_region(b, e) == "unknown"
} else := distribution.explanation(distribution.encryption_unknown(b), distribution.parent_settle(b)) if {
	distribution.image_encrypted(b) == "unknown"
} else := distribution.explanation(_default(b, e).manager, _settle(b, e)) if {
	value.is_unknown(_default(b, e).manager)
} else := distribution.explanation(setting, _settle(b, e)) if {
	setting := input.default_encryption[distribution.source_account(b)][distribution.entries[b][e].region].enabled
	value.is_unknown(setting)
} else := {
	"reason": "it is not known whether the account encrypts by default in that Region",
	"settle": _settle(b, e),
}

_settle(b, e) := distribution.default_encryption_settle(b, distribution.entries[b][e].region)

# METADATA
# title: Distribution encrypts with the AWS managed key
# description: |
#   A distribution entry names the AWS managed key for EBS (alias/aws/ebs) for
#   copies that other accounts are to use. A snapshot under that key can never be
#   shared, and no other account can be let in to it.
# related_resources:
#   - description: Share an AMI with specific AWS accounts
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL004
#   name: distribution-aws-managed-key
#   severity: error
#   category: aws-managed-key
#   step: share
#   remediation: |
#     Name a customer managed key of the Region of the entry, by its key ARN, that the target accounts may use.
#   prevents:
#     - Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.
#     - "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared"
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#   default: true
#   since: 0.1.0
#   unknown: |
#     A key ARN or key ID of a key that no template creates may be that of an AWS managed key. Say in .iblint.yaml who
#     manages it, keys: {"arn:aws:kms:…": {manager: customer}}, or add the output of aws kms describe-key to the facts.
package iblint.rules.distribution_aws_managed_key

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some id, entries in _aws_managed.yes
	some e, builds in entries
	shared := distribution.deliveries(distribution.entry_hits(builds, e))

	finding := {
		"message": sprintf("%s, which cannot be shared with %s", [_encrypts(id, e), shared.text]),
		"resource": id,
		"property": _property(e),
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"distribution": id, "entry": e},
	}
}

# The key is certain, but not whether a copy is made with it.
unknown contains finding if {
	some id, entries in _aws_managed.unknown
	some e, builds in entries
	not _aws_managed.yes[id][e]
	shared := distribution.deliveries(distribution.entry_hits(builds, e))
	why := distribution.build_region_reason(min(builds))

	finding := object.union(why, {
		"message": sprintf("%s, and it is not known whether that is the key of the shared AMI", [_encrypts(id, e)]),
		"resource": id,
		"property": _property(e),
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"distribution": id, "entry": e},
	})
}

# Nobody knows who manages the key.
unknown contains finding if {
	some id, entries in _undecided
	some e, builds in entries
	shared := distribution.deliveries(distribution.entry_hits(builds, e))
	why := distribution.reference_reason(distribution.reference(id, _property(e)))

	finding := object.union(why, {
		"message": sprintf("%s, which may be an AWS managed key, and those cannot be shared", [_encrypts(id, e)]),
		"resource": id,
		"property": _property(e),
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"distribution": id, "entry": e},
	})
}

_aws_managed[answer][id][e] contains b if {
	some b, e
	distribution.entries[b][e]
	distribution.entry_key(b, e).manager == "aws"
	answer := distribution.copy_shared(b, e)
	id := input.builds[b].distribution
}

_undecided[id][e] contains b if {
	some b, e
	distribution.entries[b][e]
	value.is_unknown(distribution.entry_key(b, e).manager)
	distribution.copy_shared(b, e) != "no"
	id := input.builds[b].distribution
}

_property(e) := distribution.path(e, "ami.kms_key")

_encrypts(id, e) := sprintf("%s encrypts the AMI for %s with %s", [
	distribution.label(id),
	distribution.region_text(input.resources[id].properties.distributions[e].region),
	distribution.reference_text(distribution.reference(id, _property(e))),
])

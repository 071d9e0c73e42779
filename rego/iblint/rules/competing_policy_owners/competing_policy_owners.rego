# METADATA
# title: Two resources own one policy
# description: |
#   A policy is written in two places, and whichever is applied last removes what the
#   other grants: the policy of a key in the key and in a resource of its own, or the
#   policies of a role in a list that is complete by definition and in attachments
#   beside it.
# related_resources:
#   - description: aws_kms_key_policy
#     ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy
#   - description: aws_iam_role
#     ref: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
# custom:
#   id: IBL025
#   name: competing-policy-owners
#   severity: error
#   dialects: [terraform]
#   category: key-sharing
#   remediation: |
#     Keep one owner: write the policy of the key in one resource, and the policies of the role either in its lists or
#     in attachments.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#     - "User: arn:aws:sts::…:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService is not
#       authorized to perform: sts:AssumeRole on resource:
#       arn:aws:iam::…:role/EC2ImageBuilderDistributionCrossAccountRole"
#   default: true
#   since: 0.1.0
#   unknown: |
#     One of the policies is not known. Give the variable that holds it a value.
package iblint.rules.competing_policy_owners

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some key, contests in _contested
	contest := min(contests)
	missing := sort([action | some action in union({{action | some action in other.missing} | some other in contests})])

	finding := {
		"message": sprintf("the policy of %s is written twice, and one of the two does not let %s use the key", [
			distribution.key_text(key),
			distribution.enumeration({other.who | some other in contests}),
		]),
		"resource": contest.lacking.resource,
		"property": contest.lacking.property,
		"related": [object.union(contest.granting, {"message": "the other policy"})],
		"jobs": sort([job | some job in union({other.jobs | some other in contests})]),
		"missing": missing,
		"severity": "error",
		"subject": {"keys": [key]},
	}
}

deny contains finding if {
	some role, losses in _lost
	removed := min({loss.removed | some loss in losses})
	missing := sort([action | some action in union({{action | some action in loss.missing} | some loss in losses})])

	finding := {
		"message": sprintf("the policies of %s are fixed to a list without %s, which grants %s", [
			distribution.role_text(role),
			removed.name,
			distribution.actions_text(missing),
		]),
		"resource": removed.by.resource,
		"property": removed.by.property,
		"related": [{"message": "removed by that list", "resource": removed.resource, "property": removed.property}],
		"jobs": sort([job | some job in union({loss.jobs | some loss in losses})]),
		"missing": missing,
		"severity": "error",
		"subject": {"roles": [role]},
	}
}

unknown contains finding if {
	some key, uses in distribution.used_keys
	some other in input.keys[key].other_policies
	reasons := _unknowns([input.keys[key].policy, other.document])
	why := distribution.explanation(reasons[0], "give the variable that holds the policy a value")

	finding := object.union(why, {
		"message": sprintf("the policy of %s is written twice, and it is not known whether the two agree", [
			distribution.key_text(key),
		]),
		"resource": other.resource,
		"property": other.property,
		"related": [object.union(distribution.policy_place(key, uses), {"message": "the other policy"})],
		"jobs": sort([job | some job in distribution.all_jobs(uses)]),
		"subject": {"keys": [key]},
	})
}

_contested[contest.key] contains contest if some contest in distribution.contests

_lost[loss.role] contains loss if some loss in distribution.losses

# What is not known of documents: which they are, or what they say.
_unknowns(documents) := array.concat(
	[document | some document in documents; value.is_unknown(document)],
	[found | some document in documents; found := input.documents[document]; value.is_unknown(found)],
)

# METADATA
# title: Statement has a condition that never holds
# description: |
#   The only statements that would grant what is needed carry a condition that is
#   false for the call: kms:ViaService with a service other than EC2, an external ID
#   or a source account that Image Builder does not send, a VPC endpoint, the wrong
#   account.
# related_resources:
#   - description: AWS KMS condition keys
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html
#   - description: AWS global condition context keys
#     ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
# custom:
#   id: IBL022
#   name: condition-never-true
#   severity: error
#   category: key-sharing
#   remediation: |
#     Write the condition so that the call meets it (kms:ViaService = ec2.REGION.amazonaws.com), or take it away: Image
#     Builder sends no external ID, no source account and no VPC endpoint.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#     - "User: arn:aws:sts::…:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService is not
#       authorized to perform: sts:AssumeRole on resource:
#       arn:aws:iam::…:role/EC2ImageBuilderDistributionCrossAccountRole"
#   default: true
#   since: 0.1.0
#   unknown: |
#     The value that the condition asks for is not known. Give the variable or parameter a value.
package iblint.rules.condition_never_true

import data.iblint.lib.distribution
import data.iblint.lib.group
import data.iblint.lib.value

deny contains finding if {
	some by_condition in _false
	some condition, spots in by_condition
	missing := sort([action | some action in {spot.action | some spot in spots}])
	first := min({[spot.document, spot.statement] | some spot in spots})
	common := distribution.statement_finding(spots, _element(first, condition))

	finding := object.union(common, {
		"message": sprintf("%s in %s is of no use to %s: %s asks for %s, and %s", [
			distribution.statement_text(first[0], first[1]),
			distribution.documents_text(spots),
			distribution.needy_texts({spot.need | some spot in spots}),
			condition.key,
			_values_text(condition.written),
			_carried_text(spots),
		]),
		"missing": missing,
		"severity": _severity(spots),
	})
}

unknown contains finding if {
	some place, needs in _open
	need := min(needs)
	entry := need.unknown[0]
	spots := {{"document": entry.document, "statement": entry.statement, "need": other} | some other in needs}
	common := distribution.statement_finding(spots, "")
	why := distribution.undecided_reason(need.unknown, "give the variable or parameter a value")

	finding := object.union_n([common, why, {"message": sprintf(
		"it is not known whether the condition %s of %s in %s holds for %s",
		[
			entry.key,
			distribution.statement_text(entry.document, entry.statement),
			distribution.document_text(entry.document, need),
			distribution.needy_texts(needs),
		],
	)}])
	place != ""
}

_false[statement][condition] contains spot if {
	some need in distribution.all_needs
	distribution.is_certain(need.uses)
	some action, found in distribution.false_conditions(need)
	some one in found
	statement := input.documents[one.document].statements[one.statement]
	condition := object.filter(one, ["operator", "key", "written"])
	spot := {
		"document": one.document,
		"statement": one.statement,
		"carried": one.carried,
		"need": need,
		"action": action,
	}
}

_open := group.by_key({[place, need] |
	some need in distribution.all_needs
	count(need.undecided) > 0
	count(need.missing) == 0
	count(need.denied) == 0
	distribution.open_question(need.unknown) == "condition"
	place := sprintf("%s %d", [need.unknown[0].document, need.unknown[0].statement])
})

_element([document, i], condition) := sprintf(".conditions[%d]", [j]) if {
	places := [j |
		some j, test in input.documents[document].statements[i].conditions
		test.operator == condition.operator
		test.key == condition.key
	]
	j := places[0]
} else := ""

_severity(spots) := "error" if {
	some spot in spots
	distribution.severity_of(spot.need.actor.kind, [spot.action]) == "error"
} else := "warning"

_values_text(values) := distribution.enumeration({value.text(one) | some one in values}) if {
	count(values) > 0
} else := "nothing"

_carried_text(spots) := "the call does not carry it" if {
	every spot in spots {
		count(spot.carried) == 0
	}
} else := sprintf("the call carries %s", [distribution.enumeration({value.text(one) |
	some spot in spots
	some one in spot.carried
})])

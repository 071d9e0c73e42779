# METADATA
# title: A Deny takes away what the distribution needs
# description: |
#   An explicit Deny beats every Allow: in the policy of a key, in the policies of the
#   role or its permissions boundary, or in a service or resource control policy of the
#   organization. Those do not hold for service-linked roles.
#   Deny with NotPrincipal hits everybody who is not listed, and an account whose root
#   is not listed as a whole.
# related_resources:
#   - description: Policy evaluation logic
#     ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#   - description: "AWS JSON policy elements: NotPrincipal"
#     ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
# custom:
#   id: IBL021
#   name: explicit-deny
#   severity: error
#   category: key-sharing
#   remediation: |
#     Exempt the service-linked role and the roles of the target accounts in the Deny, for example with a condition on
#     aws:PrincipalArn or aws:PrincipalAccount.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#     - "Client.InternalError: Client error on launch"
#     - "User: arn:aws:sts::…:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService is not
#       authorized to perform: sts:AssumeRole on resource:
#       arn:aws:iam::…:role/EC2ImageBuilderDistributionCrossAccountRole"
#   default: true
#   since: 0.1.0
#   unknown: |
#     The condition of the Deny depends on a value that is not known. Give the variable or parameter a value, or
#     organization_id in .iblint.yaml.
package iblint.rules.explicit_deny

import data.iblint.lib.distribution
import data.iblint.lib.group

deny contains finding if {
	some statement, by_side in _denied
	some side, spots in by_side
	missing := sort([action | some action in {spot.action | some spot in spots}])
	common := distribution.statement_finding(spots, "")
	first := min({[spot.document, spot.statement] | some spot in spots})

	finding := object.union(common, {
		"message": sprintf("%s in %s denies %s to %s", [
			distribution.statement_text(first[0], first[1]),
			distribution.documents_text(spots),
			distribution.actions_text(missing),
			distribution.needy_texts({spot.need | some spot in spots}),
		]),
		"missing": missing,
		"severity": _severity(spots),
	})
}

unknown contains finding if {
	some needs in _open
	need := min(needs)
	entry := need.unknown[0]
	spots := {{"document": entry.document, "statement": entry.statement, "need": other} | some other in needs}
	common := distribution.statement_finding(spots, "")
	why := distribution.undecided_reason(need.unknown, "give the variable or parameter a value")

	finding := object.union_n([common, why, {"message": sprintf("it is not known whether %s in %s denies %s to %s", [
		distribution.statement_text(entry.document, entry.statement),
		distribution.document_text(entry.document, need),
		distribution.actions_text(need.undecided),
		distribution.needy_texts(needs),
	])}])
}

_denied[statement][side] contains spot if {
	some need in distribution.all_needs
	distribution.is_certain(need.uses)
	some action in need.denied
	some found in distribution.deny_statements(need, action)
	statement := input.documents[found.document].statements[found.statement]
	side := need.side
	spot := object.union(found, {"need": need, "action": action})
}

_severity(spots) := "error" if {
	some spot in spots
	distribution.severity_of(spot.need.actor.kind, [spot.action]) == "error"
} else := "warning"

_open := group.by_key({[statement, need] |
	some need in distribution.all_needs
	count(need.undecided) > 0
	count(need.missing) == 0
	count(need.denied) == 0
	distribution.open_question(need.unknown) == "deny"
	entry := need.unknown[0]
	statement := [entry.document, entry.statement]
})

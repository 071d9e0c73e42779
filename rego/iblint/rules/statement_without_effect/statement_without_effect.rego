# METADATA
# title: Statement grants nothing
# description: |
#   A statement looks right and has no effect: a key policy statement without Resource
#   or Action, an action that does not exist such as kms:ReEncrypt (the actions are
#   kms:ReEncryptFrom and kms:ReEncryptTo), the ARN of an alias or of another key as
#   Resource, a service principal where a role calls. AWS accepts all of these.
# related_resources:
#   - description: CreateKey
#     ref: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
#   - description: AWS KMS permissions
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
# custom:
#   id: IBL023
#   name: statement-without-effect
#   severity: error
#   category: key-sharing
#   remediation: |
#     Write kms:ReEncrypt* for kms:ReEncrypt, "Resource": "*" in key policies and key ARNs in IAM policies, and roles or
#     accounts as principals.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#     - "Client.InternalError: Client error on launch"
#   default: true
#   since: 0.1.0
#   unknown: |
#     An element of the statement is not known. Give the variable or parameter a value.
package iblint.rules.statement_without_effect

import data.iblint.lib.distribution
import data.iblint.lib.group
import data.iblint.lib.iam

# The statement is the only one that could grant something that is needed.
deny contains finding if {
	some slip, by_configurations in _useless
	some spots in by_configurations
	missing := sort([action | some action in {spot.action | some spot in spots}])
	common := distribution.statement_finding(spots, _elements[slip.why])

	finding := object.union(common, {
		"message": sprintf("%s, so %s cannot use the key", [
			_fault(slip, spots),
			distribution.needy_texts({spot.need | some spot in spots}),
		]),
		"missing": missing,
		"severity": _severity(spots),
	})
}

# What is needed is granted elsewhere.
deny contains finding if {
	some slip, by_statement in _idle
	some spots in by_statement
	common := distribution.statement_finding(spots, _elements[slip.why])

	finding := object.union(common, {
		"message": sprintf("%s; nothing that is needed depends on it", [_fault(slip, spots)]),
		"severity": "warning",
	})
}

unknown contains finding if {
	some needs in _open
	need := min(needs)
	entry := need.unknown[0]
	spots := {{"document": entry.document, "statement": entry.statement, "need": other} | some other in needs}
	common := distribution.statement_finding(spots, ".actions")
	why := distribution.undecided_reason(need.unknown, "give the variable or parameter a value")

	finding := object.union_n([common, why, {"message": sprintf("it is not known which actions %s of %s allows to %s", [
		distribution.statement_text(entry.document, entry.statement),
		distribution.document_text(entry.document, need),
		distribution.needy_texts(needs),
	])}])
}

# One slip in the policies of one distribution is one mistake.
_useless[slip][configurations] contains spot if {
	some need in distribution.all_needs
	distribution.is_certain(need.uses)
	some action, found in distribution.without_effect(need)
	some one in found
	slip := object.filter(one, ["why", "text"])
	configurations := {input.builds[use.build].distribution | some use in need.uses}
	spot := {"document": one.document, "statement": one.statement, "need": need, "action": action}
}

_idle[slip][statement] contains spot if {
	some spot in _documents
	some one in iam.defects(spot.document, spot.kind, spot.arn)
	slip := object.filter(one, ["why", "text"])
	statement := input.documents[one.document].statements[one.statement]
	not statement in _statements_at_fault
}

# By their wording: a statement that stands in several policies is told of once.
_statements_at_fault contains input.documents[spot.document].statements[spot.statement] if {
	some by_configurations in _useless
	some spots in by_configurations
	some spot in spots
}

# The policies that take part: of the keys, and of the roles.
_documents contains spot if {
	some key, uses in object.union(distribution.launch_uses, distribution.key_uses)
	document := input.keys[key].policy
	is_string(document)
	some one in iam.defects(document, "key", iam.key_text(key))
	spot := {
		"document": document,
		"statement": one.statement,
		"kind": "key",
		"arn": iam.key_text(key),
		"need": {"side": "key_policy", "key": key, "uses": uses, "account": "", "actor": {"kind": "any", "account": ""}},
	}
}

_documents contains spot if {
	some source, _ in distribution.builds_of
	some account in distribution.targets_of(source)
	some role in distribution.target_roles(source, account)
	some policy in input.roles[role.role].policies
	policy.source in {"inline", "customer_managed"}
	is_string(policy.document)
	some one in iam.defects(policy.document, "identity", null)
	spot := {
		"document": policy.document,
		"statement": one.statement,
		"kind": "identity",
		"arn": null,
		"need": {
			"side": "identity",
			"key": "",
			"uses": distribution.uses_by(source, null),
			"source": source,
			"account": account,
			"role": role.role,
			"actor": {"kind": "target_role", "account": account},
		},
	}
}

_severity(spots) := "error" if {
	some spot in spots
	distribution.severity_of(spot.need.actor.kind, [spot.action]) == "error"
} else := "warning"

_open := group.by_key({[place, need] |
	some need in distribution.all_needs
	count(need.undecided) > 0
	count(need.missing) == 0
	count(need.denied) == 0
	distribution.open_question(need.unknown) == "element"
	place := [need.unknown[0].document, need.unknown[0].statement]
})

_elements := {
	"no_resource": "",
	"no_action": "",
	"no_such_action": ".actions",
	"alias_resource": ".resources",
	"other_key": ".resources",
	"service_principal": ".principals",
}

_fault(slip, spots) := sprintf(_faults[slip.why], array.concat(
	[distribution.documents_text(spots)],
	[slip.text | slip.text != ""],
))

_faults := {
	"no_resource": "a statement in %s has no Resource and grants nothing",
	"no_action": "a statement in %s has no Action and grants nothing",
	"no_such_action": "a statement in %s names %s, which is no action of KMS and grants nothing",
	"alias_resource": "a statement in %s names the alias %s as Resource, which grants nothing on its key",
	"other_key": "a statement in %s names %s as Resource, which is another key",
	"service_principal": "a statement in %s admits the service %s, but a role calls",
}

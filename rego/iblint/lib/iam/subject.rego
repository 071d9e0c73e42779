package iblint.lib.iam

# METADATA
# description: |
#   The policies that say what an actor may do, by document ID or unknown. Those of
#   the people of a launch account are not asked for.
identity_documents(actor) := ["aws|AWSServiceRoleForImageBuilder"] if {
	actor.kind == "service_linked_role"
} else := [document | document := "aws|AutoScalingServiceRolePolicy"; input.documents[document]] if {
	actor.kind == "auto_scaling"
} else := array.concat([policy.document | some policy in role.policies], object.get(role, "policies_unknown", [])) if {
	role := input.roles[actor.role]
} else := [{
	"$unknown": "no template has the role",
	"$settle": `roles: {"arn:aws:iam::ACCOUNT:role/NAME": {policies: [policies/role.json]}}`,
}]

# METADATA
# description: Identity policies judged for a call that an actor makes.
actor_identities(documents, actor, action, resource, key) := judge_identities(
	documents,
	[matching_resources(document, resource) | some document in documents],
	action,
	[actor_carrier(document, actor, key, resource) | some document in documents],
	resource,
)

# METADATA
# description: The document that is the policy of a key, or an unknown.
key_document(key) := document if {
	document := input.keys[key].policy
} else := {
	"$unknown": "the policy of the key is not known",
	"$settle": sprintf("keys: {%q: {policy: policies/key.json}}", [key]),
}

# METADATA
# description: The ARN of a key as far as it is known.
key_text(key) := text if {
	text := input.keys[key].arn
} else := {"$unknown": reason, "$parts": ["arn:", hole, ":kms:", hole, ":", hole, ":key/", hole]} if {
	reason := "the ARN of the key is not known"
	hole := {"$unknown": reason}
}

# METADATA
# description: The account that owns a key, as far as it is known.
key_account(key) := owner if {
	owner := input.keys[key].account
} else := {"$unknown": "the account of the key is not known"}

package iblint.lib.distribution

import data.iblint.lib.iam

# METADATA
# description: |
#   Where the policy of a key is written, or the key itself if none is written.
#   Where no template has the key, the place of one of its uses.
policy_place(key, uses) := {"resource": owner.resource, "property": owner.property} if {
	not input.keys[key].default_policy
	owner := input.keys[key].policy_owner
	input.resources[owner.resource]
} else := {"resource": resource, "property": ""} if {
	resource := input.keys[key].resource
	input.resources[resource]
} else := object.filter(use_places(uses, key)[0], ["resource", "property"])

# METADATA
# description: |
#   What tells the policies of keys apart: policies of one wording are one mistake.
#   A key without a policy is a mistake by itself.
policy_signature(key) := key if {
	input.keys[key].default_policy
} else := input.documents[input.keys[key].policy].statements if {
	input.documents[input.keys[key].policy].statements
} else := key

# METADATA
# description: |
#   What tells the roles of several accounts apart: roles with policies of one
#   wording, account numbers aside, are one mistake.
role_signature(id) := replace(
	json.marshal([input.documents[policy.document] |
		some policy in input.roles[id].policies
		is_string(policy.document)
	]),
	object.get(input.roles[id], "account", "{account}"), "{account}",
)

# METADATA
# description: |
#   What tells the trust policies of roles of several accounts apart.
trust_signature(id) := replace(
	json.marshal(input.documents[input.roles[id].trust]),
	object.get(input.roles[id], "account", "{account}"),
	"{account}",
) if {
	input.documents[input.roles[id].trust]
} else := id

# METADATA
# description: The resource and property in which a document is written; not defined for AWS's own.
document_place(document) := {"resource": resource, "property": property} if {
	parts := split(document, "|")
	last := count(parts) - 1
	resource := concat("|", array.slice(parts, 0, last))
	property := parts[last]
	input.resources[resource]
}

# METADATA
# description: The place of a statement of a document, or of an element in it.
statement_place(document, i, element) := {
	"resource": place.resource,
	"property": concat("", [place.property, sprintf(".statements[%d]", [i]), element]),
} if {
	place := document_place(document)
}

# METADATA
# description: |
#   Why a need is neither met nor unmet, from the unknowns in the summary of lib/iam;
#   the fallback settles it where they do not say.
undecided_reason(unknowns, fallback) := {
	"reason": entry.reason,
	"settle": _first_text([object.get(entry, "settle", ""), fallback]),
} if {
	count(unknowns) > 0
	entry := unknowns[0]
} else := {"reason": "the policy is not known", "settle": fallback}

# METADATA
# description: What supplies the policy of a key.
policy_settle(key) := "give the variable or parameter that the policy depends on a value" if {
	is_described(key)
} else := "write the ARN of the key, or give what it depends on a value" if {
	not regex.match(`^(arn:|alias/)`, key_text(key))
} else := concat(" ", [
	sprintf("keys: {%q: {manager: customer, policy: policies/key.json}} in .iblint.yaml,", [
		placeholders(key_text(key)),
	]),
	sprintf("or aws kms get-key-policy --key-id %s --policy-name default > %s", [
		placeholders(key_text(key)),
		fact_file([_last_step(placeholders(key_text(key))), "get-key-policy"]),
	]),
])

# METADATA
# description: |
#   Where the output of a command of the AWS CLI goes, with what it does not print in
#   the name, and the line that lets it be read.
fact_file(pieces) := sprintf("facts/%s.json (with facts: [facts/] in .iblint.yaml)", [concat(".", pieces)])

# METADATA
# description: |
#   A text for a configuration line or a command: what is not known is for people to
#   fill in.
placeholders(text) := regex.replace(regex.replace(text, `\{account-[^{}]*\}`, "ACCOUNT"), `\{region-[^{}]*\}`, "REGION")

# METADATA
# description: The actions that are missing in truth, kms:Encrypt aside, which EBS does not need.
hard(actions) := [action | some action in actions; action in iam.required]

# METADATA
# description: "Actions in a sentence: those that the distribution cannot do without first."
actions_text(actions) := enumeration(actions) if {
	count(hard(actions)) == 0
} else := _enumeration(array.concat(hard(actions), [action | some action in actions; not action in iam.required]))

_first_text(texts) := [text | some text in texts; text != ""][0] if {
	count([text | some text in texts; text != ""]) > 0
} else := ""

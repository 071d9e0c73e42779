package iblint.lib.iam

import data.iblint.lib.arn
import data.iblint.lib.spelling
import data.iblint.lib.value
import data.iblint.lib.wildcard

# METADATA
# description: |
#   The statements of the key policy and of the actor's own policies that would
#   grant an action but for one element that has no effect.
without_effect(actor, action, key) := {found |
	some [document, call] in _calls(actor, action, key)
	some i, statement in input.documents[document].statements
	statement.effect == "Allow"
	[failing] := [element | some element, "no" in element_answers(document, i, call)]
	some [why, text] in _why(failing, statement, call)
	found := {"document": document, "statement": i, "why": why, "text": text}
}

# METADATA
# description: |
#   The elements of a document (kind "key" or "identity") that have no effect,
#   whatever the need. The ARN is that of the key, or null.
defects(document, kind, key_arn) := {found |
	some i, statement in input.documents[document].statements
	statement.effect == "Allow"
	elements := object.filter(statement, ["actions", "not_actions", "resources", "not_resources"])
	some [why, text] in (_defects(elements) | _other_keys(elements, kind, key_arn))
	found := {"document": document, "statement": i, "why": why, "text": text}
}

_why("action", statement, call) := {["no_action", ""] | not _has_actions(statement)} | {["no_such_action", item] |
	some item in statement.actions
	_is_no_action(item)
	_alike(lower(item), lower(call.action))
}

_why("resource", statement, call) := union({
	_missing_resource(statement),
	_named_aliases(statement),
	_other_keys(statement, call.kind, call.resource),
})

_why("principal", statement, _) := {["service_principal", item.identifier] |
	some item in statement.principals
	{principal.type | some principal in statement.principals} == {"Service"}
}

_why("condition", _, _) := set()

_defects(statement) := union({
	{["no_action", ""] | not _has_actions(statement)},
	{["no_such_action", item] | some item in statement.actions; _is_no_action(item)},
	_missing_resource(statement),
	_named_aliases(statement),
})

_missing_resource(statement) := {["no_resource", ""] |
	not statement.resources
	not statement.not_resources
}

_named_aliases(statement) := {["alias_resource", value.text(item)] |
	some item in statement.resources
	arn.is_kms_alias(item)
}

_other_keys(statement, kind, key_arn) := {["other_key", value.text(item)] |
	kind == "key"
	key_arn != null
	some item in statement.resources
	arn.is_kms_key(item)
	wildcard.match(item, key_arn) == "no"
}

_has_actions(statement) if statement.actions

_has_actions(statement) if statement.not_actions

# AWS accepts names that no action of KMS has; they grant nothing.
_is_no_action(item) if {
	is_string(item)
	startswith(lower(item), "kms:")
	not lower(item) in kms_actions
	not regex.match(`[*?]`, item)
}

# kms:ReEncrypt for kms:ReEncryptFrom, kms:ReEncrypts for the same, kms:Decypt for
# kms:Decrypt.
_alike(item, action) if startswith(action, substring(item, 0, count(item) - 1))

_alike(item, action) if spelling.is_near(item, action)

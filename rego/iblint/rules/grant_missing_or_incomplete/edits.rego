package iblint.rules.grant_missing_or_incomplete

import data.iblint.lib.edit

# METADATA
# scope: document
# description: The missing operations, and the key by its ARN; by the subject of the finding.
edits[finding.subject] contains change if {
	some finding in deny
	some id in finding.subject.grants
	some operations in [fault.missing | some fault in _operations(id)]
	change := edit.append_items(id, "operations", [trim_prefix(one, "kms:") | some one in operations])
}

edits[finding.subject] contains change if {
	some finding in deny
	some id in finding.subject.grants
	input.references[id].key.form in {"key_id", "alias_name"}
	key := input.keys[input.references[id].key.key].resource
	input.resources[key].kind == "kms_key"
	change := edit.replace_value(id, "key", edit.arn_of(key))
}

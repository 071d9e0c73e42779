package iblint.rules.key_identifier_form

import data.iblint.lib.edit

# METADATA
# description: The ARN of the key, by the subject of the finding.
edits[finding.subject] contains change if {
	some finding in deny
	key := input.keys[_reference(finding.subject).key].resource
	input.resources[key].kind == "kms_key"
	change := edit.replace_value(finding.resource, finding.property, edit.arn_of(key))
}

package iblint.rules.key_without_encrypted

import data.iblint.lib.edit
import data.iblint.lib.value

# METADATA
# scope: document
# description: Encryption switched on, in a new version of the recipe; by the subject of the finding.
edits[finding.subject] contains change if {
	some finding in deny
	some mapping in finding.subject.devices
	value.is_absent(_device(finding.resource, mapping), "encrypted")
	change := edit.insert_argument(finding.resource, sprintf("%s.kms_key", [mapping]), "encrypted", true)
}

edits[finding.subject] contains change if {
	some finding in deny
	some mapping in finding.subject.devices
	_device(finding.resource, mapping).encrypted == false
	change := edit.replace_value(finding.resource, sprintf("%s.encrypted", [mapping]), true)
}

# Recipes cannot be changed: a changed one needs a version of its own.
edits[finding.subject] contains change if {
	some finding in deny
	is_string(input.resources[finding.resource].properties.version)
	parts := regex.find_all_string_submatch_n(
		`^(\d+\.\d+\.)(\d+)$`,
		input.resources[finding.resource].properties.version,
		1,
	)
	version := sprintf("%s%d", [parts[0][1], to_number(parts[0][2]) + 1])
	change := edit.replace_value(finding.resource, "version", version)
}

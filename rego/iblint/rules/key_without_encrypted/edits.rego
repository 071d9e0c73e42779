package iblint.rules.key_without_encrypted

import data.iblint.lib.edit
import data.iblint.lib.value

# METADATA
# description: Encryption switched on, by the subject of the finding.
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

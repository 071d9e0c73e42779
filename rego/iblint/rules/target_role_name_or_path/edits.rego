package iblint.rules.target_role_name_or_path

import data.iblint.lib.distribution
import data.iblint.lib.edit
import data.iblint.lib.value

# METADATA
# scope: document
# description: The name and the path that Image Builder asks for, by the subject of the finding.
edits[finding.subject] contains change if {
	some finding in deny
	id := finding.subject.role
	object.get(input.resources, [id, "properties", "path"], "/") != "/"
	change := edit.replace_value(id, "path", "/")
}

edits[finding.subject] contains change if {
	some finding in deny
	id := finding.subject.role
	name := input.resources[id].properties.name
	name != distribution.role_name
	change := edit.replace_value(id, "name", distribution.role_name)
}

edits[finding.subject] contains change if {
	some finding in deny
	id := finding.subject.role
	input.resources[id].properties.name_prefix
	change := edit.replace_argument(id, "name_prefix", "name", distribution.role_name)
}

edits[finding.subject] contains change if {
	some finding in deny
	id := finding.subject.role
	distribution.is_generated(id)
	value.is_absent(input.resources[id].properties, "name_prefix")
	change := edit.insert_argument(id, "assume_role_policy", "name", distribution.role_name)
}

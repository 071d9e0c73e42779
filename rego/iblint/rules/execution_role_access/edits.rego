package iblint.rules.execution_role_access

import data.iblint.lib.distribution
import data.iblint.lib.edit

# METADATA
# scope: document
# description: The missing actions of the role and for it, by the subject of the finding.
edits[finding.subject] contains change if {
	some finding in deny
	some role in finding.subject.roles
	needs := {need |
		some need in _unmet_by_role[role]
		count(distribution.plainly_missing(need)) > 0
	}
	some change in edit.role_policy(role, needs)
}

edits[finding.subject] contains change if {
	some finding in deny
	some key in finding.subject.keys
	needs := {need |
		some need in distribution.needs.execution_role_access
		need.side == "key_policy"
		need.key == key
		distribution.plainly_missing(need) == finding.missing
	}
	some change in edit.key_policy(key, needs)
}

edits[finding.subject] contains change if {
	some finding in deny
	some role in finding.subject.roles
	finding.missing == ["sts:AssumeRole"]
	some need in distribution.needs.execution_role_trust
	need.role == role
	count(distribution.plainly_missing(need)) > 0
	some change in edit.service_trust(role, "imagebuilder.amazonaws.com")
}

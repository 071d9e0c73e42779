package iblint.rules.service_linked_role_key_access

import data.iblint.lib.distribution
import data.iblint.lib.edit

# METADATA
# description: The missing actions for the account, by the subject of the finding.
edits[finding.subject] contains change if {
	some finding in deny
	some key in finding.subject.keys
	needs := {need |
		some need in distribution.needs.service_linked_role_key_access
		need.key == key
		distribution.plainly_missing(need) == finding.missing
	}
	some change in edit.key_policy(key, needs)
}

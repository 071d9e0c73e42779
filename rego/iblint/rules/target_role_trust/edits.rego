package iblint.rules.target_role_trust

import data.iblint.lib.distribution
import data.iblint.lib.edit

# METADATA
# description: A statement for the source account, by the subject of the finding.
edits[finding.subject] contains change if {
	some finding in deny
	some role in finding.subject.roles
	needs := {need |
		some need in distribution.needs.target_role_trust
		need.role == role
		count(distribution.plainly_missing(need)) > 0
	}
	some change in edit.trust_policy(role, needs)
}

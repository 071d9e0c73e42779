package iblint.rules.statement_without_effect

import data.iblint.lib.distribution
import data.iblint.lib.edit

# METADATA
# scope: document
# description: |
#   The actions that kms:ReEncrypt stands for, and the Resource of key policies; by the
#   subject of the finding.
edits[finding.subject] contains change if {
	some finding in deny
	some [document, i] in finding.subject.statements
	some k, action in input.documents[document].statements[i].actions
	is_string(action)
	lower(action) == "kms:reencrypt"
	place := distribution.statement_place(document, i, sprintf(".actions[%d]", [k]))
	change := edit.replace_value(place.resource, place.property, "kms:ReEncrypt*")
}

edits[finding.subject] contains change if {
	some finding in deny
	some [document, i] in finding.subject.statements
	statement := input.documents[document].statements[i]
	not statement.resources
	not statement.not_resources
	statement.principals
	statement.actions
	place := distribution.statement_place(document, i, ".actions")
	change := edit.insert_argument(place.resource, place.property, "resources", "*")
}

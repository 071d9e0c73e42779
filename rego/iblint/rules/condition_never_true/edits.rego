package iblint.rules.condition_never_true

import data.iblint.lib.edit

# METADATA
# description: |
#   The service through which the call comes, by the subject of the finding. Other
#   conditions are there for a reason that is not known.
edits[finding.subject] contains change if {
	some finding in deny
	endswith(finding.property, "]")
	test := object.get(input.documents, _path(finding), {})
	lower(test.key) == "kms:viaservice"
	[_] = test.values
	[carried] = [one | some one in _carried(finding.subject.statements)]
	change := edit.replace_value(finding.resource, sprintf("%s.values[0]", [finding.property]), carried)
}

# Where the condition stands among the documents.
_path(finding) := [document, "statements", i, "conditions", to_number(last)] if {
	[document, i] := finding.subject.statements[0]
	parts := split(trim_suffix(finding.property, "]"), "[")
	last := parts[count(parts) - 1]
}

_carried(statements) := {one |
	some by_condition in _false
	some condition, spots in by_condition
	lower(condition.key) == "kms:viaservice"
	some spot in spots
	[spot.document, spot.statement] in statements
	some one in spot.carried
}

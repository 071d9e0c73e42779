package iblint.rules.partition_mismatch

import data.iblint.lib.distribution
import data.iblint.lib.edit

# METADATA
# scope: document
# description: Principals of the right partition, by the subject of the finding.
edits[finding.subject] contains change if {
	some finding in deny
	some document in finding.subject.documents
	some spot in distribution.foreign_principals[document]
	some j, principal in input.documents[document].statements[spot.statement].principals
	principal.identifier == spot.identifier
	place := distribution.statement_place(document, spot.statement, sprintf(".principals[%d].identifier", [j]))
	change := edit.replace_value(place.resource, place.property, _moved(spot.identifier, spot.expected))
}

# Managed policies of the right partition.
edits[finding.subject] contains change if {
	some finding in deny
	some policy, _ in _foreign_policies
	policy.arn == finding.subject.policy
	change := edit.replace_value(policy.resource, policy.property, _moved(policy.arn, policy.expected))
}

_moved(arn, partition) := concat(":", array.concat(["arn", partition], array.slice(parts, 2, count(parts)))) if {
	parts := split(arn, ":")
}

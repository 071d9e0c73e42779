# METADATA
# title: Entry point
# description: |
#   Every finding of every rule. Rules find faults on their own; here, one mistake
#   becomes one finding.
package iblint.main

# METADATA
# description: |
#   Every finding, labelled with the rule that made it and its verdict, less those
#   that another finding explains. A rule that is switched off explains all the
#   same.
# entrypoint: true
findings contains _with_edits(finding) if {
	some finding in _found
	not finding.rule in _disabled
	not is_masked(finding)
}

_disabled := object.get(input, ["settings", "disabled"], [])

_found contains object.union(found, {"rule": slug, "verdict": "violation"}) if {
	some slug, i
	found := data.iblint.rules[slug].deny[i]
}

_found contains object.union(found, {"rule": slug, "verdict": "unknown"}) if {
	some slug, i
	found := data.iblint.rules[slug].unknown[i]
}

# What to write instead is worked out where it is asked for.
_with_edits(finding) := object.union(finding, {"edits": edits}) if {
	input.settings.edits
	edits := sort([edit | some edit in data.iblint.rules[finding.rule].edits[finding.subject]])
} else := finding

# METADATA
# description: The entry point of the engine's own tests.
package iblint.main

# METADATA
# description: Every finding of every rule.
# entrypoint: true
findings contains object.union(found, {"rule": slug, "verdict": "violation"}) if {
	some slug
	some found in data.iblint.rules[slug].deny
}

findings contains object.union(found, {"rule": slug, "verdict": "unknown"}) if {
	some slug
	some found in data.iblint.rules[slug].unknown
}

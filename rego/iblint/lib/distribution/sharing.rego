package iblint.lib.distribution

import data.iblint.lib.region
import data.iblint.lib.value

# METADATA
# description: |
#   The entries of a build by whether they share the output AMI ("yes" or
#   "unknown"), each with the recipients.
output_hits(b, answer) := {hit |
	some e, _ in outlets[b]
	shares_output(b, e) == answer
	hit := {"build": b, "entry": e, "recipients": output_recipients(b, e)}
}

# METADATA
# description: |
#   "yes", "no" or "unknown": whether the output AMI of a build is shared with
#   anybody.
output_shared(b) := "yes" if {
	count(output_hits(b, "yes")) > 0
} else := "unknown" if {
	count(output_hits(b, "unknown")) > 0
} else := "unknown" if {
	sharing_unknown(b)
} else := "no"

# METADATA
# description: |
#   Why nothing is known of where the AMIs of a build go: its distribution
#   configuration, or the list of its entries, is not known.
sharing_unknown(b) := reason if {
	reason := input.builds[b].distribution_unknown
} else := reason if {
	reason := input.resources[input.builds[b].distribution].properties.distributions_unknown
}

# METADATA
# description: |
#   Reason and settlement of not knowing whether the output AMI is shared.
output_sharing_reason(b) := explanation(
	sharing_unknown(b),
	"name the distribution configuration with a reference or a literal ARN",
) if {
	sharing_unknown(b)
} else := build_region_reason(b)

# METADATA
# description: Reason and settlement of not knowing whether an entry is that of the build Region.
build_region_reason(b) := explanation(input.builds[b].region, region_settle(b)) if {
	value.is_unknown(input.builds[b].region)
} else := explanation(_unknown_entry_regions(b)[0], "write the Region, or give the variable or parameter a value") if {
	region.is_name(build_region(b))
	count(_unknown_entry_regions(b)) > 0
} else := {
	"reason": sprintf("it is not known whether %s is built in the Region of the entry", [label(input.builds[b].id)]),
	"settle": region_settle(b),
}

_unknown_entry_regions(b) := [outlet.region | some outlet in outlets[b]; value.is_unknown(outlet.region)]

# METADATA
# description: The configuration line that says in which Region an image is built.
region_settle(b) := sprintf("accounts: {%q: {region: REGION, roots: [%s]}} in .iblint.yaml", [
	_account_key(b),
	_root(b),
])

# METADATA
# description: |
#   Reason and settlement of a value that is not known; the fallback settles it
#   where the value does not say.
explanation(unknown, fallback) := {
	"reason": value.reason(unknown),
	"settle": settle,
} if {
	settle := placeholders(value.settle(unknown))
	settle != ""
} else := {"reason": value.reason(unknown), "settle": fallback}

# METADATA
# description: |
#   Reason and settlement of a key reference of which it is not known which key,
#   or whose, it is.
reference_reason(found) := {
	"reason": _reference_reason(found),
	"settle": _reference_settle(found),
}

_reference_reason(found) := found.reason if {
	object.get(found, "reason", "") != ""
} else := value.reason(found.manager) if {
	value.is_unknown(found.manager)
} else := "no template, configuration or fact describes the key"

_reference_settle(found) := found.settle if {
	object.get(found, "settle", "") != ""
} else := value.settle(found.manager) if {
	value.settle(found.manager) != ""
} else := key_settle(reference_text(found))

# METADATA
# description: What supplies the facts about a key outside of the templates.
key_settle(arn) := "write the ARN of the key, or give what it depends on a value" if {
	not regex.match(`^(arn:|alias/|mrk-|[0-9a-f]{8}-)`, arn)
} else := concat(" ", [
	sprintf("keys: {%q: {manager: customer}} in .iblint.yaml,", [placeholders(arn)]),
	sprintf("or aws kms describe-key --key-id %s > %s", [
		placeholders(arn),
		fact_file([_last_step(placeholders(arn)), "describe-key"]),
	]),
])

# METADATA
# description: |
#   A key reference in a sentence: the resource that it means, or what is written.
reference_text(found) := key_text(found.key) if {
	input.keys[found.key].resource
} else := found.text if {
	object.get(found, "text", "") != ""
} else := found.name if {
	found.name
} else := key_text(found.key)

_account_key(b) := account if {
	account := source_account(b)
	not startswith(account, "{")
} else := "ACCOUNT"

_root(b) := object.get(input.resources, [input.builds[b].id, "root"], "PATH")

# METADATA
# description: |
#   "yes", "no" or "unknown": whether the key of the entry encrypts an AMI that
#   others get: copies of target accounts anywhere, and shared copies in Regions
#   other than that of the build.
copy_shared(b, e) := "yes" if {
	copies_to_accounts(b, e)
} else := _opposite[in_build_region(b, e)] if {
	permits_launch(b, e)
} else := "no"

# METADATA
# description: An entry of several builds, with everybody who gets the AMI.
entry_hits(builds, e) := {{"build": b, "entry": e, "recipients": recipients(b, e)} | some b in builds}

# METADATA
# description: An entry of several builds, with everybody who may launch the AMI where it is.
launch_hits(builds, e) := {{"build": b, "entry": e, "recipients": launch_recipients(b, e)} | some b in builds}

_opposite := {"yes": "no", "no": "yes", "unknown": "unknown"}

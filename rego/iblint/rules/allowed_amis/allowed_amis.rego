# METADATA
# title: Target account does not allow images of the source account
# description: |
#   The account that may launch the AMI has Allowed AMIs switched on, and the source
#   account is not among the image providers. The shared AMI cannot be found or
#   launched there.
# related_resources:
#   - description: Control the discovery and use of AMIs with Allowed AMIs
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-allowed-amis.html
# custom:
#   id: IBL903
#   name: allowed-amis
#   severity: warning
#   dialects: [terraform]
#   category: adjacent
#   remediation: |
#     Add the number of the source account to the image providers of Allowed AMIs in the account that launches.
#   prevents: []
#   default: false
#   since: 0.1.0
#   unknown: |
#     The state or the providers of Allowed AMIs are not known. Give the variable or parameter a value.
package iblint.rules.allowed_amis

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some id, hits in _shut_out.yes
	shared := distribution.deliveries(hits)

	finding := {
		"message": sprintf("Allowed AMIs of %s is switched on and does not name %s, whose AMI it is to launch", [
			distribution.account_text(input.resources[id].account),
			_sources_text(hits),
		]),
		"resource": id,
		"property": "",
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"setting": id},
	}
}

unknown contains finding if {
	some id, hits in _shut_out.unknown
	shared := distribution.deliveries(hits)
	why := distribution.explanation(_open(id), "give the variable or parameter a value")

	finding := object.union(why, {
		"message": sprintf("it is not known whether Allowed AMIs of %s admits images of %s", [
			distribution.account_text(input.resources[id].account),
			_sources_text(hits),
		]),
		"resource": id,
		"property": "",
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"setting": id},
	})
}

_shut_out[answer][id] contains {"build": b, "entry": e, "recipients": {recipient}} if {
	some id in input.by_kind.allowed_images_settings
	some b, e
	distribution.outlets[b][e]
	some recipient in distribution.launch_recipients(b, e)
	recipient.account == input.resources[id].account
	answer := _answer(input.resources[id].properties, distribution.source_account(b))
	answer != "no"
}

_answer(properties, source) := "no" if {
	is_string(properties.state)
	properties.state != "enabled"
} else := "no" if {
	value.is_absent(properties, "providers")
} else := "no" if {
	source in value.known_items(properties.providers)
} else := "unknown" if {
	value.is_unknown(properties.state)
} else := "unknown" if {
	startswith(source, "{")
} else := "unknown" if {
	count(value.unknown_items(properties.providers)) > 0
} else := "yes"

_open(id) := unknowns[0] if {
	properties := input.resources[id].properties
	unknowns := array.concat(
		[properties.state | value.is_unknown(properties.state)],
		value.unknown_items(properties.providers),
	)
} else := {"$unknown": "the number of the source account is not known"}

_sources_text(hits) := distribution.accounts_text({distribution.source_account(hit.build) | some hit in hits})

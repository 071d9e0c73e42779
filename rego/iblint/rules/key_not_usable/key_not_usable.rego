# METADATA
# title: Key is not in a state in which it can be used
# description: |
#   The key is disabled, waits to be deleted, or is an imported key without material.
#   Every use of it fails, from the build to the launch of an instance.
# related_resources:
#   - description: Key states of AWS KMS keys
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
# custom:
#   id: IBL032
#   name: key-not-usable
#   severity: error
#   category: key
#   step: region_copy
#   remediation: |
#     Enable the key, cancel its deletion, or import its key material before the pipeline runs.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#     - "Client.InternalError: Client error on launch"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the template that creates the key, or its state, keys: {"arn:aws:kms:…": {state: Enabled}} in .iblint.yaml,
#     or add the output of aws kms describe-key to the facts.
package iblint.rules.key_not_usable

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some key, uses in distribution.used_keys
	fault := _fault(key)
	subject := distribution.key_subject(key, uses)

	finding := object.union(subject, {
		"message": sprintf("%s encrypts the AMI, and it %s", [distribution.key_text(key), fault.text]),
		"property": _property(subject, key, fault.property),
		"severity": fault.severity,
	})
}

unknown contains finding if {
	some key, uses in distribution.used_keys
	not _fault(key)
	unknown := _open(key)[0]
	subject := distribution.key_subject(key, uses)
	why := distribution.explanation(unknown, distribution.key_settle(distribution.key_text(key)))

	finding := object.union_n([subject, why, {"message": sprintf(
		"%s encrypts the AMI, and it is not known whether it is enabled",
		[distribution.key_text(key)],
	)}])
}

_fault(key) := {"text": "is disabled", "property": "enabled", "severity": "error"} if {
	input.keys[key].enabled == false
} else := {"text": sprintf("is in the state %s", [state]), "property": "state", "severity": "error"} if {
	state := input.keys[key].state
	state in {"Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion", "Unavailable"}
} else := {"text": "is an imported key whose material has expired", "property": "valid_to", "severity": "error"} if {
	_has_expired(input.resources[input.keys[key].resource].properties.valid_to)
} else := {
	"text": "is an imported key to which nothing here gives key material",
	"property": "key_material",
	"severity": "warning",
} if {
	input.keys[key].origin == "EXTERNAL"
	value.is_absent(input.keys[key], "state")
	value.is_absent(input.resources[input.keys[key].resource].properties, "key_material")
}

# Rules have no clock; what is before this version of iblint is past for certain.
_has_expired(date) if {
	is_string(date)
	date < "2026-11-01T00:00:00Z"
}

_property(subject, key, property) := property if {
	subject.resource == input.keys[key].resource
} else := subject.property

_open(key) := array.concat(
	[unknown |
		some property in ["enabled", "state"]
		unknown := input.keys[key][property]
		value.is_unknown(unknown)
	],
	[{"$unknown": sprintf("no template has the key %s", [distribution.key_text(key)])} |
		not distribution.is_described(key)
		value.is_absent(input.keys[key], "state")
		value.is_absent(input.keys[key], "enabled")
	],
)

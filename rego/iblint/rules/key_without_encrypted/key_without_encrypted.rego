# METADATA
# title: Device mapping has a key but is not encrypted
# description: |
#   A block device mapping of the recipe names a key and does not switch encryption
#   on. Image Builder asks for both: a key without encrypted = true is rejected, or
#   the volume is not encrypted with it.
# related_resources:
#   - description: EbsInstanceBlockDeviceSpecification
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_EbsInstanceBlockDeviceSpecification.html
#   - description: Use encryption with EBS-backed AMIs
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html
# custom:
#   id: IBL030
#   name: key-without-encrypted
#   severity: error
#   category: key
#   step: build
#   remediation: |
#     Set encrypted = true (CloudFormation: Encrypted: true) beside the key, in a new version of the recipe.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#   default: true
#   since: 0.1.0
#   unknown: |
#     The value of encrypted comes from a variable or parameter without value. Give it one.
package iblint.rules.key_without_encrypted

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some recipe, mappings in _keyed
	some mapping, builds in mappings
	device := _device(recipe, mapping)
	value.differs(object.get(device, "encrypted", false), true)

	finding := {
		"message": sprintf("%s names %s for %s, but %s", [
			distribution.label(recipe),
			distribution.reference_text(distribution.reference(recipe, sprintf("%s.kms_key", [mapping]))),
			distribution.device_name(device),
			_fault(object.get(device, "encrypted", null)),
		]),
		"resource": recipe,
		"property": _property(mapping, device),
		"related": [],
		"jobs": _jobs(builds),
		"subject": {"recipe": recipe, "devices": [mapping]},
	}
}

unknown contains finding if {
	some recipe, mappings in _keyed
	some mapping, builds in mappings
	device := _device(recipe, mapping)
	why := distribution.explanation(device.encrypted, "give the variable or parameter a value")

	finding := object.union(why, {
		"message": sprintf("%s names %s for %s, and it is not known whether encryption is switched on", [
			distribution.label(recipe),
			distribution.reference_text(distribution.reference(recipe, sprintf("%s.kms_key", [mapping]))),
			distribution.device_name(device),
		]),
		"resource": recipe,
		"property": _property(mapping, device),
		"related": [],
		"jobs": _jobs(builds),
		"subject": {"recipe": recipe, "devices": [mapping]},
	})
}

_keyed[recipe][mapping] contains b if {
	some b, build in input.builds
	not build.container
	_is_shared(b)
	recipe := build.recipe
	some i, device in input.resources[recipe].properties.block_devices
	device.kms_key
	object.get(device, "no_device", false) != true
	value.is_absent(device, "virtual_name")
	mapping := sprintf("block_devices[%d]", [i])
}

_is_shared(b) if {
	some e, _ in distribution.outlets[b]
	distribution.shares(b, e)
}

_is_shared(b) if distribution.sharing_unknown(b)

_device(recipe, mapping) := input.resources[recipe].properties.block_devices[i] if {
	i := to_number(trim_suffix(trim_prefix(mapping, "block_devices["), "]"))
}

_fault(false) := "encrypted is false"

_fault(null) := "encrypted is not set"

_property(mapping, device) := sprintf("%s.kms_key", [mapping]) if {
	value.is_absent(device, "encrypted")
} else := sprintf("%s.encrypted", [mapping])

_jobs(builds) := distribution.deliveries(union({_hits(b) | some b in builds})).jobs

_hits(b) := {{"build": b, "entry": e, "recipients": distribution.recipients(b, e)} |
	some e, _ in distribution.outlets[b]
	distribution.shares(b, e)
}

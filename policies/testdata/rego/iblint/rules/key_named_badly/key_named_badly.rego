# METADATA
# title: A key is named badly
# description: The name of a key cannot be.
# related_resources:
#   - description: A page
#     ref: https://example.com/keys
# custom:
#   id: IBL802
#   severity: warning
#   category: test
#   remediation: rename the key
#   since: 0.1.0
package iblint.rules.key_named_badly

deny contains finding if {
	some id in input.by_kind.image_recipe
	some i, device in input.resources[id].properties.block_devices
	startswith(device.kms_key, "bad")

	finding := {
		"message": sprintf("%s is no name of a key", [device.kms_key]),
		"resource": id,
		"property": sprintf("block_devices[%d].kms_key", [i]),
	}
}

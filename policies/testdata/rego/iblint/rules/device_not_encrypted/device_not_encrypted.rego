# METADATA
# title: A device is not encrypted
# description: The device of a recipe is not encrypted, or nobody knows.
# related_resources:
#   - description: A page
#     ref: https://example.com/devices
# custom:
#   id: IBL801
#   severity: error
#   category: test
#   remediation: set encrypted to true, or allow kms:* and arn:aws:ec2:*::image/* with `a*b`
#   since: 0.1.0
#   unknown: Give the variable a value with `--var`.
#   prevents:
#     - The device is not encrypted.
package iblint.rules.device_not_encrypted

deny contains finding if {
	some id in input.by_kind.image_recipe
	some i, device in input.resources[id].properties.block_devices
	device.encrypted == false

	finding := {
		"message": sprintf("device %s of %s is not encrypted", [device.device_name, id]),
		"resource": id,
		"property": sprintf("block_devices[%d].encrypted", [i]),
		"jobs": [{
			"source_account": input.resources[id].account,
			"target_account": target,
			"region": "eu-west-1",
			"pipeline": id,
		} |
			some target in input.targets
		],
		"related": [{"message": "the recipe", "resource": id, "property": ""}],
		"missing": ["kms:Decrypt", "kms:CreateGrant"],
	}
}

unknown contains finding if {
	some id in input.by_kind.image_recipe
	some i, device in input.resources[id].properties.block_devices
	reason := device.encrypted["$unknown"]

	finding := {
		"message": sprintf("device %s of %s may not be encrypted", [device.device_name, id]),
		"resource": id,
		"property": sprintf("block_devices[%d].encrypted", [i]),
		"reason": reason,
		"settle": device.encrypted["$settle"],
	}
}

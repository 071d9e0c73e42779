# METADATA
# title: Key of AMIs is not rotated
# description: |
#   ACME's baseline wants keys that encrypt AMIs to be rotated every year.
# related_resources:
#   - description: Rotate KMS keys
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
# custom:
#   id: ACME001
#   name: key-rotation
#   severity: warning
#   category: custom
#   remediation: Set enable_key_rotation (Terraform) or EnableKeyRotation (CloudFormation) to true.
package custom.rules.key_rotation

import data.iblint.lib.value

deny contains finding if {
	some id in input.by_kind.kms_key
	not _may_be_rotated(id)

	finding := {
		"message": sprintf("%s is not rotated", [input.written[id].address]),
		"resource": id,
		"property": "",
	}
}

unknown contains finding if {
	some id in input.by_kind.kms_key
	setting := _rotation(id)
	value.is_unknown(setting)

	finding := {
		"message": sprintf("it is not known whether %s is rotated", [input.written[id].address]),
		"resource": id,
		"property": "",
		"reason": value.reason(setting),
		"settle": value.settle(setting),
	}
}

_may_be_rotated(id) if value.is_true(_rotation(id))

_may_be_rotated(id) if value.is_unknown(_rotation(id))

# The setting as Terraform and as CloudFormation write it.
_rotation(id) := input.written[id].attributes[name] if {
	some name in ["enable_key_rotation", "EnableKeyRotation"]
	name in object.keys(input.written[id].attributes)
}

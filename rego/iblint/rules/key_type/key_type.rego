# METADATA
# title: Key is not a symmetric encryption key
# description: |
#   EBS encrypts with symmetric keys for encryption and decryption only. A copy that
#   names an asymmetric key or an HMAC key is accepted and fails later.
# related_resources:
#   - description: Requirements for Amazon EBS encryption
#     ref: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
#   - description: CopyImage
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html
# custom:
#   id: IBL031
#   name: key-type
#   severity: error
#   category: key
#   step: region_copy
#   remediation: |
#     Create a new key with the spec SYMMETRIC_DEFAULT and the usage ENCRYPT_DECRYPT, the defaults of both dialects:
#     the type of a key cannot be changed.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the template that creates the key, or add the output of aws kms describe-key to the facts.
package iblint.rules.key_type

import data.iblint.lib.distribution
import data.iblint.lib.value

# A replica has the type of its primary key: that is the mistake.
deny contains finding if {
	some key, replicas in _wrong
	uses := union({used | some other, used in distribution.used_keys; other in replicas})
	subject := distribution.key_subject(key, uses)

	finding := object.union(subject, {"message": sprintf("%s encrypts the AMI, and %s", [
		distribution.enumeration({distribution.key_text(replica) | some replica in replicas}),
		concat(", and ", _faults(input.keys[key])),
	])})
}

unknown contains finding if {
	some key, uses in distribution.used_keys
	count(_faults(input.keys[key])) == 0
	some unknown in _open(key)
	unknown == _open(key)[0]
	subject := distribution.key_subject(key, uses)
	why := distribution.explanation(unknown, distribution.key_settle(distribution.key_text(key)))

	finding := object.union_n([subject, why, {"message": sprintf(
		"%s encrypts the AMI, and it is not known whether it is a symmetric encryption key",
		[distribution.key_text(key)],
	)}])
}

_wrong[_primary(key)] contains key if {
	some key, _ in distribution.used_keys
	count(_faults(input.keys[key])) > 0
}

_primary(key) := primary if {
	primary := input.references[input.keys[key].resource].primary_key.key
	count(_faults(input.keys[primary])) > 0
} else := key

_faults(key) := array.concat(
	[sprintf("its key spec is %s, not SYMMETRIC_DEFAULT", [key.key_spec]) |
		is_string(key.key_spec)
		key.key_spec != "SYMMETRIC_DEFAULT"
	],
	[sprintf("its key usage is %s, not ENCRYPT_DECRYPT", [key.key_usage]) |
		is_string(key.key_usage)
		key.key_usage != "ENCRYPT_DECRYPT"
	],
)

_open(key) := array.concat(
	[unknown |
		some property in ["key_spec", "key_usage"]
		unknown := input.keys[key][property]
		value.is_unknown(unknown)
	],
	[{"$unknown": sprintf("no template has the key %s", [distribution.key_text(key)])} |
		not distribution.is_described(key)
		value.is_absent(input.keys[key], "key_spec")
	],
)

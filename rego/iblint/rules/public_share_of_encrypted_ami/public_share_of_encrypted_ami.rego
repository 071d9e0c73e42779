# METADATA
# title: Encrypted AMI is shared with everyone
# description: |
#   The launch permission names the group "all", and the AMI is encrypted. AWS
#   does not let anybody publish an AMI with encrypted snapshots, whichever key
#   encrypts them.
# related_resources:
#   - description: Make your AMI publicly available for use in Amazon EC2
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html
#   - description: ModifySnapshotAttribute
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html
# custom:
#   id: IBL027
#   name: public-share-of-encrypted-ami
#   severity: error
#   category: key-sharing
#   remediation: |
#     Share the AMI with accounts, organizational units or an organization instead, or publish an AMI that is not encrypted.
#   prevents:
#     - "You can't publicly share this image because block public access for AMIs is enabled for this account. To publicly share the image, you must call the DisableImageBlockPublicAccess API."
#   default: true
#   since: 0.1.0
#   unknown: |
#     It depends on whether the AMI is encrypted. Say what IBL003 and IBL005 ask for about the image.
package iblint.rules.public_share_of_encrypted_ami

import data.iblint.lib.distribution

deny contains finding if {
	some id, entries in _public.yes
	some e, builds in entries

	finding := {
		"message": sprintf(
			"%s makes the AMI in %s public, which AWS does not allow for an encrypted AMI",
			[distribution.label(id), _region_text(id, e)],
		),
		"resource": id,
		"property": _property(e),
		"related": _keys(id, e, builds),
		"jobs": _jobs(e, builds),
		"subject": {"distribution": id, "entry": e},
	}
}

unknown contains finding if {
	some id, entries in _public.unknown
	some e, builds in entries
	not _public.yes[id][e]
	why := _reason(min(builds), e)

	finding := object.union(why, {
		"message": sprintf(
			"%s makes the AMI in %s public, which fails if the AMI is encrypted, and that is not known",
			[distribution.label(id), _region_text(id, e)],
		),
		"resource": id,
		"property": _property(e),
		"related": [],
		"jobs": _jobs(e, builds),
		"subject": {"distribution": id, "entry": e},
	})
}

_public[answer][id][e] contains b if {
	some b, e
	distribution.entries[b][e]
	"all" in distribution.launchers(b, e).user_groups
	answer := _encrypted(b, e)
	id := input.builds[b].distribution
}

# The AMI of the source account, or the copies that target accounts would publish.
_encrypted(b, e) := "yes" if {
	distribution.shared_encrypted(b, e) == "yes"
} else := "yes" if {
	distribution.copies_to_accounts(b, e)
	distribution.copy_encrypted(b, e) == "yes"
} else := distribution.shared_encrypted(b, e)

_property(e) := distribution.path(e, "ami.launch_permission.user_groups")

_region_text(id, e) := distribution.region_text(input.resources[id].properties.distributions[e].region)

_jobs(e, builds) := sort([job | some job in {distribution.job(b, e, {}) | some b in builds}])

_keys(id, e, builds) := array.concat(
	[place |
		some b in sort([b | some b in builds])
		some device in distribution.devices[b]
		device.reference
		distribution.in_build_region(b, e) == "yes"
		place := {
			"message": "encrypted here",
			"resource": input.builds[b].recipe,
			"property": sprintf("%s.kms_key", [device.mapping]),
		}
	],
	[place |
		input.resources[id].properties.distributions[e].ami.kms_key
		place := {"message": "encrypted here", "resource": id, "property": distribution.path(e, "ami.kms_key")}
		some b in builds
		distribution.in_build_region(b, e) == "no"
	],
)

_reason(b, e) := distribution.build_region_reason(b) if {
	distribution.in_build_region(b, e) == "unknown"
	distribution.image_encrypted(b) != "unknown"
} else := distribution.explanation(
	distribution.encryption_unknown(b),
	distribution.default_encryption_settle(b, distribution.build_region(b)),
)

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
#   step: share
#   remediation: |
#     Share the AMI with accounts, organizational units or an organization instead, or publish an AMI that is not
#     encrypted.
#   prevents:
#     - "You can't publicly share this image because block public access for AMIs is enabled for this account. To
#       publicly share the image, you must call the DisableImageBlockPublicAccess API."
#   default: true
#   since: 0.1.0
#   unknown: |
#     It depends on whether the AMI is encrypted. Say what IBL003 and IBL005 ask for about the image.
package iblint.rules.public_share_of_encrypted_ami

import data.iblint.lib.distribution

deny contains finding if {
	some place, outlets in _public.yes

	finding := {
		"message": sprintf("%s makes the AMI in %s public, which AWS does not allow for an encrypted AMI", [
			distribution.label(place.resource),
			_region_text(outlets),
		]),
		"resource": place.resource,
		"property": place.property,
		"related": _keys(outlets),
		"jobs": _jobs(outlets),
		"subject": place,
	}
}

unknown contains finding if {
	some place, outlets in _public.unknown
	not _public.yes[place]
	[b, e] := min(outlets)
	why := _reason(b, e)

	finding := object.union(why, {
		"message": sprintf("%s makes the AMI in %s public, which fails if the AMI is encrypted, and that is not known", [
			distribution.label(place.resource),
			_region_text(outlets),
		]),
		"resource": place.resource,
		"property": place.property,
		"related": [],
		"jobs": _jobs(outlets),
		"subject": place,
	})
}

_public[answer][place] contains [b, e] if {
	some b, e
	distribution.outlets[b][e]
	"all" in distribution.launchers(b, e).user_groups
	answer := _encrypted(b, e)
	place := distribution.outlet_place(b, e, "ami.launch_permission.user_groups")
}

# The AMI of the source account, or the copies that target accounts would publish.
_encrypted(b, e) := "yes" if {
	distribution.shared_encrypted(b, e) == "yes"
} else := "yes" if {
	distribution.copies_to_accounts(b, e)
	distribution.copy_encrypted(b, e) == "yes"
} else := distribution.shared_encrypted(b, e)

_region_text(outlets) := distribution.entry_region(b, e) if [b, e] := min(outlets)

_jobs(outlets) := sort([job | some job in {distribution.entry_job(b, e) | some [b, e] in outlets}])

_keys(outlets) := sort([place | some place in {place |
	some [b, e] in outlets
	some place in _encrypting(b, e, distribution.in_build_region(b, e))
}])

_encrypting(b, _, "yes") := {{
	"message": "encrypted here",
	"resource": input.builds[b].recipe,
	"property": sprintf("%s.kms_key", [device.mapping]),
} |
	some device in distribution.devices[b]
	device.reference
}

_encrypting(b, e, "no") := {{
	"message": "encrypted here",
	"resource": input.builds[b].distribution,
	"property": distribution.path(distribution.key_entry(b, e), "ami.kms_key"),
} |
	distribution.entry_key(b, e)
}

_reason(b, e) := distribution.build_region_reason(b) if {
	distribution.in_build_region(b, e) == "unknown"
	distribution.image_encrypted(b) != "unknown"
} else := distribution.explanation(
	distribution.encryption_unknown(b),
	distribution.default_encryption_settle(b, distribution.build_region(b)),
)

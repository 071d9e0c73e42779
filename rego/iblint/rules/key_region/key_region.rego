# METADATA
# title: Key is in another Region than the volume it is to encrypt
# description: |
#   A KMS key encrypts only in its own Region. The key of a recipe must be in the
#   Region in which the image is built, the key of a distribution entry in the
#   Region of the entry; a multi-Region key needs a replica there. CopyImage
#   accepts a key of another Region and fails later.
# related_resources:
#   - description: CopyImage
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
#   - description: Multi-Region keys in AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
# custom:
#   id: IBL028
#   name: key-region
#   severity: error
#   category: key
#   step: region_copy
#   remediation: |
#     Name a key, or a replica of a multi-Region key, that is in the Region of the entry; for a recipe, in the Region in
#     which the image is built.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Say in which Region the stack or root is deployed: region: of its account in .iblint.yaml, or --parameter
#     AWS::Region=…
package iblint.rules.key_region

import data.iblint.lib.distribution
import data.iblint.lib.region
import data.iblint.lib.value

deny contains finding if {
	some place, uses in _uses
	wrong := {use | some use in uses; _same(place, use.region) == "no"}
	count(wrong) > 0
	shared := distribution.deliveries(_hits(wrong))

	finding := {
		"message": sprintf("%s encrypts the AMI in %s with %s, which is in %s", [
			distribution.label(place.resource),
			distribution.enumeration({use.region | some use in wrong}),
			distribution.reference_text(_reference(place)),
			_reference(place).region,
		]),
		"resource": place.resource,
		"property": place.property,
		"related": distribution.key_places(_reference(place)),
		"jobs": shared.jobs,
		"subject": {"resource": place.resource, "property": place.property},
	}
}

unknown contains finding if {
	some place, uses in _uses
	every use in uses {
		_same(place, use.region) != "no"
	}
	open := {use | some use in uses; _same(place, use.region) == "unknown"}
	count(open) > 0
	shared := distribution.deliveries(_hits(open))
	use := min(open)
	why := _reason(place, use)

	finding := object.union(why, {
		"message": sprintf("%s encrypts the AMI in %s with %s, and it is not known whether that key is in this Region", [
			distribution.label(place.resource),
			_region_text(use.region),
			distribution.reference_text(_reference(place)),
		]),
		"resource": place.resource,
		"property": place.property,
		"related": distribution.key_places(_reference(place)),
		"jobs": shared.jobs,
		"subject": {"resource": place.resource, "property": place.property},
	})
}

# Every use of a key, by the place that names it: the Region in which it is to
# encrypt, and the delivery.
_uses[place] contains use if {
	some b, i
	device := distribution.devices[b][i]
	device.reference
	some e, _ in distribution.outlets[b]
	distribution.shares(b, e)
	place := {"resource": input.builds[b].recipe, "property": sprintf("%s.kms_key", [device.mapping])}
	use := {"region": distribution.build_region(b), "build": b, "entry": e}
}

_uses[place] contains use if {
	some b, e
	entry := distribution.entries[b][e]
	distribution.entry_key(b, e)
	distribution.copy_shared(b, e) != "no"
	place := {"resource": input.builds[b].distribution, "property": distribution.path(e, "ami.kms_key")}
	use := {"region": entry.region, "build": b, "entry": e}
}

_hits(uses) := {{"build": use.build, "entry": use.entry, "recipients": distribution.recipients(use.build, use.entry)} |
	some use in uses
}

_reference(place) := distribution.reference(place.resource, place.property)

# Names that mean a key wherever they are used have no Region. Two Regions that
# are both not known are taken to be one: stacks that belong together are
# deployed in one Region unless something says otherwise.
_same(place, used) := "yes" if {
	_has_no_region(_reference(place))
} else := "yes" if {
	_is_in_another_partition(_reference(place).region, used)
} else := "yes" if {
	region.is_standin(_reference(place).region)
	region.is_standin(used)
} else := region.same(object.get(_reference(place), "region", ""), used)

_has_no_region(reference) if reference.form in {"malformed", "other", "unknown"}

_has_no_region(reference) if {
	reference.form in {"key_id", "alias_name"}
	object.get(reference, "region", "") == ""
}

_has_no_region(reference) if {
	reference.form == "alias_name"
	reference.manager == "aws"
}

# Nothing is known of the key, which IBL001 and IBL004 say.
_has_no_region(reference) if {
	object.get(reference, "region", "") == ""
	value.is_unknown(reference.manager)
}

# IBL034 says so.
_is_in_another_partition(a, b) if {
	region.is_name(a)
	region.is_name(b)
	region.partition(a) != region.partition(b)
}

_region_text(used) := used if {
	is_string(used)
} else := "a Region that is not known"

_reason(place, use) := distribution.reference_reason(_reference(place)) if {
	object.get(_reference(place), "region", "") == ""
} else := distribution.explanation(use.region, "give the variable or parameter a value") if {
	value.is_unknown(use.region)
} else := {
	"reason": sprintf("it is not known whether %s and %s are one Region", [_reference(place).region, use.region]),
	"settle": distribution.region_settle(use.build),
}

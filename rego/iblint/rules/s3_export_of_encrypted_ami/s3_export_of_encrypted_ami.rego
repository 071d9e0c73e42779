# METADATA
# title: Encrypted AMI is to be exported to S3
# description: |
#   The entry exports the AMI as a disk image. An AMI with encrypted snapshots cannot
#   be exported.
# related_resources:
#   - description: Limitations for exporting an image
#     ref: https://docs.aws.amazon.com/vm-import/latest/userguide/limits-image-export.html
# custom:
#   id: IBL035
#   name: s3-export-of-encrypted-ami
#   severity: error
#   dialects: [terraform]
#   category: distribution
#   step: region_copy
#   remediation: |
#     Export from a recipe of its own that encrypts nothing, or leave the export out.
#   prevents: []
#   default: true
#   since: 0.1.0
#   unknown: |
#     It depends on whether the AMI is encrypted. Say what IBL003 and IBL005 ask for about the image.
package iblint.rules.s3_export_of_encrypted_ami

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some id, entries in _exports.yes
	some e, builds in entries

	finding := {
		"message": sprintf("%s exports the AMI in %s to S3, and it is encrypted", [
			distribution.label(id),
			_region_text(id, e),
		]),
		"resource": id,
		"property": _property(e),
		"related": [],
		"jobs": _jobs(builds, e),
		"subject": {"distribution": id, "entry": e},
	}
}

unknown contains finding if {
	some id, entries in _exports.unknown
	some e, builds in entries
	not _exports.yes[id][e]
	why := _reason(min(builds), e)

	finding := object.union(why, {
		"message": sprintf("%s exports the AMI in %s to S3, which fails if it is encrypted, and that is not known", [
			distribution.label(id),
			_region_text(id, e),
		]),
		"resource": id,
		"property": _property(e),
		"related": [],
		"jobs": _jobs(builds, e),
		"subject": {"distribution": id, "entry": e},
	})
}

_exports[answer][id][e] contains b if {
	some b, e
	entry := distribution.entries[b][e]
	entry.s3_export
	answer := _answer(entry.s3_export, distribution.shared_encrypted(b, e))
	id := input.builds[b].distribution
}

_answer(export, encrypted) := encrypted if {
	value.is_known(export)
} else := "unknown" if {
	encrypted != "no"
} else := "no"

_property(e) := sprintf("distributions[%d].s3_export", [e])

_region_text(id, e) := distribution.region_text(input.resources[id].properties.distributions[e].region)

_jobs(builds, e) := sort([job | some job in {distribution.entry_job(b, e) | some b in builds}])

_reason(b, e) := distribution.explanation(export, "give the variable or parameter a value") if {
	export := distribution.entries[b][e].s3_export
	value.is_unknown(export)
} else := distribution.build_region_reason(b) if {
	distribution.in_build_region(b, e) == "unknown"
	distribution.image_encrypted(b) != "unknown"
} else := distribution.explanation(
	distribution.encryption_unknown(b),
	distribution.default_encryption_settle(b, distribution.build_region(b)),
)

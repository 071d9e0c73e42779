# METADATA
# title: Things of two partitions in one distribution
# description: |
#   An AMI cannot be copied from one partition of AWS to another (aws, aws-cn,
#   aws-us-gov), and an ARN of another partition names nothing.
# related_resources:
#   - description: CopyImage
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html
#   - description: Amazon Resource Names
#     ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
# custom:
#   id: IBL034
#   name: partition-mismatch
#   severity: error
#   category: region
#   step: region_copy
#   remediation: |
#     Keep a pipeline for each partition, and take the partition of ARNs from data.aws_partition or AWS::Partition.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the destination account (ID: …) in Region …"
#     - "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals."
#   default: true
#   since: 0.1.0
#   unknown: |
#     The Region of the entry comes from a variable or parameter without value. Give it one.
package iblint.rules.partition_mismatch

import data.iblint.lib.distribution
import data.iblint.lib.region
import data.iblint.lib.value

# The Region of an entry.
deny contains finding if {
	some id, entries in _foreign_entries
	some e, builds in entries
	b := min(builds)
	name := input.resources[id].properties.distributions[e].region

	finding := {
		"message": sprintf("%s hands out the AMI in %s, a Region of partition %s, but the image is built in partition %s", [
			distribution.label(id),
			name,
			region.partition(name),
			distribution.partition(b),
		]),
		"resource": id,
		"property": sprintf("distributions[%d].region", [e]),
		"related": [],
		"jobs": distribution.deliveries(distribution.entry_hits(builds, e)).jobs,
		"subject": {"distribution": id, "entry": e},
	}
}

# The key of an entry or of a recipe.
deny contains finding if {
	some place, hits in _foreign_keys
	found := distribution.reference(place.resource, place.property)

	finding := {
		"message": sprintf("%s names %s, a key of partition %s, for an AMI in partition %s", [
			distribution.label(place.resource),
			distribution.reference_text(found),
			found.partition,
			place.partition,
		]),
		"resource": place.resource,
		"property": place.property,
		"related": [],
		"jobs": distribution.deliveries(hits).jobs,
		"subject": {"resource": place.resource, "property": place.property},
	}
}

# Principals of key and trust policies.
deny contains finding if {
	some spot, uses in _foreign_principals
	place := distribution.statement_place(spot.document, spot.statement, ".principals")

	finding := {
		"message": sprintf("%s is of partition %s, and what the policy is for of partition %s", [
			spot.identifier,
			spot.partition,
			spot.expected,
		]),
		"resource": place.resource,
		"property": place.property,
		"related": [],
		"jobs": sort([job | some job in distribution.all_jobs(uses)]),
		"subject": {"document": spot.document},
	}
}

unknown contains finding if {
	some b, e
	entry := distribution.entries[b][e]
	value.is_unknown(entry.region)
	distribution.shares(b, e)
	why := distribution.explanation(entry.region, "give the variable or parameter a value")
	id := input.builds[b].distribution

	finding := object.union(why, {
		"message": sprintf("%s hands out the AMI in a Region that is not known, and so neither is its partition", [distribution.label(id)]),
		"resource": id,
		"property": sprintf("distributions[%d].region", [e]),
		"related": [],
		"jobs": distribution.deliveries(distribution.entry_hits({b}, e)).jobs,
		"subject": {"distribution": id, "entry": e},
	})
}

_foreign_entries[id][e] contains b if {
	some b, e
	entry := distribution.entries[b][e]
	region.is_name(entry.region)
	region.is_name(distribution.build_region(b))
	region.partition(entry.region) != region.partition(distribution.build_region(b))
	distribution.shares(b, e)
	id := input.builds[b].distribution
}

_foreign_keys[place] contains {"build": b, "entry": e, "recipients": distribution.recipients(b, e)} if {
	some b, e
	entry := distribution.entries[b][e]
	id := input.builds[b].distribution
	not _foreign_entries[id][e]
	found := distribution.distribution_key(b, e)
	region.is_name(entry.region)
	_differs(found, region.partition(entry.region))
	distribution.shares(b, e)
	place := {
		"resource": id,
		"property": distribution.path(e, "ami.kms_key"),
		"partition": region.partition(entry.region),
	}
}

_foreign_keys[place] contains {"build": b, "entry": e, "recipients": distribution.recipients(b, e)} if {
	some b, e
	distribution.entries[b][e]
	distribution.shares(b, e)
	region.is_name(distribution.build_region(b))
	expected := region.partition(distribution.build_region(b))
	some device in distribution.devices[b]
	_differs(device.reference, expected)
	place := {
		"resource": input.builds[b].recipe,
		"property": sprintf("%s.kms_key", [device.mapping]),
		"partition": expected,
	}
}

_differs(found, expected) if {
	found.form in {"key_arn", "alias_arn"}
	is_string(found.partition)
	found.partition != expected
}

_foreign_principals[spot] contains use if {
	some key, uses in distribution.used_keys
	region.is_name(input.keys[key].region)
	expected := region.partition(input.keys[key].region)
	document := input.keys[key].policy
	some spot in _principals(document, expected)
	some use in uses
}

_principals(document, expected) := {spot |
	some i, statement in input.documents[document].statements
	some principal in statement.principals
	is_string(principal.identifier)
	parts := split(principal.identifier, ":")
	parts[0] == "arn"
	parts[1] != expected
	not contains(parts[1], "{")
	spot := {
		"document": document,
		"statement": i,
		"identifier": principal.identifier,
		"partition": parts[1],
		"expected": expected,
	}
}

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
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#     - "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals."
#     - "User: arn:aws:sts::…:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService is not
#       authorized to perform: sts:AssumeRole on resource:
#       arn:aws:iam::…:role/EC2ImageBuilderDistributionCrossAccountRole"
#   default: true
#   since: 0.1.0
#   unknown: |
#     The Region of the entry comes from a variable or parameter without value. Give it one.
package iblint.rules.partition_mismatch

import data.iblint.lib.distribution
import data.iblint.lib.group
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
	some slip, spots in _foreign_principals
	places := sort([place |
		some place in {distribution.statement_place(spot.document, spot.statement, ".principals") | some spot in spots}
	])

	finding := {
		"message": sprintf("%s is of partition %s, and what the policy is for of partition %s", [
			slip.identifier,
			slip.partition,
			slip.expected,
		]),
		"resource": places[0].resource,
		"property": places[0].property,
		"related": [object.union(place, {"message": "the same principal"}) | some place in array.slice(places, 1, 4)],
		"jobs": sort([job | some job in distribution.all_jobs({use | some spot in spots; some use in spot.uses})]),
		"subject": {"documents": sort([document | some document in {spot.document | some spot in spots}])},
	}
}

# Policies that AWS publishes, attached to the roles in target accounts.
deny contains finding if {
	some policy, accounts in _foreign_policies

	finding := {
		"message": sprintf("%s is of partition %s, and the role %s in %s of partition %s", [
			policy.arn,
			policy.partition,
			distribution.role_name,
			distribution.accounts_text(accounts),
			policy.expected,
		]),
		"resource": policy.resource,
		"property": policy.property,
		"related": [],
		"jobs": distribution.deliveries(distribution.copies_to_all(accounts)).jobs,
		"subject": {"policy": policy.arn},
	}
}

# Those for whom grants on the keys are.
deny contains finding if {
	some slip, grants in _foreign_grants
	ids := sort([id | some id in {grant.id | some grant in grants}])

	finding := {
		"message": sprintf("%s is of partition %s, and the key of the grant of partition %s", [
			slip.identifier,
			slip.partition,
			slip.expected,
		]),
		"resource": ids[0],
		"property": "grantee_principal",
		"related": [{"message": "the same principal", "resource": id, "property": "grantee_principal"} |
			some id in array.slice(ids, 1, 4)
		],
		"jobs": sort([job | some job in distribution.all_jobs({use | some grant in grants; some use in grant.uses})]),
		"subject": {"grants": ids},
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
		"message": sprintf("%s hands out the AMI in a Region that is not known, and so neither is its partition", [
			distribution.label(id),
		]),
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
	region.is_name(entry.region)
	_differs(distribution.entry_key(b, e), region.partition(entry.region))
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

# One ARN in several policies is one mistake.
_foreign_principals := group.by_key({[slip, {"document": document, "statement": spot.statement, "uses": uses}] |
	some document, uses in object.union(_uses_of_key_policies, _uses_of_trust_policies)
	some spot in distribution.foreign_principals[document]
	slip := object.remove(spot, ["statement"])
})

# As rules with keys, these would be looked through for each document.
# regal ignore:prefer-set-or-object-rule
_uses_of_key_policies := {document: union(by_key) | some document, by_key in group.by_key({[document, uses] |
	some key, uses in distribution.used_keys
	document := input.keys[key].policy
	is_string(document)
})}

# regal ignore:prefer-set-or-object-rule
_uses_of_trust_policies := {document: union({distribution.uses_by(source, null) | some [source, _, _] in places}) |
	some document, places in _trust_policies
}

_trust_policies := group.by_key({[document, [source, account, one.role]] |
	some source, _ in distribution.builds_of
	some account in distribution.targets_of(source)
	some one in distribution.target_roles(source, account)
	document := input.roles[one.role].trust
	is_string(document)
})

_foreign_policies[policy] contains account if {
	some places in _trust_policies
	some [_, account, role] in places
	expected := distribution.resource_partition(role)
	some attached in input.roles[role].policies
	attached.source == "aws_managed"
	found := distribution.arn_partition(attached.arn)
	found != expected
	policy := {
		"arn": attached.arn,
		"partition": found,
		"expected": expected,
		"resource": attached.resource,
		"property": attached.property,
	}
}

_foreign_grants[slip] contains grant if {
	some id in input.by_kind.kms_grant
	key := input.references[id].key.key
	region.is_name(input.keys[key].region)
	expected := region.partition(input.keys[key].region)
	grantee := input.resources[id].properties.grantee_principal
	found := distribution.arn_partition(grantee)
	found != expected
	slip := {"identifier": grantee, "partition": found, "expected": expected}
	grant := {"id": id, "uses": distribution.used_keys[key]}
}

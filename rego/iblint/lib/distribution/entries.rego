# METADATA
# title: Distribution
# description: |
#   What the builds of the input hand out: the entries of their distribution
#   configurations, who gets the AMIs, and which key encrypts what. Builds and
#   entries are named by their index, so that answers can be remembered.
package iblint.lib.distribution

import data.iblint.lib.region
import data.iblint.lib.value

# METADATA
# description: The entries of the distribution, by index of the build and index of the entry.
entries[b][e] := entry if {
	some b, build in input.builds
	not build.container
	some e, entry in input.resources[build.distribution].properties.distributions
}

# METADATA
# description: |
#   Whatever hands out the AMIs of a build: the entries, by index, and launch
#   permissions that a template adds to the AMI of an image, by resource ID, in the
#   form of an entry.
outlets[b][e] := entry if {
	some b, e
	entry := entries[b][e]
}

outlets[b][id] := {"region": resource.region, "ami": {"launch_permission": permission}} if {
	some id in input.by_kind.ami_launch_permission
	some b, build in input.builds
	input.references[id].image.to == build.id
	not build.container
	resource := input.resources[id]
	permission := {list: [item] |
		some list, property in _permission_properties
		item := resource.properties[property]
	}
}

# METADATA
# description: |
#   Where a property of an entry is written, also for launch permissions beside the
#   distribution configuration.
outlet_place(b, e, property) := {"resource": input.builds[b].distribution, "property": path(e, property)} if {
	is_number(e)
} else := {"resource": e, "property": object.get(_permission_properties, list, "")} if {
	list := trim_prefix(property, "ami.launch_permission.")
}

# METADATA
# description: |
#   The entry whose key encrypts the AMI of an outlet outside of the build Region: a
#   launch permission beside it is for the copy of its own Region.
key_entry(b, e) := e if {
	is_number(e)
} else := found[0] if {
	found := [i | some i, entry in entries[b]; region.same(entry.region, outlets[b][e].region) == "yes"]
}

# METADATA
# description: |
#   The account that builds: a number or a stand-in. Empty when not even a
#   stand-in is on record.
source_account(b) := object.get(input.builds[b], "account", "")

# METADATA
# description: The path of a property of an entry, in its distribution configuration.
path(e, property) := sprintf("distributions[%d].%s", [e, property])

# METADATA
# description: |
#   "yes", "no" or "unknown": whether the Region of the entry is the one in which
#   the image is built. No copy is made there for the source account.
in_build_region(b, e) := region.same(object.get(input.builds[b], "region", ""), outlets[b][e].region)

# METADATA
# description: The key reference of the entry; not defined when the entry names no key.
entry_key(b, e) := reference(input.builds[b].distribution, path(i, "ami.kms_key")) if {
	i := key_entry(b, e)
	entries[b][i].ami.kms_key
}

# METADATA
# scope: document
# description: |
#   The reference that the linker made of a property. A property that it made
#   nothing of is not known.
reference(resource, property) := input.references[resource][property]

reference(resource, property) := {
	"form": "unknown",
	"manager": {"$unknown": "the value is not known"},
	"reason": "the value is not known",
	"text": "a key that is not known",
} if {
	not input.references[resource][property]
}

# METADATA
# description: The accounts that get a copy in the entry; the source account itself is none of them.
target_accounts(b, e) := _targets[input.builds[b].distribution][e] - {source_account(b)}

# METADATA
# description: What is not known of the list of target accounts.
unknown_targets(b, e) := value.unknown_items(entries[b][e].ami.target_account_ids) if {
	entries[b][e].ami.target_account_ids
} else := []

# METADATA
# scope: document
# description: Whether copies go to other accounts; a list that is not known counts.
copies_to_accounts(b, e) if count(target_accounts(b, e)) > 0

copies_to_accounts(b, e) if count(unknown_targets(b, e)) > 0

# METADATA
# description: |
#   Who may launch the AMI of the entry, by property of the launch permission:
#   user_ids, user_groups, organization_arns, organizational_unit_arns.
launchers(b, e) := _launchers[input.builds[b].distribution][e] if {
	is_number(e)
} else := _named_launchers(outlets[b][e].ami.launch_permission)

# METADATA
# description: What is not known of the launch permission, by property.
unknown_launchers(b, e) := {property: items |
	some property in _launch_properties
	items := value.unknown_items(outlets[b][e].ami.launch_permission[property])
	count(items) > 0
}

# METADATA
# scope: document
# description: Whether the entry has a launch permission that names anybody; a list that is not known counts.
permits_launch(b, e) if count(launchers(b, e)) > 0

permits_launch(b, e) if count(unknown_launchers(b, e)) > 0

# METADATA
# scope: document
# description: Whether the entry lets anybody at all have the image.
shares(b, e) if copies_to_accounts(b, e)

shares(b, e) if permits_launch(b, e)

# METADATA
# description: |
#   "yes", "no" or "unknown": whether the entry shares the output AMI itself.
#   Target accounts copy from it; launch permissions share it in the Region of
#   the build and a copy elsewhere.
shares_output(b, e) := "yes" if {
	copies_to_accounts(b, e)
} else := in_build_region(b, e) if {
	permits_launch(b, e)
} else := "no"

_launch_properties := {"user_ids", "user_groups", "organization_arns", "organizational_unit_arns"}

_distributions contains build.distribution if {
	some build in input.builds
	not build.container
}

_targets[id][e] := accounts if {
	some id in _distributions
	some e, entry in input.resources[id].properties.distributions
	accounts := {_account(item) |
		some item in value.known_items(object.get(entry, ["ami", "target_account_ids"], []))
	}
}

_launchers[id][e] := named if {
	some id in _distributions
	some e, entry in input.resources[id].properties.distributions
	named := _named_launchers(object.get(entry, ["ami", "launch_permission"], {}))
}

_named_launchers(permission) := {property: items |
	some property in _launch_properties
	items := {_account(item) | some item in value.known_items(object.get(permission, property, []))}
	count(items) > 0
}

_permission_properties := {
	"user_ids": "account_id",
	"user_groups": "group",
	"organization_arns": "organization_arn",
	"organizational_unit_arns": "organizational_unit_arn",
}

_account(item) := item if is_string(item)

_account(item) := format_int(item, 10) if is_number(item)

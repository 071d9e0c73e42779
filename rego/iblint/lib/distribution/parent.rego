package iblint.lib.distribution

import data.iblint.lib.value

# METADATA
# description: The parent image of a build in a sentence.
parent_text(b) := text if {
	text := input.builds[b].parent.text
	text != ""
} else := address(input.builds[b].parent.to) if {
	input.builds[b].parent.to
} else := "that is not known"

# METADATA
# scope: document
# description: |
#   Whether the snapshots of the parent image may be encrypted. Images that are
#   public are not: AWS does not let anybody publish an encrypted one. Where the
#   account encrypts by default, their volumes may be all the same.
parent_may_be_encrypted(b) if not object.get(input.builds[b], ["parent", "kind"], "unknown") in {"amazon", "public"}

parent_may_be_encrypted(b) if {
	input.builds[b].parent.kind in {"amazon", "public"}
	encrypts_by_default(source_account(b), build_region(b)) in {"yes", "unknown"}
	value.may_differ(default_key(source_account(b), build_region(b)).manager, "customer")
}

# METADATA
# description: Where the parent images of builds are made.
parent_places(builds) := sort([place | some place in {place |
	some b in builds
	id := input.builds[b].parent.to
	input.resources[id]
	place := {"message": "the parent image is made here", "resource": id, "property": ""}
}])

# METADATA
# description: |
#   The parent image of a recipe in a sentence, by its name where that is written in
#   full: "ami-…, the parent image of recipe …".
parent_phrase(b) := sprintf("%s, the parent image of %s,", [text, label(input.builds[b].recipe)]) if {
	text := input.builds[b].parent.text
	regex.match(`^(ami-[0-9a-f]+|ssm:[^…]+|arn:[^…]+)$`, text)
} else := sprintf("the parent image of %s", [label(input.builds[b].recipe)])

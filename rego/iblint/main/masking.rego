package iblint.main

import data.iblint.lib.distribution
import data.iblint.lib.iam

# METADATA
# scope: document
# description: |
#   Whether another finding explains the mistake behind a finding. Here: the recipe
#   names the AWS managed key; that the distribution names another one adds nothing.
is_masked(finding) if {
	_is_violation(finding, "distribution_key_ignored_in_build_region")
	some b in finding.subject.builds
	input.builds[b].recipe in _recipes_with_aws_managed_key
}

# The key is in the distribution, where it has no effect, instead of the recipe.
is_masked(finding) if {
	finding.verdict == "violation"
	finding.rule in {
		"recipe_default_key",
		"ebs_default_encryption_aws_managed_key",
		"parent_image_aws_managed_key",
		"parent_image_extra_snapshot",
	}
	jobs := {job | some job in finding.jobs}
	count(jobs - object.get(_jobs_with_ignored_key, finding.subject.recipe, set())) == 0
}

# The recipe binds its key to the wrong device.
is_masked(finding) if {
	_is_violation(finding, "ebs_default_encryption_aws_managed_key")
	finding.subject.root == true
	count(finding.subject.devices) == 0
	finding.subject.recipe in _recipes_with_wrong_device
}

# The parent image is what is wrong with the root device.
is_masked(finding) if {
	finding.rule == "root_device_not_keyed"
	finding.subject.recipe in _recipes_with_wrong_parent
}

# What the parent image is made of is not known: its root device stands for all.
is_masked(finding) if {
	_is_unknown(finding, "parent_image_extra_snapshot")
	finding.subject.recipe in _recipes_with_unknown_parent
}

# A key that is AWS's own is no key to name in another form.
is_masked(finding) if {
	_is_violation(finding, "key_identifier_form")
	some rule in ["recipe_aws_managed_key", "distribution_aws_managed_key"]
	some other in data.iblint.rules[rule].deny
	other.resource == finding.resource
	other.property == finding.property
}

# That the Region of an entry is not known is said once.
is_masked(finding) if {
	_is_unknown(finding, "partition_mismatch")
	some other in ["region_copy_default_key", "key_region"]
	some found in data.iblint.rules[other].unknown
	found.resource == finding.resource
	startswith(found.property, trim_suffix(finding.property, ".region"))
}

# One account without the Region is enough.
is_masked(finding) if {
	_is_unknown(finding, "opt_in_region")
	object.filter(finding.subject, ["distribution", "entry"]) in _entries_in_disabled_regions
}

# One policy shuts an account out of the copy and of the launch alike.
is_masked(finding) if {
	_is_violation(finding, "launch_account_not_in_key_policy")
	some other in data.iblint.rules.source_key_not_shared_with_target.deny
	_policies(finding.subject.keys) - _policies(other.subject.keys) == set()
	_targets(finding.jobs) - _targets(other.jobs) == set()
	every action in finding.missing {
		action in ({action | some action in other.missing} | (iam.launch - iam.distribution))
	}
}

_policies(keys) := {distribution.policy_signature(key) | some key in keys}

_targets(jobs) := {job.target_account | some job in jobs}

_is_violation(finding, rule) if {
	finding.rule == rule
	finding.verdict == "violation"
}

_is_unknown(finding, rule) if {
	finding.rule == rule
	finding.verdict == "unknown"
}

_recipes_with_aws_managed_key contains finding.subject.recipe if {
	some finding in data.iblint.rules.recipe_aws_managed_key.deny
}

_jobs_with_ignored_key[recipe] contains job if {
	some finding in data.iblint.rules.distribution_key_ignored_in_build_region.deny
	finding.severity == "error"
	some b in finding.subject.builds
	recipe := input.builds[b].recipe
	not recipe in _recipes_with_aws_managed_key
	some job in finding.jobs
	job.pipeline == input.builds[b].id
}

_recipes_with_wrong_device contains finding.subject.recipe if {
	some finding in data.iblint.rules.root_device_not_keyed.deny
	not finding.subject.recipe in _recipes_with_wrong_parent
	finding.severity == "error"
}

_recipes_with_wrong_parent contains finding.subject.recipe if {
	some finding in data.iblint.rules.parent_image_aws_managed_key.deny
}

_recipes_with_unknown_parent contains finding.subject.recipe if {
	some finding in data.iblint.rules.parent_image_aws_managed_key.unknown
}

_entries_in_disabled_regions contains object.filter(finding.subject, ["distribution", "entry"]) if {
	some finding in data.iblint.rules.opt_in_region.deny
}

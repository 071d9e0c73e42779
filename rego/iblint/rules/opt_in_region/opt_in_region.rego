# METADATA
# title: Region is not enabled in every account concerned
# description: |
#   The entry distributes to a Region that AWS does not enable by default. It must
#   be enabled in the source account and in every account that the AMI is copied
#   to or shared with; otherwise Image Builder cannot assume the role there, and
#   permissions on keys have no effect.
# related_resources:
#   - description: Enable or disable AWS Regions in your account
#     ref: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL033
#   name: opt-in-region
#   severity: error
#   category: region
#   step: assume_role
#   remediation: |
#     Enable the Region in the account (aws_account_region with enabled = true, or aws account enable-region), or
#     leave the Region out.
#   prevents:
#     - If you are copying AMI to opt-in regions, please make sure the region is enabled in the account
#   default: true
#   since: 0.1.0
#   unknown: |
#     Say in .iblint.yaml which Regions the accounts have enabled, accounts: {"222222222222": {enabled_regions:
#     [af-south-1]}}, or add the output of aws account list-regions to the facts.
package iblint.rules.opt_in_region

import data.iblint.lib.distribution
import data.iblint.lib.region

deny contains finding if {
	some id, entries in _accounts
	some e, accounts in entries
	disabled := {account | some account in accounts; _state(account, _region(id, e)) == "no"}
	count(disabled) > 0

	finding := {
		"message": sprintf("%s hands out the AMI in %s, which is not enabled in %s", [
			distribution.label(id),
			_region(id, e),
			distribution.accounts_text(disabled),
		]),
		"resource": id,
		"property": sprintf("distributions[%d].region", [e]),
		"related": _switches(disabled, _region(id, e)),
		"jobs": _jobs(id, e, disabled),
		"subject": {"distribution": id, "entry": e},
	}
}

unknown contains finding if {
	some id, entries in _accounts
	some e, accounts in entries
	open := {account | some account in accounts; _state(account, _region(id, e)) == "unknown"}
	count(open) > 0

	finding := {
		"message": sprintf("%s hands out the AMI in %s, which AWS does not enable by default, and nothing says that %s", [
			distribution.label(id),
			_region(id, e),
			sprintf("it is enabled in %s", [distribution.accounts_text(open)]),
		]),
		"resource": id,
		"property": sprintf("distributions[%d].region", [e]),
		"related": [],
		"jobs": _jobs(id, e, open),
		"subject": {"distribution": id, "entry": e},
		"reason": sprintf("nothing says whether %s is enabled in %s", [_region(id, e), distribution.accounts_text(open)]),
		"settle": _settle(open, _region(id, e)),
	}
}

# The accounts in which the Region of an entry must be enabled, for Regions that
# are not enabled by default. A Region that is known only as the stack's own is
# enabled where the stack is.
_accounts[id][e] contains account if {
	some b, e
	entry := distribution.entries[b][e]
	_is_opt_in(entry.region)
	distribution.shares(b, e)
	id := input.builds[b].distribution
	some account in _concerned(b, e)
}

_is_opt_in(name) if {
	region.is_name(name)
	region.partition(name) == "aws"
	not name in input.regions.default_enabled
}

_concerned(b, e) := union({
	{distribution.source_account(b)},
	distribution.target_accounts(b, e),
	{recipient.account | some recipient in distribution.launch_recipients(b, e)},
})

_region(id, e) := input.resources[id].properties.distributions[e].region

# "yes", "no" or "unknown". A list of the configuration is complete; resources
# that switch Regions on say nothing of other Regions.
_state(account, name) := "no" if {
	name in input.accounts[account].disabled_regions
} else := "yes" if {
	name in input.accounts[account].enabled_regions
} else := "no" if {
	input.accounts[account].regions_known == true
} else := "unknown"

_switches(accounts, name) := [place |
	some id in input.by_kind.account_region
	resource := input.resources[id]
	resource.properties.region_name == name
	object.get(resource.properties, "account_id", resource.account) in accounts
	place := {"message": "the Region is switched off here", "resource": id, "property": "enabled"}
]

# The source account has a part in every delivery of the entry.
_jobs(id, e, accounts) := sort([job | some job in {job |
	some b, build in input.builds
	build.distribution == id
	distribution.shares(b, e)
	some job in distribution.jobs(b, e, _served(b, e, accounts))
}])

_served(b, e, accounts) := distribution.recipients(b, e) if {
	distribution.source_account(b) in accounts
} else := {recipient |
	some recipient in distribution.recipients(b, e)
	recipient.account in accounts
}

_settle(accounts, name) := concat(" ", [
	sprintf("accounts: {%q: {enabled_regions: [%s]}} in .iblint.yaml,", [min(accounts), name]),
	sprintf("or aws account list-regions > %s", [distribution.fact_file([min(accounts), "list-regions"])]),
])

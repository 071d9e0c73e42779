# METADATA
# title: Target account has no distribution role
# description: |
#   To copy an AMI to another account, Image Builder assumes the role
#   EC2ImageBuilderDistributionCrossAccountRole there. It does not create the role.
#   Without it, the distribution fails after the image has been built and tested.
# related_resources:
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL011
#   name: target-role-missing
#   severity: error
#   category: target-role
#   step: assume_role
#   remediation: |
#     Create the role EC2ImageBuilderDistributionCrossAccountRole, path /, in every target account (with a StackSet,
#     say): it trusts the source account, has the managed policy Ec2ImageBuilderCrossAccountDistributionAccess, and
#     may use the keys of the recipe and of the distribution entry.
#   prevents:
#     - "User: arn:aws:sts::…:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService is not
#       authorized to perform: sts:AssumeRole on resource:
#       arn:aws:iam::…:role/EC2ImageBuilderDistributionCrossAccountRole"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the templates of the target account too and say where they are deployed, accounts: {"222222222222": {roots:
#     [target/**]}} in .iblint.yaml, or add the output of aws iam get-role to the facts.
package iblint.rules.target_role_missing

import data.iblint.lib.distribution
import data.iblint.lib.group

deny contains finding if {
	some source, accounts in _missing
	some id, hits in _by_configuration(source, accounts)
	shared := distribution.deliveries(hits)

	finding := {
		"message": sprintf("%s copies the AMI to %s, which %s no role %s%s", [
			distribution.label(id),
			shared.text,
			_have(hits),
			distribution.role_name,
			_elsewhere(source),
		]),
		"resource": id,
		"property": shared.related[0].property,
		"related": array.concat(_misplaced(source), array.slice(shared.related, 1, count(shared.related))),
		"jobs": shared.jobs,
		"subject": {"source": source, "accounts": _accounts(hits)},
	}
}

unknown contains finding if {
	some source, accounts in _undecided
	some id, hits in _by_configuration(source, accounts)
	shared := distribution.deliveries(hits)

	finding := {
		"message": sprintf("%s, so it is not known whether the role %s that %s needs is %s", [
			_why(source, shared.text),
			distribution.role_name,
			distribution.label(id),
			_where(source, shared.text),
		]),
		"resource": id,
		"property": shared.related[0].property,
		"related": array.slice(shared.related, 1, count(shared.related)),
		"jobs": shared.jobs,
		"subject": {"source": source, "accounts": _accounts(hits)},
		"reason": _why(source, shared.text),
		"settle": _settle(hits),
	}
}

# The list of accounts is not known.
unknown contains finding if {
	some id, entries in _unlisted
	some e, builds in entries
	some item in distribution.unknown_targets(min(builds), e)
	shared := distribution.deliveries({_unlisted_hit(b, e) | some b in builds})
	why := distribution.explanation(item, "write the account numbers, or give the variable or parameter a value")

	finding := object.union(why, {
		"message": sprintf(
			"%s copies the AMI to accounts that are not known, so nothing can be said of the role %s there",
			[distribution.label(id), distribution.role_name],
		),
		"resource": id,
		"property": distribution.path(e, "ami.target_account_ids"),
		"related": [],
		"jobs": shared.jobs,
		"subject": {"distribution": id, "entry": e},
	})
}

# Nothing at all is known of the distribution.
unknown contains finding if {
	some b, build in input.builds
	not build.container
	why := distribution.explanation(
		distribution.sharing_unknown(b),
		"give the folder or template that holds the distribution configuration as well",
	)

	finding := object.union(why, {
		"message": sprintf(
			"it is not known where %s hands out its AMIs, so nothing can be said of the role %s in other accounts",
			[distribution.label(build.id), distribution.role_name],
		),
		"resource": build.id,
		"property": _distribution_property(build),
		"related": [],
		"jobs": [],
		"subject": {"build": build.id},
	})
}

_why(source, accounts) := sprintf("no template of %s was given", [accounts]) if {
	count(distribution.arriving_roles(source)) == 0
} else := sprintf("%s is deployed to accounts that are not known", [
	distribution.label(min(distribution.arriving_roles(source))),
])

_where(source, accounts) := sprintf("in %s", [accounts]) if {
	count(distribution.arriving_roles(source)) > 0
} else := "there"

_missing := group.by_key({[source, account] |
	some source, _ in distribution.builds_of
	some account in distribution.targets_of(source)
	_is_absent(source, account)
	_is_certain(source, account)
})

_undecided := group.by_key({[source, account] |
	some source, _ in distribution.builds_of
	some account in distribution.targets_of(source)
	_is_absent(source, account)
	not _is_certain(source, account)
})

_is_absent(source, account) if {
	count(distribution.target_roles(source, account)) == 0
	count(distribution.misnamed_roles(source, account)) == 0
}

_is_certain(source, account) if {
	distribution.is_covered(account)
	count(distribution.arriving_roles(source)) == 0
}

_is_certain(source, _) if count(distribution.misplaced_roles(source)) > 0

_unlisted_hit(b, e) := {
	"build": b,
	"entry": e,
	"recipients": {{"text": "accounts that are not known", "property": "ami.target_account_ids"}},
}

_unlisted[id][e] contains b if {
	some b, e
	distribution.entries[b][e]
	count(distribution.unknown_targets(b, e)) > 0
	id := input.builds[b].distribution
}

_by_configuration(source, accounts) := group.by_key({[input.builds[hit.build].distribution, hit] |
	some hit in distribution.copies_to(source, accounts)
})

_accounts(hits) := sort([account | some account in {recipient.account |
	some hit in hits
	some recipient in hit.recipients
}])

_have(hits) := "has" if {
	count(_accounts(hits)) == 1
} else := "have"

_elsewhere(source) := sprintf("; there is one in %s, the source account", [distribution.account_text(source)]) if {
	count(distribution.misplaced_roles(source)) > 0
} else := ""

_misplaced(source) := [place |
	some id in sort([id | some id in distribution.misplaced_roles(source)])
	input.resources[id]
	place := {"message": "this role stands in the source account", "resource": id, "property": ""}
]

_settle(hits) := concat(" ", [
	sprintf("accounts: {%q: {roots: [PATH]}} in .iblint.yaml,", [_accounts(hits)[0]]),
	distribution.role_command(_accounts(hits)[0], distribution.role_name),
])

_distribution_property(build) := "distribution_configuration" if {
	build.kind in {"image_pipeline", "image"}
	not build.distribution
} else := ""

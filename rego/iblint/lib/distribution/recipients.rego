package iblint.lib.distribution

import data.iblint.lib.value

# METADATA
# description: |
#   Who gets the AMI of an entry, as objects: `account` for an account, `text`
#   for everybody else, and `property`, the list that names them.
recipients(b, e) := union({copy_recipients(b, e), launch_recipients(b, e)})

# METADATA
# description: The recipients that get a copy of their own.
copy_recipients(b, e) := {{"account": account, "property": "ami.target_account_ids"} |
	some account in target_accounts(b, e)
} | {{"text": _unknown_text(item), "property": "ami.target_account_ids"} |
	some item in unknown_targets(b, e)
}

# METADATA
# description: The recipients that may launch the AMI where it is.
launch_recipients(b, e) := union({_users(b, e), _groups(b, e), _unknown_launchers(b, e)})

# METADATA
# description: |
#   The recipients with whom the output AMI itself is shared: those that copy it,
#   and those that launch it in the Region of the build.
output_recipients(b, e) := recipients(b, e) if {
	in_build_region(b, e) != "no"
} else := copy_recipients(b, e)

# METADATA
# description: Recipients in a sentence.
recipients_text(found) := concat(" and ", array.concat(
	[accounts_text(accounts) |
		accounts := {recipient.account | some recipient in found}
		count(accounts) > 0
	],
	sort([text | some text in {recipient.text | some recipient in found}]),
))

# METADATA
# description: The jobs of a set of recipients of an entry.
jobs(b, e, found) := {job(b, e, recipient.account) | some recipient in found} | {entry_job(b, e) |
	some recipient in found
	value.is_absent(recipient, "account")
}

# METADATA
# description: |
#   One finding for many deliveries: its jobs, sorted, and the places where the
#   AMI is shared. Hits are objects with build, entry and recipients.
deliveries(hits) := {
	"jobs": sort([found | some found in union({jobs(hit.build, hit.entry, hit.recipients) | some hit in hits})]),
	"text": recipients_text(union({hit.recipients | some hit in hits})),
	"related": sort([place | some place in {place |
		some hit in hits
		some recipient in hit.recipients
		place := object.union(outlet_place(hit.build, hit.entry, recipient.property), {"message": "shared here"})
	}]),
}

_users(b, e) := {{"account": account, "property": "ami.launch_permission.user_ids"} |
	some account in launchers(b, e).user_ids
}

_groups(b, e) := {{"text": _group_text(property, item), "property": concat(".", ["ami.launch_permission", property])} |
	some property in ["user_groups", "organization_arns", "organizational_unit_arns"]
	some item in launchers(b, e)[property]
}

_unknown_launchers(b, e) := {recipient |
	some property, items in unknown_launchers(b, e)
	some item in items
	recipient := {"text": _unknown_text(item), "property": concat(".", ["ami.launch_permission", property])}
}

_group_text("user_groups", "all") := "everyone"

_group_text("user_groups", name) := sprintf("group %s", [name]) if name != "all"

_group_text("organization_arns", name) := sprintf("organization %s", [_last_step(name)])

_group_text("organizational_unit_arns", name) := sprintf("organizational unit %s", [_last_step(name)])

_last_step(arn) := steps[count(steps) - 1] if steps := split(arn, "/")

_unknown_text(item) := sprintf("the accounts that are not known (%s)", [value.reason(item)])

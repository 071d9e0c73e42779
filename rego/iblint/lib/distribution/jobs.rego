package iblint.lib.distribution

import data.iblint.lib.group

# METADATA
# description: |
#   The deliveries that needs are for, sorted. Needs of many accounts for one thing
#   share their uses, so they are looked at together.
needs_jobs(needs) := sort([job | some job in union({_jobs_of(alike) | some alike in _need_groups(needs)})])

# METADATA
# description: Where the keys of needs are used.
key_use_places(needs) := sort([place | some place in {place |
	some alike in _need_groups(needs)
	need := [one | some one in alike][0]
	need.key != ""
	some place in use_places(need.uses, need.key)
}])

# METADATA
# description: The uses of needs, once each.
needs_uses(needs) := union({need.uses |
	some alike in _need_groups(needs)
	need := [one | some one in alike][0]
})

# METADATA
# description: The deliveries of uses to one of some accounts that get a copy.
copy_jobs(uses, accounts) := {job(b, e, account) |
	some [b, e] in _entries_of(uses)
	some account in (target_accounts(b, e) & accounts)
}

# METADATA
# description: The deliveries of uses to one of some accounts that launch.
launch_jobs(uses, accounts) := {job(b, e, account) |
	some [b, e] in _entries_of(uses)
	some account in (object.get(launchers(b, e), "user_ids", set()) & accounts)
}

# METADATA
# description: The deliveries of uses, to whomever.
all_jobs(uses) := union({jobs(b, e, recipients(b, e)) | some [b, e] in _entries_of(uses)})

# METADATA
# description: The delivery of an entry to an account.
job(b, e, account) := object.union(entry_job(b, e), {"target_account": account})

# METADATA
# description: The delivery of an entry, to nobody in particular.
entry_job(b, e) := object.union_n([
	{"pipeline": input.builds[b].id},
	{"source_account": account | account := source_account(b); account != ""},
	{"region": name | name := outlets[b][e].region; is_string(name)},
])

_entries_of(uses) := {[use.build, use.entry] | some use in uses}

_need_groups(needs) := group.by_key({[_group_id(need), need] | some need in needs})

_group_id(need) := [
	need.side,
	need.key,
	object.get(need.actor, "regions", []),
	object.get(need, "source", ""),
	_group_actor(need.actor),
]

_group_actor(actor) := actor.kind if {
	actor.kind in {"target_role", "launch_account"}
} else := actor

_jobs_of(alike) := _jobs_to([one | some one in alike][0], {one.account | some one in alike})

_jobs_to(need, accounts) := launch_jobs(need.uses, accounts) if {
	need.actor.kind == "launch_account"
} else := copy_jobs(need.uses, accounts) if {
	need.actor.kind == "target_role"
} else := copy_jobs(need.uses, accounts) if {
	accounts != {need.actor.account}
} else := all_jobs(need.uses)

package iblint.lib.distribution

import data.iblint.lib.group

# METADATA
# description: |
#   Needs that the policies of keys certainly do not meet, by what makes them one
#   mistake: [policy, missing actions, severity].
unmet_by_policy(needs) := group.by_key({[[policy_signature(need.key), missing, severity], need] |
	some need in needs
	is_certain(need.uses)
	missing := plainly_missing(need)
	severity := severity_of(need.actor.kind, missing)
	severity != "none"
})

# METADATA
# description: Needs of which it is open whether the policies of keys meet them, by [policy, reason].
open_by_policy(needs) := group.by_key({[[policy_signature(need.key), why], need] |
	some need in needs
	is_open(need)
	why := open_reason(need, policy_settle(need.key))
})

# METADATA
# description: Needs of which it is open whether the policies of roles meet them, by [policies, reason].
open_by_role(needs) := group.by_key({[[role_signature(need.role), why], need] |
	some need in needs
	is_open(need)
	why := open_reason(need, role_settle(need))
})

package iblint.lib.distribution

# METADATA
# description: |
#   Whose policy a document is, in a sentence: "the policy of aws_kms_key.ami", "the
#   trust policy of role …". Kind is the side of a need.
document_text(document, need) := sprintf("the policy of %s", [key_text(need.key)]) if {
	need.side == "key_policy"
} else := sprintf("the trust policy of %s", [_holder_text(need)]) if {
	need.side == "trust"
} else := sprintf("the permissions boundary of %s", [_holder_text(need)]) if {
	need.side == "boundary"
} else := sprintf("a policy of %s", [_holder_text(need)]) if {
	document != ""
}

# METADATA
# description: Whose policies documents are, in a sentence; those of several keys together.
documents_text(spots) := concat(" and ", array.concat(
	[sprintf("the policy of %s", [enumeration(keys)]) |
		keys := {key_text(spot.need.key) | some spot in spots; spot.need.side == "key_policy"}
		count(keys) > 0
	],
	sort([text | some text in {document_text(spot.document, spot.need) |
		some spot in spots
		spot.need.side != "key_policy"
	}]),
))

# METADATA
# description: Who needs something, in a sentence.
needy_text(need) := sprintf("the role %s in %s", [role_name, account_text(need.account)]) if {
	need.actor.kind == "target_role"
	need.side != "key_policy"
} else := account_text(need.account) if {
	need.actor.kind in {"target_role", "launch_account"}
} else := sprintf("execution role %s", [role_text(need.actor.role)]) if {
	need.actor.kind == "execution_role"
} else := actor_text(min({use.build | some use in need.uses}))

# METADATA
# description: Those who need something, in a sentence.
needy_texts(needs) := enumeration({needy_text(need) | some need in needs; not _is_said(need, needs)})

# METADATA
# description: A statement in a sentence, by its Sid or its number.
statement_text(document, i) := sprintf("statement %q", [sid]) if {
	sid := input.documents[document].statements[i].sid
	is_string(sid)
	sid != ""
} else := sprintf("statement %d", [i + 1])

# METADATA
# description: |
#   What findings about statements have in common. Spots are objects with document,
#   statement and need; elements names the part of the statement at fault.
statement_finding(spots, element) := {
	"resource": places[0].resource,
	"property": places[0].property,
	"related": [object.union(place, {"message": "the same statement"}) | some place in array.slice(places, 1, 4)],
	"jobs": needs_jobs({spot.need | some spot in spots}),
	"subject": {"statements": sort([[spot.document, spot.statement] | some spot in spots])},
} if {
	places := sort([place | some place in {_spot_place(spot, element) | some spot in spots}])
}

# That the role in an account needs something says it of the account.
_is_said(need, needs) if {
	need.actor.kind in {"target_role", "launch_account"}
	need.side == "key_policy"
	some other in needs
	other.side != "key_policy"
	other.actor.kind == "target_role"
	other.account == need.account
}

_spot_place(spot, element) := statement_place(spot.document, spot.statement, element) if {
	statement_place(spot.document, spot.statement, element)
} else := policy_place(spot.need.key, spot.need.uses) if {
	spot.need.side == "key_policy"
} else := _place(spot.need.role, spot.need.uses, "")

_holder_text(need) := sprintf("the role %s in %s", [role_name, account_text(need.account)]) if {
	need.actor.kind == "target_role"
} else := sprintf("execution role %s", [role_text(object.get(need, "role", object.get(need.actor, "role", "")))]) if {
	need.actor.kind == "execution_role"
} else := sprintf("the role %s in %s", [role_name, account_text(need.account)])

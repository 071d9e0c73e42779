package iblint.lib.iam

# What is certain of a call that AWS makes to KMS or STS for a role. Its addresses
# are AWS's own, so conditions on the addresses or VPCs of people do not hold.
# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-aws.html
_through_aws := {
	"aws:securetransport": ["true"],
	"aws:sourceip": [],
	"aws:vpcsourceip": [],
	"aws:sourcevpc": [],
	"aws:sourcevpce": [],
	"aws:sourcevpcarn": [],
}

# Keys that AWS sends for service principals only.
_for_services := {
	"aws:sourceaccount": [],
	"aws:sourcearn": [],
	"aws:sourceorgid": [],
	"aws:sourceorgpaths": [],
	"aws:principalservicename": [],
	"aws:principalservicenameslist": [],
}

# Image Builder has no parameter for an external ID or a second factor.
_of_roles := {
	"aws:multifactorauthpresent": [],
	"aws:multifactorauthage": [],
	"aws:federatedprovider": [],
	"aws:username": [],
	"aws:principaltype": ["AssumedRole"],
	"sts:externalid": [],
}

_actor_context(actor) := object.union_n([
	_by_kind[actor.kind],
	_by_account(object.get(actor, "account", null)),
	_principal_arn(actor),
	_by_organization,
])

_by_kind := {
	"service_linked_role": object.union_n([_through_aws, _for_services, _of_roles]),
	"execution_role": object.union_n([_through_aws, _for_services, _of_roles]),
	"target_role": object.union_n([_through_aws, _for_services, _of_roles]),
	"auto_scaling": object.union_n([_through_aws, _for_services, _of_roles]),
	"launch_account": object.union(_through_aws, _for_services),
	"grant_creator": object.union(_for_services, {"aws:securetransport": ["true"]}),
	"service": {"aws:securetransport": ["true"], "aws:principalisawsservice": ["true"]},
}

_by_account(null) := {}

_by_account(account) := {"kms:calleraccount": [account], "aws:principalaccount": [account]} if account != null

_principal_arn(actor) := {"aws:principalarn": [actor.arn]} if {
	actor.arn
} else := {"aws:principalarn": [{"$unknown": reason, "$parts": [root, {"$unknown": reason}]}]} if {
	root := concat("", ["arn:", actor.partition, ":iam::", actor.account, ":"])
	reason := "it is not known who of the account calls"
} else := {}

# The configured organization is taken to be that of every account in question.
_by_organization := {
	"aws:principalorgid": [id],
	"aws:resourceorgid": [id],
	"aws:principalorgpaths": [{"$unknown": reason, "$parts": [concat("", [id, "/"]), {"$unknown": reason}]}],
} if {
	id := input.settings.organization_id
	reason := "the place of the account in the organization is not known"
} else := {
	"aws:principalorgid": _unknown_organization,
	"aws:resourceorgid": _unknown_organization,
	"aws:principalorgpaths": _unknown_organization,
}

_unknown_organization := {
	"$unknown": "the organization of the account is not configured",
	"$settle": "organization_id: ORGANIZATION",
}

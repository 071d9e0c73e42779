# METADATA
# title: Key policy names a role that may not exist yet
# description: |
#   KMS refuses a key policy that names a role which does not exist. A role of another
#   account that is created later, or that itself depends on the key, and a
#   service-linked role that AWS has not made yet are frequent cases; a role that is
#   deleted and made again is another role.
# related_resources:
#   - description: CreateKey
#     ref: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
# custom:
#   id: IBL024
#   name: key-policy-principal-missing
#   severity: warning
#   category: key-sharing
#   remediation: |
#     Name the root of the account in the key policy, if need be with a condition on aws:PrincipalArn; or create the
#     role first and refer to its attribute.
#   prevents:
#     - "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals."
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the template that creates the role and say where it is deployed.
package iblint.rules.key_policy_principal_missing

import data.iblint.lib.arn
import data.iblint.lib.distribution
import data.iblint.lib.group

deny contains finding if {
	some key, by_role in _named
	some role, spots in by_role
	fault := _fault(key, role)
	place := min({distribution.statement_place(spot.document, spot.statement, ".principals") | some spot in spots})

	finding := {
		"message": sprintf("the policy of %s names %s, %s", [distribution.key_text(key), role, fault.text]),
		"resource": place.resource,
		"property": place.property,
		"related": fault.related,
		"jobs": _jobs(key),
		"severity": "warning",
		"subject": {"keys": [key]},
	}
}

unknown contains finding if {
	some key, by_role in _named
	some role, spots in by_role
	not _fault(key, role)
	count(_creators(role)) == 0
	_may_be_missing(role)
	place := min({distribution.statement_place(spot.document, spot.statement, ".principals") | some spot in spots})
	account := distribution.account_text(arn.parse(role).account)

	finding := {
		"message": sprintf("the policy of %s names %s, and it is not known whether that role exists", [
			distribution.key_text(key),
			role,
		]),
		"resource": place.resource,
		"property": place.property,
		"related": [],
		"jobs": _jobs(key),
		"subject": {"keys": [key]},
		"reason": _reason(role, account),
		"settle": sprintf("roles: {%q: {}} in .iblint.yaml, or accounts: {%q: {roots: [PATH]}}", [
			role,
			arn.parse(role).account,
		]),
	}
}

_may_be_missing(role) if not distribution.is_covered(arn.parse(role).account)

_may_be_missing(role) if _is_service_linked(role)

_reason(role, account) := sprintf("AWS creates it in %s with the first resource of its service, and no template does", [
	account,
]) if {
	_is_service_linked(role)
} else := sprintf("no template of %s was given", [account])

# Roles that the policies of keys name, by key and ARN. Only policies that a template
# writes are put anew.
_named[key][role] contains {"document": document, "statement": i} if {
	some key, _ in distribution.used_keys
	distribution.is_described(key)
	not input.keys[key].default_policy
	document := input.keys[key].policy
	some i, statement in input.documents[document].statements
	some element in ["principals", "not_principals"]
	some principal in statement[element]
	principal.type == "AWS"
	role := principal.identifier
	is_string(role)
	arn.type(role) == "role"
	arn.parse(role).service == "iam"
	_takes_part(role)
}

# Whether a role takes part in distribution or launch: the policy may name others as
# well, which are not the business of this rule.
_takes_part(role) if arn.name(role) == distribution.role_name

_takes_part(role) if _is_service_linked(role)

_takes_part(role) if role in _execution_roles

_execution_roles contains input.roles[build.execution_role.role].arn if some build in input.builds

_is_service_linked(role) if contains(role, ":role/aws-service-role/")

# AWS creates a service-linked role with the first resource of its service, so that
# no template creates it says nothing.
_fault(key, role) := {"text": "which no template creates", "related": []} if {
	count(_creators(role)) == 0
	not _is_service_linked(role)
	distribution.is_covered(arn.parse(role).account)
} else := {
	"text": "which is created after the key",
	"related": [{"message": "the role is created here", "resource": id, "property": ""} | some id in _creators(role)],
} if {
	creators := _creators(role)
	count(creators) > 0
	every id in creators {
		_follows(id, key)
	}
}

# The resources that create a role: a role of that ARN, or a service-linked role.
_creators(role) := object.get(_creators_by_arn, role, set())

_creators_by_arn := group.by_key({[known.arn, id] |
	some id, known in input.roles
	known.known == true
} | {[input.resources[id].identity.arn, id] |
	some id in input.by_kind.iam_service_linked_role
})

# Whether a role depends on a key, directly or over others.
_follows(id, key) if input.keys[key].resource in graph.reachable(_dependencies, {id})

_dependencies[id] := object.get(resource, "depends_on", []) if some id, resource in input.resources

_jobs(key) := sort([job | some job in distribution.all_jobs(distribution.used_keys[key])])

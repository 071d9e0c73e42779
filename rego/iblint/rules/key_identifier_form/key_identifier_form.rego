# METADATA
# title: Key is named in a form that the target account cannot resolve
# description: |
#   A bare key ID or alias name means a key of whoever uses it. For an account copy
#   that is the role in the target account, so a key of the source account is not
#   found. Image Builder asks for a key ARN or an alias ARN. In CloudFormation, Ref
#   of a key gives the key ID and Ref of an alias the alias name.
# related_resources:
#   - description: AmiDistributionConfiguration
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_AmiDistributionConfiguration.html
#   - description: Allowing users in other accounts to use a KMS key
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
#   - description: AWS::KMS::Key
#     ref: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kms-key.html
# custom:
#   id: IBL029
#   name: key-identifier-form
#   severity: error
#   category: key
#   step: account_copy
#   remediation: |
#     Name the key by its ARN: the attribute arn of the key in Terraform, Fn::GetAtt Key.Arn in CloudFormation.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#   default: true
#   since: 0.1.0
#   unknown: |
#     An alias name is looked up in each target account. Give the templates of the target accounts that define the
#     alias.
package iblint.rules.key_identifier_form

import data.iblint.lib.distribution
import data.iblint.lib.region
import data.iblint.lib.value

# The role in the target account looks the key up, and does not find it.
deny contains finding if {
	some place, hits in _copies
	lost := _resolving(place, hits, "no")
	count(lost) > 0
	shared := distribution.deliveries(lost)

	finding := object.union(_common(place, shared.jobs), {
		"message": sprintf("%s names %s by %s, which means no key in %s", [
			distribution.label(place.resource),
			_subject(place),
			_fault(place),
			shared.text,
		]),
		"severity": "error",
	})
}

# No key has such a name, whoever asks.
deny contains finding if {
	some place, hits in _shared
	_reference(place).form == "malformed"
	shared := distribution.deliveries(hits)

	finding := {
		"message": sprintf("%s names %q as a key, which is neither key ID nor alias nor the ARN of one", [
			distribution.label(place.resource),
			_reference(place).text,
		]),
		"resource": place.resource,
		"property": place.property,
		"related": [],
		"jobs": shared.jobs,
		"severity": "error",
		"subject": {"resource": place.resource, "property": place.property},
	}
}

# Found in the source account, but not a form that Image Builder documents.
deny contains finding if {
	some place, hits in _shared
	_is_bare(_reference(place))
	not _copies[place]

	finding := object.union(_common(place, distribution.deliveries(hits).jobs), {
		"message": sprintf("%s names %s by %s, where Image Builder documents a key ARN or an alias ARN", [
			distribution.label(place.resource),
			_subject(place),
			_fault(place),
		]),
		"severity": "info",
	})
}

unknown contains finding if {
	some place, hits in _copies
	count(_resolving(place, hits, "no")) == 0
	open := _resolving(place, hits, "unknown")
	count(open) > 0
	shared := distribution.deliveries(open)

	finding := object.union(_common(place, shared.jobs), {
		"message": sprintf("%s names %s by %s, and it is not known whether that means a key in %s", [
			distribution.label(place.resource),
			_subject(place),
			_fault(place),
			shared.text,
		]),
		"reason": sprintf("no template of %s was given that defines the alias", [shared.text]),
		"settle": sprintf("accounts: {%q: {roots: [PATH]}} in .iblint.yaml", [_first_account(open)]),
	})
}

_common(place, jobs) := {
	"resource": place.resource,
	"property": place.property,
	"related": distribution.key_places(_reference(place)),
	"jobs": jobs,
	"subject": {"resource": place.resource, "property": place.property},
}

# Keys in a bare form, where target accounts copy.
_copies[place] contains object.union(hit, {"recipients": found}) if {
	some place, hits in _shared
	_is_bare(_reference(place))
	some hit in hits
	found := distribution.copy_recipients(hit.build, hit.entry)
	count(found) > 0
}

_shared[place] contains hit if {
	some b, e
	entry := distribution.entries[b][e]
	distribution.entry_key(b, e)
	distribution.shares(b, e)
	place := {"resource": input.builds[b].distribution, "property": distribution.path(e, "ami.kms_key")}
	_reference(place).form in _suspect_forms
	hit := {"build": b, "entry": e, "recipients": distribution.recipients(b, e), "region": entry.region}
}

_shared[place] contains hit if {
	some b, e
	distribution.entries[b][e]
	distribution.shares(b, e)
	some device in distribution.devices[b]
	device.reference
	place := {"resource": input.builds[b].recipe, "property": sprintf("%s.kms_key", [device.mapping])}
	_reference(place).form in _suspect_forms
	hit := {
		"build": b,
		"entry": e,
		"recipients": distribution.recipients(b, e),
		"region": distribution.build_region(b),
	}
}

# The deliveries by whether the role of the recipient finds the key.
_resolving(place, hits, answer) := {object.union(hit, {"recipients": found}) |
	some hit in hits
	found := {recipient |
		some recipient in hit.recipients
		_resolves(place, hit.region, object.get(recipient, "account", "")) == answer
	}
	count(found) > 0
}

_reference(place) := distribution.reference(place.resource, place.property)

_suspect_forms := {"key_id", "alias_name", "malformed"}

_is_bare(reference) if {
	reference.form in {"key_id", "alias_name"}
	value.may_differ(reference.manager, "aws")
}

_fault(place) := "its bare key ID" if {
	_reference(place).form == "key_id"
} else := sprintf("the alias name %s", [_reference(place).name])

_subject(place) := distribution.reference_text(_reference(place)) if {
	_reference(place).key
} else := "a key"

_resolves(place, key_region, account) := _defines_alias(account, _reference(place).name, key_region) if {
	_reference(place).form == "alias_name"
	account != ""
} else := "unknown" if {
	_reference(place).form == "alias_name"
} else := "no"

_defines_alias(account, name, entry_region) := "yes" if {
	some id in input.by_kind.kms_alias
	input.resources[id].account == account
	input.resources[id].properties.name == name
	region.same(input.resources[id].region, entry_region) == "yes"
} else := "no" if {
	distribution.is_covered(account)
	count(_open_aliases(account, name)) == 0
} else := "unknown"

# Aliases of the account whose name or Region may be the right one.
_open_aliases(account, name) := [id |
	some id in input.by_kind.kms_alias
	input.resources[id].account == account
	_may_be(input.resources[id].properties.name, name)
]

_may_be(found, _) if is_object(found)

_may_be(found, name) if found == name

_first_account(hits) := min(accounts) if {
	accounts := {recipient.account | some hit in hits; some recipient in hit.recipients}
	count(accounts) > 0
} else := "ACCOUNT"

package iblint.lib.iam

import data.iblint.lib.value

# The actions whose calls carry the encryption context of a volume or snapshot.
# https://docs.aws.amazon.com/kms/latest/developerguide/services-ebs.html
_cryptographic := {
	"kms:decrypt",
	"kms:encrypt",
	"kms:generatedatakey",
	"kms:generatedatakeywithoutplaintext",
	"kms:reencryptfrom",
	"kms:reencryptto",
}

_about_grants := {"kms:creategrant", "kms:listgrants", "kms:revokegrant"}

_action_context(action) := _volume_context if {
	lower(action) in _cryptographic
} else := _new_grant_context if {
	lower(action) == "kms:creategrant"
} else := _no_volume_context if {
	startswith(lower(action), "kms:")
} else := {}

_volume_context := object.union(_no_grant_context, {
	"kms:encryptioncontextkeys": ["aws:ebs:id"],
	"kms:encryptioncontext:aws:ebs:id": {"$one_of": [["vol-…"], ["snap-…"]]},
	"kms:encryptionalgorithm": ["SYMMETRIC_DEFAULT"],
})

_no_volume_context := object.union(_no_grant_context, {
	"kms:encryptioncontextkeys": [],
	"kms:encryptioncontext:aws:ebs:id": [],
	"kms:encryptionalgorithm": [],
})

_no_grant_context := {"kms:grantoperations": [], "kms:granteeprincipal": [], "kms:grantconstrainttype": []}

# EC2 decides what the grant allows and to whom.
_new_grant_context := {
	"kms:encryptioncontextkeys": {"$one_of": [[], ["aws:ebs:id"]]},
	"kms:grantoperations": [{"$unknown": "the operations of the grant are chosen by EC2"}],
	"kms:granteeprincipal": [{"$unknown": "the grantee of the grant is chosen by EC2"}],
	"kms:grantconstrainttype": {"$unknown": "the constraint of the grant is chosen by EC2"},
}

# A person or Terraform makes a grant for itself; EC2 makes one for its resource.
_grant_context(actor, action) := {"kms:grantisforawsresource": ["false"]} if {
	actor.kind == "grant_creator"
	lower(action) in _about_grants
} else := {"kms:grantisforawsresource": ["true"]} if {
	lower(action) in _about_grants
} else := {"kms:grantisforawsresource": []}

# EC2 calls KMS in the Region of the key; for the source key of a cross-Region copy
# it may be either Region, and kms:ViaService may name either. The suffix is the
# same in all partitions. Of a call on no key the actor has the Region, if it is known.
# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
_use_context(actor, null) := {"aws:requestedregion": actor.regions} if {
	actor.regions
} else := {}

_use_context(actor, key) := {
	"kms:viaservice": _via(actor, regions),
	"aws:requestedregion": _either([[region] | some region in regions]),
} if {
	key != null
	regions := object.get(actor, "regions", [object.get(input.keys[key], "region", _unknown_region)])
}

_via(actor, _) := [] if {
	actor.kind == "grant_creator"
} else := {"$unknown": "it is not known through which service the key is used"} if {
	actor.kind == "service"
}

_via(actor, regions) := _one_of([[_ec2(region)] | some region in regions]) if {
	not actor.kind in {"grant_creator", "service"}
}

_ec2(region) := concat("", ["ec2.", region, ".amazonaws.com"]) if is_string(region)

_ec2(region) := {"$unknown": value.reason(region), "$parts": ["ec2.", region, ".amazonaws.com"]} if {
	value.is_unknown(region)
}

_one_of(alternatives) := alternatives[0] if {
	count(alternatives) == 1
} else := {"$one_of": alternatives}

_either(alternatives) := alternatives[0] if {
	count(alternatives) == 1
} else := {"$either": alternatives}

_unknown_region := {"$unknown": "the Region of the key is not known"}

_key_context(null) := {}

_key_context(key) := {name: values |
	some name, values in {
		"aws:resourceaccount": _property(key, "account", null),
		"kms:keyspec": _property(key, "key_spec", "SYMMETRIC_DEFAULT"),
		"kms:keyusage": _property(key, "key_usage", "ENCRYPT_DECRYPT"),
		"kms:keyorigin": _property(key, "origin", "AWS_KMS"),
		"kms:multiregion": _multi_region(key),
		"kms:resourcealiases": _aliases(key),
	}
} if {
	key != null
}

_property(key, property, otherwise) := [input.keys[key][property]] if {
	_ = input.keys[key][property]
} else := [otherwise] if {
	input.keys[key].resource
	otherwise != null
} else := {"$unknown": sprintf("the %s of the key is not known", [replace(property, "_", " ")])}

_multi_region(key) := ["true"] if {
	_ = input.resources[input.keys[key].resource].properties.primary_key
} else := [wanted] if {
	wanted := input.resources[input.keys[key].resource].properties.multi_region
} else := ["false"] if {
	input.keys[key].resource
} else := {"$unknown": "it is not known whether the key is a multi-Region key"}

# A key may have aliases that no given template makes; those that are given count.
_aliases(key) := names if {
	names := [name | some id in input.keys[key].aliases; name := input.resources[id].properties.name]
	count(names) > 0
} else := {"$unknown": "the aliases of the key are not known"}

# METADATA
# title: Fixture
# description: |
#   An infrastructure in which everything is right, as the rules see it, once
#   with the names of each dialect: the source account 111111111111 builds in
#   us-east-1, copies to 222222222222 there and lets it launch a copy in
#   eu-west-1. Tests change it and look at what a rule says.
package iblint.lib.distribution.fixture_test

# METADATA
# description: The IDs of the resources, by dialect.
names := {
	"terraform": {
		"recipe": "infra#aws_imagebuilder_image_recipe.base",
		"pipeline": "infra#aws_imagebuilder_image_pipeline.base",
		"distribution": "infra#aws_imagebuilder_distribution_configuration.base",
		"key": "infra#aws_kms_key.ami",
		"replica": "infra#aws_kms_replica_key.ami",
		"role": "infra#aws_iam_role.dist",
		"inline": "infra#aws_iam_role_policy.dist_kms",
		"attachment": "infra#aws_iam_role_policy_attachment.dist",
	},
	"cloudformation": {
		"recipe": "source.yaml#Recipe",
		"pipeline": "source.yaml#Pipeline",
		"distribution": "source.yaml#Distribution",
		"key": "source.yaml#Key",
		"replica": "source.yaml#Replica",
		"role": "target.yaml#Role",
		"inline": "target.yaml#Role",
		"attachment": "target.yaml#Role",
	},
}

_types := {
	"terraform": {
		"recipe": "aws_imagebuilder_image_recipe",
		"pipeline": "aws_imagebuilder_image_pipeline",
		"distribution": "aws_imagebuilder_distribution_configuration",
		"key": "aws_kms_key",
		"replica": "aws_kms_replica_key",
		"role": "aws_iam_role",
		"inline": "aws_iam_role_policy",
		"attachment": "aws_iam_role_policy_attachment",
	},
	"cloudformation": {
		"recipe": "AWS::ImageBuilder::ImageRecipe",
		"pipeline": "AWS::ImageBuilder::ImagePipeline",
		"distribution": "AWS::ImageBuilder::DistributionConfiguration",
		"key": "AWS::KMS::Key",
		"replica": "AWS::KMS::ReplicaKey",
		"role": "AWS::IAM::Role",
		"inline": "AWS::IAM::Role",
		"attachment": "AWS::IAM::Role",
	},
}

_kinds := {
	"recipe": "image_recipe",
	"pipeline": "image_pipeline",
	"distribution": "distribution_configuration",
	"key": "kms_key",
	"replica": "kms_key",
	"role": "iam_role",
	"inline": "iam_role_policy",
	"attachment": "iam_policy_attachment",
}

# METADATA
# description: The key ARNs.
key_arn := "arn:aws:kms:us-east-1:111111111111:key/11111111-1111-1111-1111-111111111111"

# METADATA
# description: The ARN of the key in the second Region.
replica_arn := "arn:aws:kms:eu-west-1:111111111111:key/22222222-2222-2222-2222-222222222222"

# METADATA
# description: What messages call the key of the build Region.
key_label(dialect) := regex.replace(names[dialect].key, `^infra#`, "")

# METADATA
# description: Every dialect.
dialects := {"terraform", "cloudformation"}

# METADATA
# description: The input of a dialect.
base(dialect) := {
	"settings": {"complete": false},
	"accounts": {
		"111111111111": {"covered": true, "complete": false, "configured": false},
		"222222222222": {"covered": true, "complete": false, "configured": false},
	},
	"resources": _resources(dialect, names[dialect]),
	"by_kind": _by_kind(_resources(dialect, names[dialect])),
	"edges": {"from": {}, "to": {}},
	"documents": _documents(names[dialect]),
	"keys": _keys(names[dialect]),
	"references": _references(names[dialect]),
	"roles": _roles(names[dialect]),
	"builds": [_build(names[dialect])],
	"default_encryption": {},
	"regions": {"default_enabled": ["us-east-1", "eu-west-1"]},
	"facts": {"target_role_name": "EC2ImageBuilderDistributionCrossAccountRole"},
}

# METADATA
# description: |
#   The input of a dialect with changes: operations of JSON patch, whose paths
#   are lists of steps; "@recipe" and the like stand for IDs.
changed(dialect, operations) := json.patch(base(dialect), [object.union(operation, {"path": path}) |
	some operation in operations
	path := [_step(dialect, step) | some step in operation.path]
])

_step(dialect, step) := concat("|", array.concat([names[dialect][trim_prefix(parts[0], "@")]], array.slice(parts, 1, 2))) if {
	startswith(step, "@")
	parts := split(step, "|")
} else := sprintf("%v", [step])

# METADATA
# description: The device of the build, or the mapping of the recipe, for changes.
device := ["builds", 0, "devices", 0]

# METADATA
# description: The mapping of the recipe.
mapping := ["resources", "@recipe", "properties", "block_devices", 0]

# METADATA
# description: The AMI part of an entry.
ami(e) := ["resources", "@distribution", "properties", "distributions", e, "ami"]

# METADATA
# description: A statement of the policy of the key, of the replica, of the role or of its trust.
key_statement(i) := ["documents", "@key|policy", "statements", i]

# METADATA
# description: A statement of the policy of the replica, for changes.
replica_statement(i) := ["documents", "@replica|policy", "statements", i]

# METADATA
# description: The statement of the inline policy of the role, for changes.
role_statement := ["documents", "@inline|policy", "statements", 0]

# METADATA
# description: The statement of the trust policy of the role, for changes.
trust_statement := ["documents", "@role|assume_role_policy", "statements", 0]

# METADATA
# description: One change made to the policies of both keys.
to_both(rest, new) := [set_value(array.concat(path, rest), new) |
	some path in [["documents", "@key|policy", "statements"], ["documents", "@replica|policy", "statements"]]
]

# METADATA
# description: The changes that make a key one without a policy of its own.
default_policy(name) := [
	set_value(["keys", sprintf("@%s", [name]), "default_policy"], true),
	set_value(
		["documents", sprintf("@%s|policy", [name]), "statements"],
		[statement("default", "111111111111", ["kms:*"])],
	),
]

# METADATA
# description: The places where the key of the build Region is used.
used_here(dialect) := [
	{
		"message": "used here",
		"resource": names[dialect].recipe,
		"property": "block_devices[0].kms_key",
	},
	{
		"message": "used here",
		"resource": names[dialect].distribution,
		"property": "distributions[0].ami.kms_key",
	},
]

# METADATA
# description: The place where the key of the second Region is used.
replica_used_here(dialect) := [{
	"message": "used here",
	"resource": names[dialect].distribution,
	"property": "distributions[1].ami.kms_key",
}]

# METADATA
# description: Every action that the distribution needs on a key, sorted.
required := [
	"kms:CreateGrant",
	"kms:Decrypt",
	"kms:DescribeKey",
	"kms:Encrypt",
	"kms:GenerateDataKeyWithoutPlaintext",
	"kms:ReEncryptFrom",
	"kms:ReEncryptTo",
]

# METADATA
# description: A change that sets a property, or an item of a list that has it already.
set_value(path, new) := {"op": "replace", "path": path, "value": new} if {
	is_number(path[count(path) - 1])
} else := {"op": "add", "path": path, "value": new}

# METADATA
# description: A change that takes something away.
remove(path) := {"op": "remove", "path": path}

# METADATA
# description: The delivery to the target account, or the one in the second Region.
job(dialect, region) := {
	"pipeline": names[dialect].pipeline,
	"source_account": "111111111111",
	"target_account": "222222222222",
	"region": region,
}

# METADATA
# description: The place where an entry shares the AMI.
shared_here(dialect, e, property) := {
	"message": "shared here",
	"resource": names[dialect].distribution,
	"property": sprintf("distributions[%d].ami.%s", [e, property]),
}

# METADATA
# description: The reference of the AWS managed key, for changes.
aws_managed := {"form": "alias_name", "name": "alias/aws/ebs", "manager": "aws", "text": "alias/aws/ebs"}

# METADATA
# description: A reference of which nothing is known.
unresolved := {
	"form": "unknown",
	"manager": {"$unknown": "variable key has no value", "$settle": "--var key=…"},
	"text": "var.key",
	"reason": "variable key has no value",
	"settle": "--var key=…",
}

_resources(dialect, ids) := {id: resource |
	some name, id in ids
	resource := {
		"id": id,
		"address": _address(dialect, id),
		"kind": _kinds[name],
		"type": _types[dialect][name],
		"dialect": dialect,
		"root": split(id, "#")[0],
		"account": _account(name),
		"region": _region(name),
		"partition": "aws",
		"properties": _properties(name),
	}
	_owns(dialect, name)
}

# In CloudFormation one resource is the role, its inline policy and attachments.
_owns(dialect, name) if {
	dialect == "terraform"
	name != ""
}

_owns("cloudformation", name) if not name in {"inline", "attachment"}

_address("terraform", id) := split(id, "#")[1]

_address("cloudformation", id) := id

_account(name) := "222222222222" if {
	name in {"role", "inline", "attachment"}
} else := "111111111111"

_region(name) := "eu-west-1" if {
	name == "replica"
} else := "us-east-1"

_properties(name) := {
	"recipe": {
		"name": "base",
		"version": "1.0.0",
		"parent_image": "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x",
		"block_devices": [{"device_name": "/dev/xvda", "encrypted": true, "kms_key": key_arn}],
	},
	"pipeline": {"name": "base"},
	"distribution": {"name": "base", "distributions": [
		{"region": "us-east-1", "ami": {"kms_key": key_arn, "target_account_ids": ["222222222222"]}},
		{"region": "eu-west-1", "ami": {"kms_key": replica_arn, "launch_permission": {"user_ids": ["222222222222"]}}},
	]},
	"key": {"multi_region": true, "enabled": true},
	"replica": {"primary_key": key_arn, "enabled": true},
	"role": {"name": "EC2ImageBuilderDistributionCrossAccountRole"},
	"inline": {"name": "image-builder-kms"},
	"attachment": {"policy_arn": "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"},
}[name]

_by_kind(resources) := {kind: ids |
	some kind in {resource.kind | some resource in resources}
	ids := sort([id | some id, resource in resources; resource.kind == kind])
}

_build(ids) := {
	"id": ids.pipeline,
	"kind": "image_pipeline",
	"account": "111111111111",
	"region": "us-east-1",
	"recipe": ids.recipe,
	"distribution": ids.distribution,
	"workflows": [],
	"parent": {"kind": "amazon", "text": "amazon-linux-2023-x86", "root_device": "/dev/xvda"},
	"devices": [{
		"device_name": "/dev/xvda",
		"root": true,
		"from": "recipe",
		"property": "block_devices[0].kms_key",
		"basis": "named_key",
		"encrypted": true,
		"key": ids.key,
		"manager": "customer",
	}],
}

_references(ids) := {
	ids.recipe: {"block_devices[0].kms_key": _reference(ids.key, key_arn, "us-east-1")},
	ids.distribution: {
		"distributions[0].ami.kms_key": _reference(ids.key, key_arn, "us-east-1"),
		"distributions[1].ami.kms_key": _reference(ids.replica, replica_arn, "eu-west-1"),
	},
}

# METADATA
# description: The reference of the key of the build Region, for changes.
key_reference(dialect) := _reference(names[dialect].key, key_arn, "us-east-1")

_reference(key, arn, region) := {
	"form": "key_arn",
	"key": key,
	"to": key,
	"manager": "customer",
	"account": "111111111111",
	"region": region,
	"partition": "aws",
	"text": arn,
}

_keys(ids) := {
	ids.key: _key(ids.key, key_arn, "us-east-1"),
	ids.replica: _key(ids.replica, replica_arn, "eu-west-1"),
}

_key(id, arn, region) := {
	"resource": id,
	"label": regex.replace(id, `^infra#`, ""),
	"arn": arn,
	"account": "111111111111",
	"region": region,
	"partition": "aws",
	"manager": "customer",
	"policy": concat("|", [id, "policy"]),
	"policy_owner": {"resource": id, "property": "policy"},
	"grants": [],
	"aliases": [],
	"enabled": true,
}

_roles(ids) := {ids.role: {
	"name": "EC2ImageBuilderDistributionCrossAccountRole",
	"path": "/",
	"arn": "arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole",
	"account": "222222222222",
	"account_known": true,
	"trust": concat("|", [ids.role, "assume_role_policy"]),
	"policies": [
		{
			"name": "Ec2ImageBuilderCrossAccountDistributionAccess",
			"arn": "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess",
			"source": "aws_managed",
			"document": "aws|Ec2ImageBuilderCrossAccountDistributionAccess",
			"resource": ids.attachment,
			"property": "policy_arn",
		},
		{
			"name": "image-builder-kms",
			"source": "inline",
			"document": concat("|", [ids.inline, "policy"]),
			"resource": ids.inline,
			"property": "policy",
		},
	],
	"policies_unknown": [],
	"known": true,
}}

# METADATA
# description: The actions on keys that both the key policy and the role list.
key_use := [
	"kms:Encrypt",
	"kms:Decrypt",
	"kms:ReEncrypt*",
	"kms:GenerateDataKey*",
	"kms:DescribeKey",
]

# METADATA
# description: The ARN of the root of an account.
root(account) := sprintf("arn:aws:iam::%s:root", [account])

# METADATA
# description: A statement of a key policy.
statement(sid, account, actions) := {
	"sid": sid,
	"effect": "Allow",
	"principals": [{"type": "AWS", "identifier": root(account)}],
	"actions": actions,
	"resources": ["*"],
}

_documents(ids) := {
	concat("|", [ids.key, "policy"]): _key_policy,
	concat("|", [ids.replica, "policy"]): _key_policy,
	concat("|", [ids.role, "assume_role_policy"]): {"version": "2012-10-17", "statements": [{
		"effect": "Allow",
		"principals": [{"type": "AWS", "identifier": root("111111111111")}],
		"actions": ["sts:AssumeRole"],
	}]},
	concat("|", [ids.inline, "policy"]): {"version": "2012-10-17", "statements": [{
		"effect": "Allow",
		"actions": array.concat(key_use, ["kms:CreateGrant"]),
		"resources": [key_arn, replica_arn],
	}]},
	"aws|Ec2ImageBuilderCrossAccountDistributionAccess": {"version": "2012-10-17", "statements": [
		{"effect": "Allow", "actions": ["ec2:CreateTags"], "resources": ["arn:aws:ec2:*::image/*"]},
		{
			"effect": "Allow",
			"actions": ["ec2:DescribeImages", "ec2:CopyImage", "ec2:ModifyImageAttribute"],
			"resources": ["*"],
		},
	]},
	"aws|AWSServiceRoleForImageBuilder": {"version": "2012-10-17", "statements": [
		{
			"effect": "Allow",
			"actions": [
				"kms:Encrypt",
				"kms:Decrypt",
				"kms:ReEncryptFrom",
				"kms:ReEncryptTo",
				"kms:GenerateDataKeyWithoutPlaintext",
				"kms:DescribeKey",
				"kms:CreateGrant",
			],
			"resources": ["*"],
			"conditions": [{"operator": "StringLike", "key": "kms:ViaService", "values": ["ec2.*.amazonaws.com"]}],
		},
		{
			"effect": "Allow",
			"actions": ["sts:AssumeRole"],
			"resources": ["arn:aws:iam::*:role/EC2ImageBuilderDistributionCrossAccountRole"],
		},
	]},
}

_key_policy := {"version": "2012-10-17", "statements": [
	statement("SourceAccount", "111111111111", ["kms:*"]),
	statement("TargetUse", "222222222222", key_use),
	statement("TargetGrants", "222222222222", ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]),
]}

# METADATA
# title: Builders
# description: Small inputs for tests, in the form that rules see.
package iblint.lib.test

# METADATA
# description: An input with one key of account 111111111111 in us-east-1 whose policy has the statements.
key_input(statements) := {
	"documents": {"key policy": document(statements)},
	"keys": {"key": {
		"resource": "key",
		"label": "aws_kms_key.ami",
		"arn": key_arn,
		"account": "111111111111",
		"region": "us-east-1",
		"partition": "aws",
		"manager": "customer",
		"policy": "key policy",
		"grants": [],
	}},
	"roles": {},
	"resources": {},
	"builds": [],
	"settings": {},
	"facts": {"target_role_name": "EC2ImageBuilderDistributionCrossAccountRole"},
}

# METADATA
# description: The ARN of that key.
key_arn := "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"

# METADATA
# description: An input with a role of account 222222222222 that has one inline policy with the statements.
role_input(statements) := {
	"documents": {
		"trust": document([trust(aws(["arn:aws:iam::111111111111:root"]))]),
		"inline": document(statements),
	},
	"roles": {"role": {
		"name": "EC2ImageBuilderDistributionCrossAccountRole",
		"path": "/",
		"arn": "arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole",
		"account": "222222222222",
		"trust": "trust",
		"policies": [{"name": "kms", "source": "inline", "document": "inline", "resource": "role", "property": "policy"}],
		"known": true,
	}},
}

# METADATA
# description: A policy document of the current policy language.
document(statements) := {"version": "2012-10-17", "statements": statements}

# METADATA
# description: A key policy statement that allows principals actions.
allow(principals, actions) := object.union(permit(actions, ["*"]), {"principals": principals})

# METADATA
# description: A key policy statement that denies principals actions.
deny(principals, actions) := object.union(allow(principals, actions), {"effect": "Deny"})

# METADATA
# description: An identity policy statement that allows actions on resources.
permit(actions, resources) := {"effect": "Allow", "actions": actions, "resources": resources}

# METADATA
# description: A trust policy statement for principals.
trust(principals) := {"effect": "Allow", "actions": ["sts:AssumeRole"], "principals": principals}

# METADATA
# description: The statement with a test in its condition.
when(statement, operator, key, values) := object.union(statement, {"conditions": array.concat(
	object.get(statement, "conditions", []),
	[{"operator": operator, "key": key, "values": values}],
)})

# METADATA
# description: AWS principals.
aws(identifiers) := [{"type": "AWS", "identifier": identifier} | some identifier in identifiers]

# METADATA
# description: Everybody.
everybody := [{"type": "*", "identifier": "*"}]

# METADATA
# description: Service principals.
services(names) := [{"type": "Service", "identifier": name} | some name in names]

# METADATA
# description: A value of which nothing is known.
unknown := {"$unknown": "variable x has no value", "$settle": "--var x=…"}

# METADATA
# description: A text with a part that is not known.
partly(before, after) := {"$unknown": "variable x has no value", "$parts": [before, unknown, after]}

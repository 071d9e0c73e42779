package iblint.lib.distribution

import data.iblint.lib.iam
import data.iblint.lib.value

# METADATA
# description: |
#   Who distributes for a build: "service_linked_role", or "execution_role" with the
#   role, or "unknown" with the reference of an execution role that cannot be
#   resolved.
executes_as(b) := {"kind": "service_linked_role"} if {
	not input.builds[b].execution_role
} else := {"kind": "service_linked_role"} if {
	endswith(value.text(input.builds[b].execution_role.text), "/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder")
} else := {"kind": "execution_role", "role": role} if {
	role := input.builds[b].execution_role.role
	input.roles[role]
} else := {"kind": "unknown", "reference": input.builds[b].execution_role}

# METADATA
# description: The actor of a build, for lib/iam; that of the service-linked role where it is not known.
source_actor(b) := iam.execution_role(executes_as(b).role) if {
	executes_as(b).kind == "execution_role"
} else := iam.service_linked_role(source_account(b), partition(b))

# METADATA
# description: Who distributes for a build, in a sentence.
actor_text(b) := sprintf("execution role %s", [role_text(executes_as(b).role)]) if {
	executes_as(b).kind == "execution_role"
} else := sprintf("the service-linked role of Image Builder in %s", [account_text(source_account(b))])

# METADATA
# description: A role in a sentence, by its address or its ARN.
role_text(id) := address(id)

# METADATA
# description: The partition in which a build runs.
partition(b) := object.get(input.builds[b], "partition", "aws")

# METADATA
# description: The partition of a key.
key_partition(key) := object.get(input.keys[key], "partition", "aws")

# METADATA
# description: |
#   The distribution role of a target account, for lib/iam: with the Regions of EC2
#   through which it uses a key, if there is a choice.
target_actor(role, account, partition, regions) := iam.target_role(role, account, partition) if {
	count(regions) == 0
} else := object.union(iam.target_role(role, account, partition), {"regions": regions})

# METADATA
# title: Amazon Resource Names
# description: |
#   Takes ARNs apart. The parts of an ARN may be stand-ins for accounts and
#   Regions that are not known; compare them with lib/account and lib/region.
package iblint.lib.arn

# METADATA
# description: |
#   The parts of an ARN: partition, service, region, account, resource. Not
#   defined for what is no ARN. In a partly unknown ARN the parts that are not
#   known are unknown.
parse(text) := {
	"partition": parts[1],
	"service": parts[2],
	"region": parts[3],
	"account": parts[4],
	"resource": parts[5],
} if {
	parts := _parts(text)
	parts[0] == "arn"
}

# METADATA
# description: The resource part after the type, such as the name of a role with its path.
name(text) := concat("/", array.slice(steps, 1, count(steps))) if steps := _steps(text)

# METADATA
# description: The resource type, that is what stands before the first slash of the resource part.
type(text) := _steps(text)[0]

# METADATA
# description: Whether the text is the ARN of a KMS key.
is_kms_key(text) if _is_kms(text, "key")

# METADATA
# description: Whether the text is the ARN of a KMS alias.
is_kms_alias(text) if _is_kms(text, "alias")

_is_kms(text, kind) if {
	parsed := parse(text)
	parsed.service == "kms"
	is_string(parsed.resource)
	startswith(parsed.resource, concat("", [kind, "/"]))
}

_steps(text) := steps if {
	resource := parse(text).resource
	is_string(resource)
	steps := split(resource, "/")
	count(steps) > 1
}

_parts(text) := _six(split(text, ":")) if {
	is_string(text)
	startswith(text, "arn:")
}

# A hole never crosses a colon here: what is not known in an ARN is one part.
_parts(text) := [_whole(part, text["$unknown"]) | some part in _six(split(spelled, ":"))] if {
	parts := text["$parts"]
	spelled := concat("", [_spelled(part) | some part in parts])
}

_six(parts) := array.concat(array.slice(parts, 0, 5), [concat(":", array.slice(parts, 5, count(parts)))]) if {
	count(parts) > 5
}

_spelled(part) := part if is_string(part)

_spelled(part) := "\u0000" if is_object(part)

_whole(part, _) := part if not contains(part, "\u0000")

_whole(part, reason) := {"$unknown": reason} if contains(part, "\u0000")

package iblint.lib.iam

# An address is a network of one.
_network(text) := text if {
	is_string(text)
	net.cidr_is_valid(text)
} else := concat("", [text, "/32"]) if {
	is_string(text)
	net.cidr_is_valid(concat("", [text, "/32"]))
	not contains(text, ":")
} else := concat("", [text, "/128"]) if {
	is_string(text)
	net.cidr_is_valid(concat("", [text, "/128"]))
}

_contains_address(network, address) if net.cidr_contains(network, address)

# METADATA
# title: Regions
# description: |
#   Compares Regions. A Region that is not known is a stand-in such as
#   "{region-3f2a91c0}", the same text wherever it is the same Region.
package iblint.lib.region

# METADATA
# description: Whether the text names a Region.
is_name(region) if {
	is_string(region)
	regex.match(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`, region)
}

# METADATA
# description: Whether the Region stands for one that is not known.
is_standin(region) if {
	is_string(region)
	startswith(region, "{region-")
}

# METADATA
# description: |
#   "yes", "no" or "unknown": whether two Regions are one. A stand-in is only
#   certainly the same as itself.
same(a, b) := "yes" if {
	is_string(a)
	a == b
} else := "no" if {
	is_name(a)
	is_name(b)
} else := "unknown"

# METADATA
# description: The partition that a Region belongs to; "aws" for all that no other one claims.
partition(region) := found if {
	some prefix, found in _prefixes
	startswith(region, prefix)
} else := "aws"

_prefixes := {
	"cn-": "aws-cn",
	"us-gov-": "aws-us-gov",
	"eusc-": "aws-eusc",
	"us-iso-": "aws-iso",
	"us-isob-": "aws-iso-b",
	"eu-isoe-": "aws-iso-e",
	"us-isof-": "aws-iso-f",
}

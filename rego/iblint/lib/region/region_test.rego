package iblint.lib.region_test

import data.iblint.lib.region
import data.iblint.lib.test

_standin := "{region-00000001}"

test_same if {
	region.same("eu-west-1", "eu-west-1") == "yes"
	region.same("us-gov-west-1", "eu-west-1") == "no"
	region.same(_standin, _standin) == "yes"
	region.same(_standin, "eu-west-1") == "unknown"
	region.same("eu-west-1", "not a region") == "unknown"
	region.same(test.unknown, "eu-west-1") == "unknown"
	region.same(test.unknown, test.unknown) == "unknown"
}

test_kinds if {
	region.is_name("ap-southeast-5")
	not region.is_name("global")
	not region.is_name(test.unknown)
	region.is_standin(_standin)
	not region.is_standin("eu-west-1")
	not region.is_standin(test.unknown)
}

test_partitions if {
	every name, partition in {
		"eu-west-1": "aws",
		"cn-north-1": "aws-cn",
		"us-gov-east-1": "aws-us-gov",
		"eusc-de-east-1": "aws-eusc",
		"us-iso-east-1": "aws-iso",
		"us-isob-east-1": "aws-iso-b",
		"eu-isoe-west-1": "aws-iso-e",
		"us-isof-south-1": "aws-iso-f",
		_standin: "aws",
	} {
		region.partition(name) == partition
	}
}

package iblint.lib.arn_test

import data.iblint.lib.arn
import data.iblint.lib.test

test_parts if {
	arn.parse("arn:aws:iam::111111111111:role/a/b:c") == {
		"partition": "aws",
		"service": "iam",
		"region": "",
		"account": "111111111111",
		"resource": "role/a/b:c",
	}
}

test_parts_of_a_partly_known_text if {
	parsed := arn.parse(test.partly("arn:aws:kms:eu-west-1:", ":key/1"))
	parsed.account == {"$unknown": "variable x has no value"}
	parsed.resource == "key/1"
}

test_no_arn if {
	every text in ["", "a", "arn:aws:iam::111111111111", "urn:aws:iam::111111111111:role/a", test.unknown, 5] {
		not arn.parse(text)
	}
}

test_no_arn_with_unknown_parts if not arn.parse(test.partly("ami-", ""))

test_type_and_name if {
	arn.type("arn:aws:iam::111111111111:role/a/b") == "role"
	arn.name("arn:aws:iam::111111111111:role/a/b") == "a/b"
	not arn.name("arn:aws:iam::111111111111:root")
}

test_kms_resources if {
	arn.is_kms_key(test.key_arn)
	arn.is_kms_key(test.partly("arn:aws:kms:us-east-1:", ":key/1"))
	not arn.is_kms_key("arn:aws:kms:us-east-1:111111111111:alias/a")
	arn.is_kms_alias("arn:aws:kms:us-east-1:111111111111:alias/a")
	not arn.is_kms_alias("arn:aws:s3:us-east-1:111111111111:alias/a")
	not arn.is_kms_alias(test.unknown)
	not arn.is_kms_key(test.partly("arn:aws:kms:us-east-1:111111111111:", ""))
}

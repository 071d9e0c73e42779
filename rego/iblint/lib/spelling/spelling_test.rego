package iblint.lib.spelling_test

import data.iblint.lib.spelling

_name := "EC2ImageBuilderDistributionCrossAccountRole"

test_near_texts if {
	every text in [
		_name,
		"EC2ImageBuilderDistributionCrossAccountrole",
		"EC2ImageBuilderDistributionCrossAccountRol",
		"xEC2ImageBuilderDistributionCrossAccountRole",
		"EC2ImagebuilderDistributioncrossAccountrole",
		"EC2-ImageBuilder-Distribution-CrossAccountRole",
		"EC2ImageBuilderDistribuionCrosAccoutRole",
		"EC2ImageBuilderDistributionCrossAccountRole123",
		"2ImageBuilderDistributionCrossAccountRole",
	] {
		spelling.is_near(text, _name)
		spelling.is_near(_name, text)
	}
}

test_far_texts if {
	every text in [
		"",
		"deploy",
		"EC2ImageBuilderDistributionCrossAccountRole1234",
		"ec2ImagebuilderDistributioncrossAccountrole",
		"ImageBuilderDistributionCrossAccountRol",
		"CrossAccountRoleEC2ImageBuilderDistribution",
	] {
		not spelling.is_near(text, _name)
		not spelling.is_near(_name, text)
	}
}

test_short_texts if {
	spelling.is_near("", "abc")
	spelling.is_near("abc", "")
	spelling.is_near("", "")
	not spelling.is_near("", "abcd")
	spelling.is_near("abc", "xyz")
	not spelling.is_near("abcd", "wxyz")
}

package iblint.lib.distribution_test

import data.iblint.lib.distribution

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
		distribution.is_near(text, _name)
		distribution.is_near(_name, text)
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
		not distribution.is_near(text, _name)
		not distribution.is_near(_name, text)
	}
}

test_short_texts if {
	distribution.is_near("", "abc")
	distribution.is_near("abc", "")
	distribution.is_near("", "")
	not distribution.is_near("", "abcd")
	distribution.is_near("abc", "xyz")
	not distribution.is_near("abcd", "wxyz")
}

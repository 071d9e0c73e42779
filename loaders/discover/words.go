package discover

import "bytes"

// Words says what a text mentions. What mentions nothing of this cannot hold
// anything that a rule reads.
type Words uint8

// The groups of words.
const (
	// ImageBuilder is any name of Image Builder: only such a root can have
	// something to judge.
	ImageBuilder Words = 1 << iota
	// Partner is a key, a role, a setting or an account that a judgement about
	// an Image Builder root may need.
	Partner
)

func wordsOf(content []byte) Words {
	var words Words
	if containsAny(content, imageBuilderWords()) {
		words |= ImageBuilder
	}
	if containsAny(content, partnerWords()) {
		words |= Partner
	}
	return words
}

func containsAny(content []byte, words []string) bool {
	for _, word := range words {
		if bytes.Contains(content, []byte(word)) {
			return true
		}
	}
	return false
}

// imageBuilderWords are the ways in which people capitalize the name. Types and
// the names of AWS's roles and policies are among them.
func imageBuilderWords() []string {
	return []string{"imagebuilder", "ImageBuilder", "imageBuilder", "Imagebuilder", "IMAGEBUILDER", "image_builder"}
}

// partnerWords are spelled as both dialects spell them.
func partnerWords() []string {
	return []string{
		"kms", "KMS", "aws_ebs_", "aws_ami", "aws_account_region", "autoscaling", "AutoScaling", "StackSet", "stack_set",
		"stack_instances", "allowed_account_ids", "assume_role", "EC2ImageBuilder", "iam_role", "IAM::Role",
		"ec2_allowed_images", "organizations_policy", "Organizations::Policy", "Fn::ImportValue", "!ImportValue", "Export",
	}
}

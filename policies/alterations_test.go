package policies_test

import (
	"regexp"
	"strings"
)

// alteration is another text in the place of one of a golden example.
type alteration struct{ how, text string }

// replacement is an alteration of each text that holds the old one.
type replacement struct{ how, old, text string }

// otherTexts are the alterations of texts, by what they hold.
func otherTexts() []replacement {
	return []replacement{
		{"another account", "111111111111", "333333333333"},
		{"another account", "222222222222", "333333333333"},
		{"another account", "${AWS::AccountId}", "333333333333"},
		{"another account", "${SourceAccountId}", "333333333333"},
		{"another account", "${TargetAccountId}", "333333333333"},
		{"another Region", "us-east-1", "us-west-2"},
		{"another Region", "eu-west-1", "us-west-2"},
		{"another Region", "${AWS::Region}", "us-west-2"},
		{"another partition", "arn:aws:", "arn:aws-cn:"},
		{"another partition", "${AWS::Partition}", "aws-cn"},
		{"one role", ":root", ":role/other"},
		{"another policy", "Ec2ImageBuilderCrossAccountDistributionAccess", "EC2InstanceProfileForImageBuilder"},
		{"another action", "kms:*", "kms:Describe*"},
	}
}

// otherNames are what a reference can point to instead.
func otherNames() []replacement {
	return []replacement{
		{"the other key", "aws_kms_key.ami.", "aws_kms_replica_key.ami_euw1."},
		{"the other key", "aws_kms_replica_key.ami_euw1.", "aws_kms_key.ami."},
		{"its ID", "aws_kms_key.ami.arn", "aws_kms_key.ami.key_id"},
		{"its ID", "aws_kms_replica_key.ami_euw1.arn", "aws_kms_replica_key.ami_euw1.key_id"},
		{"another document", "aws_iam_policy_document.key", "aws_iam_policy_document.trust"},
		{"another document", "aws_iam_policy_document.trust", "aws_iam_policy_document.key"},
		{"another role", "aws_iam_role.dist.name", `"other"`},
		{"its ID", "!GetAtt RecipeKey.Arn", "!Ref RecipeKey"},
		{"its ID", "!GetAtt TargetKey.Arn", "!Ref TargetKey"},
		{"the other key", "!GetAtt RecipeKey.Arn", "!Ref TargetKeyArn"},
		{"the other key", "!GetAtt TargetKey.Arn", "!Ref RecipeKeyArn"},
		{"the other key", "!Ref TargetKeyArn", "!GetAtt RecipeKey.Arn"},
		{"the other key", "!Ref RecipeKeyArn", "!GetAtt TargetKey.Arn"},
		{"another account", "!Ref TargetAccountId", "333333333333"},
		{"another Region", "!Ref AWS::Region", "us-west-2"},
	}
}

var actionName = regexp.MustCompile(`^"?(kms|sts|ec2):[A-Za-z]+\*?"?$`)

// alterations are the alterations of a written text or truth value.
func alterations(text string) []alteration {
	switch bare := strings.Trim(text, `"`); {
	case bare == "true":
		return []alteration{{"false", strings.Replace(text, "true", "false", 1)}}
	case bare == "*":
		return []alteration{{"another resource", strings.Replace(text, "*", otherKey, 1)}}
	case actionName.MatchString(text):
		return []alteration{{"misspelled", strings.Replace(text, bare, strings.TrimSuffix(bare, "*")+"x", 1)}}
	}
	found := replaced(otherTexts(), text)
	if len(found) == 0 && text != "null" {
		bare := strings.Trim(text, `"`)
		found = []alteration{{"other", strings.Replace(text, bare, bare+"x", 1)}}
	}
	return found
}

const otherKey = "arn:aws:kms:us-east-1:111111111111:key/0d1f2a3b-4c5d-6e7f-8091-a2b3c4d5e6f7"

// otherReferences are the alterations of a written reference.
func otherReferences(text string) []alteration { return replaced(otherNames(), text) }

func replaced(table []replacement, text string) []alteration {
	var found []alteration
	for _, other := range table {
		if strings.Contains(text, other.old) {
			found = append(found, alteration{other.how, strings.ReplaceAll(text, other.old, other.text)})
		}
	}
	return found
}

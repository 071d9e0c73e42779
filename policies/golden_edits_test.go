package policies_test

import "strings"

// replaceAccount names another account in a piece of the example.
func replaceAccount(text, account string) string {
	return strings.Replace(text, "111111111111", account, 1)
}

// replaceRoot puts a principal in the place of the source account's root.
func replaceRoot(text, principal string) string {
	return strings.Replace(text, "arn:aws:iam::111111111111:root", principal, 1)
}

// replaceRoot2 puts a principal in the place of the target account's root.
func replaceRoot2(text, principal string) string {
	return strings.Replace(text, "arn:aws:iam::222222222222:root", principal, 1)
}

// conditioned adds a condition to a statement that no call of EC2 meets.
func conditioned(statement string) string {
	condition := `    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["imagebuilder.us-east-1.amazonaws.com"]
    }
  }
`
	return strings.TrimSuffix(statement, "  }\n") + condition
}

# METADATA
# title: IAM and KMS decisions
# description: |
#   Evaluates policy documents as AWS does, with three answers: "yes", "no" and
#   "unknown". The answers and their shapes are described in rego/README.md.
package iblint.lib.iam

# METADATA
# description: Whether all of the answers are "yes".
all_of(answers) := "no" if {
	"no" in answers
} else := "unknown" if {
	"unknown" in answers
} else := "yes"

# METADATA
# description: Whether any of the answers is "yes".
any_of(answers) := "yes" if {
	"yes" in answers
} else := "unknown" if {
	"unknown" in answers
} else := "no"

# METADATA
# description: The opposite answer.
negation(answer) := {"yes": "no", "no": "yes", "unknown": "unknown"}[answer]

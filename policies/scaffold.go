package policies

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// ScaffoldFile is one file of a new rule.
type ScaffoldFile struct {
	Name    string
	Content string
}

// Scaffold makes the files of a new rule of a user's own: a folder with the
// rule and its test, both of which work as they are. The name may be written
// with hyphens or underscores.
func Scaffold(name, id string) ([]ScaffoldFile, error) {
	slug := strings.ReplaceAll(strings.ToLower(name), "-", "_")
	if !slugForm.MatchString(slug) || strings.HasSuffix(slug, "_test") {
		return nil, fmt.Errorf("%q is no name of a rule; write lower-case words, such as key-without-owner", name)
	}
	id = cmp.Or(id, "CUSTOM001")
	if !customID.MatchString(id) || strings.HasPrefix(strings.ToUpper(id), "IBL") {
		return nil, fmt.Errorf("%q is no rule ID; write letters and a number, such as ACME001", id)
	}
	replace := strings.NewReplacer("SLUG", slug, "NAME", hyphens(slug), "ID", id)
	return []ScaffoldFile{
		{slug + "/" + slug + ".rego", replace.Replace(scaffoldRule)},
		{slug + "/" + slug + "_test.rego", replace.Replace(scaffoldTest)},
	}, nil
}

// WriteScaffold writes the files below a folder. It overwrites nothing.
func WriteScaffold(folder string, files []ScaffoldFile) error {
	for _, file := range files {
		if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(file.Name))); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s exists already", filepath.Join(folder, file.Name))
		}
	}
	for _, file := range files {
		target := filepath.Join(folder, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
			return err
		}
		if err := os.WriteFile(target, []byte(file.Content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// FreeID is the first ID of a prefix that no rule of the catalogue has.
func (c Catalog) FreeID(prefix string) string {
	for n := 1; ; n++ {
		id := fmt.Sprintf("%s%03d", prefix, n)
		if !slices.ContainsFunc(c, func(r Rule) bool { return r.is(id) }) {
			return id
		}
	}
}

const scaffoldRule = `# METADATA
# title: KMS key that does not encrypt
# description: |
#   Say what goes wrong and why. This rule, as it was made, finds keys whose
#   key_usage is not ENCRYPT_DECRYPT.
# related_resources:
#   - description: Where it is written
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/overview.html
# custom:
#   id: ID
#   name: NAME
#   severity: warning
#   category: custom
#   remediation: Say what to write instead.
package custom.rules.SLUG

import data.iblint.lib.value

deny contains finding if {
	some id in input.by_kind.kms_key
	key := input.resources[id]
	usage := key.properties.key_usage
	value.is_known(usage)
	usage != "ENCRYPT_DECRYPT"

	finding := {
		"message": sprintf("%s has the usage %s", [key.address, usage]),
		"resource": id,
		"property": "key_usage",
	}
}

unknown contains finding if {
	some id in input.by_kind.kms_key
	key := input.resources[id]
	value.has_unknown(key.properties, "key_usage")

	finding := {
		"message": sprintf("the usage of %s is not known", [key.address]),
		"resource": id,
		"property": "key_usage",
		"reason": value.reason(key.properties.key_usage),
		"settle": value.settle(key.properties.key_usage),
	}
}
`

const scaffoldTest = `package custom.rules.SLUG_test

import data.custom.rules.SLUG as rule

test_other_usage_is_denied if {
	found := rule.deny with input as _key({"key_usage": "SIGN_VERIFY"})

	found == {{
		"message": "aws_kms_key.example has the usage SIGN_VERIFY",
		"resource": "infra#aws_kms_key.example",
		"property": "key_usage",
	}}
}

test_usual_usage_is_accepted if {
	found := rule.deny with input as _key({"key_usage": "ENCRYPT_DECRYPT"})

	found == set()
}

test_unknown_usage_stays_silent if {
	denied := rule.deny with input as _key({"key_usage": {"$unknown": "variable usage has no value"}})
	unknown := rule.unknown with input as _key({"key_usage": {"$unknown": "variable usage has no value"}})

	denied == set()
	count(unknown) == 1
}

_key(properties) := {
	"by_kind": {"kms_key": ["infra#aws_kms_key.example"]},
	"resources": {"infra#aws_kms_key.example": {
		"id": "infra#aws_kms_key.example",
		"address": "aws_kms_key.example",
		"kind": "kms_key",
		"properties": properties,
	}},
}
`

package facts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

const (
	keyARN    = "arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	roleARN   = "arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole"
	statement = `{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"kms:*","Resource":"*"}]}`
)

// load reads a configuration with facts beside it: files by name. Paths in what
// it returns are relative to the folder.
func load(t *testing.T, configuration string, files map[string]string) (*graph.Graph, []string) {
	t.Helper()
	dir := t.TempDir()
	files[facts.FileName] = configuration
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, facts.FileName)
	config, diags := facts.Parse(file, []byte(configuration))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	reader, err := source.New([]string{dir}, 0)
	if err != nil {
		t.Fatal(err)
	}
	g, diags := config.Resources(reader)
	var messages []string
	for _, d := range diags {
		messages = append(messages, strings.ReplaceAll(d.Error(), filepath.ToSlash(dir)+"/", ""))
	}
	for _, r := range g.Resources {
		r.ID = strings.ReplaceAll(r.ID, filepath.ToSlash(dir)+"/", "")
		r.Root = strings.ReplaceAll(r.Root, filepath.ToSlash(dir)+"/", "")
		if r.Location.Filename == "" {
			t.Errorf("%s has no place", r.ID)
		}
	}
	return g, messages
}

// describe prints a resource with what is known of it.
func describe(t *testing.T, r *graph.Resource) string {
	t.Helper()
	b, err := json.Marshal(graph.PropertiesValue(r.Properties))
	if err != nil {
		t.Fatal(err)
	}
	words := []string{string(r.Kind)}
	for _, v := range []graph.Value{r.Account, r.Region} {
		if s, ok := v.AsString(); ok {
			words = append(words, s)
		}
	}
	return strings.Join(append(words, string(b)), " ")
}

type factCase struct {
	name  string
	file  string
	fact  string
	want  []string
	error string
}

func ec2Facts() []factCase {
	return []factCase{
		{
			name: "describe-images", file: "facts/eu-west-1/images.json",
			fact: `{"Images": [{"ImageId": "ami-1", "OwnerId": "111111111111", "Public": false, "RootDeviceName": "/dev/xvda",
				"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": true, "SnapshotId": "snap-1"}}, {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}]}]}`,
			want: []string{`ami 111111111111 eu-west-1 {"block_devices":[{"device_name":"/dev/xvda","encrypted":true,"snapshot":"snap-1"},{"device_name":"/dev/sdb","virtual_name":"ephemeral0"}],"owner":"111111111111","public":false,"root_device":"/dev/xvda"}`},
		},
		{
			name: "describe-snapshots", file: "facts/snapshots.json",
			fact: `{"Snapshots": [{"SnapshotId": "snap-1", "OwnerId": "111111111111", "Encrypted": true, "KmsKeyId": "` + keyARN + `"}]}`,
			want: []string{`ebs_snapshot 111111111111 eu-west-1 {"encrypted":true,"kms_key":"` + keyARN + `","owner":"111111111111"}`},
		},
		{
			name: "get-ebs-encryption-by-default", file: "facts/111111111111/eu-west-1/default.json", fact: `{"EbsEncryptionByDefault": true, "SseType": "sse-kms"}`,
			want: []string{`ebs_encryption_by_default 111111111111 eu-west-1 {"enabled":true}`},
		},
		{
			name: "account and Region in the file name", file: "facts/111111111111.eu-west-1.get-ebs-encryption-by-default.json", fact: `{"EbsEncryptionByDefault": false}`,
			want: []string{`ebs_encryption_by_default 111111111111 eu-west-1 {"enabled":false}`},
		},
		{
			name: "account by its name", file: "facts/build/eu-west-1.json", fact: `{"EbsEncryptionByDefault": false}`,
			want: []string{`ebs_encryption_by_default 111111111111 eu-west-1 {"enabled":false}`},
		},
		{
			name: "account and Region in the JSON", file: "facts/x.json", fact: `{"AccountId": "111111111111", "Region": "eu-west-1", "EbsEncryptionByDefault": false}`,
			want: []string{`ebs_encryption_by_default 111111111111 eu-west-1 {"enabled":false}`},
		},
		{
			name: "nowhere", file: "facts/x.json", fact: `{"EbsEncryptionByDefault": false}`,
			error: "facts/x.json:1,1-34: Fact without its place; facts/x.json does not say which account and Region it holds in. Put that in its path, such as facts/111122223333.eu-west-1.get-ebs-encryption-by-default.json",
		},
		{
			name: "get-ebs-default-kms-key-id", file: "facts/111111111111.eu-west-1.json", fact: `{"KmsKeyId": "alias/aws/ebs"}`,
			want: []string{`ebs_default_kms_key 111111111111 eu-west-1 {"key":"alias/aws/ebs"}`},
		},
		{
			name: "get-ebs-default-kms-key-id with an ARN", file: "facts/x.json", fact: `{"KmsKeyId": "` + keyARN + `"}`,
			want: []string{`ebs_default_kms_key 222222222222 eu-west-1 {"key":"` + keyARN + `"}`},
		},
		{
			name: "list-regions", file: "facts/111111111111.json",
			fact: `{"Regions": [{"RegionName": "af-south-1", "RegionOptStatus": "DISABLED"}, {"RegionName": "eu-west-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"}, {"RegionName": "me-south-1", "RegionOptStatus": "ENABLING"}]}`,
			want: []string{
				`account_region 111111111111 af-south-1 {"account_id":"111111111111","enabled":false,"region_name":"af-south-1"}`,
				`account_region 111111111111 eu-west-1 {"account_id":"111111111111","enabled":true,"region_name":"eu-west-1"}`,
			},
		},
		{
			name: "describe-regions", file: "facts/111111111111.json",
			fact: `{"Regions": [{"Endpoint": "e", "RegionName": "af-south-1", "OptInStatus": "not-opted-in"}, {"RegionName": "ap-east-1", "OptInStatus": "opted-in"}]}`,
			want: []string{
				`account_region 111111111111 af-south-1 {"account_id":"111111111111","enabled":false,"region_name":"af-south-1"}`,
				`account_region 111111111111 ap-east-1 {"account_id":"111111111111","enabled":true,"region_name":"ap-east-1"}`,
			},
		},
		{name: "one page of several", file: "facts/222222222222/r.list-role-policies.json", fact: `{"PolicyNames": ["a"], "IsTruncated": true, "Marker": "x"}`, error: "facts/222222222222/r.list-role-policies.json:1,1-59: Part of a fact; facts/222222222222/r.list-role-policies.json has only a part of what the command prints"},
		{name: "some of all items", file: "facts/a.json", fact: `{"Aliases": [], "NextToken": "e30="}`, error: "facts/a.json:1,1-37: Part of a fact; facts/a.json has only a part of what the command prints"},
		{name: "other output", file: "facts/x.json", fact: `{"Buckets": []}`, error: "facts/x.json:1,1-16: Unknown fact; facts/x.json is not the output of an AWS CLI command that iblint reads."},
		{name: "no JSON", file: "facts/x.json", fact: `{"Images": [`, error: "Invalid JSON; facts/x.json is not valid JSON: the text ends before the JSON value does."},
		{name: "two values", file: "facts/x.json", fact: `{} {}`, error: "Invalid JSON; facts/x.json is not valid JSON: text follows the JSON value."},
		{name: "too deep", file: "facts/x.json", fact: strings.Repeat("[", 200), error: "the JSON is nested too deeply"},
		{name: "no fact", file: "facts/README.md", fact: "text"},
	}
}

const onlyStatement = `"statements":[{"actions":["kms:*"],"effect":"Allow","resources":["*"],"sid":"a"}],"version":"2012-10-17"`

func kmsFacts() []factCase {
	quoted, _ := json.Marshal(statement)
	const key = `kms_key 222222222222 eu-west-1 {"key_material":"(not shown)","policy":{` + onlyStatement + `}}`
	return []factCase{
		{
			name: "describe-key", file: "facts/key.json",
			fact: `{"KeyMetadata": {"Arn": "` + keyARN + `", "KeyManager": "AWS", "Enabled": true, "KeyState": "Enabled", "KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS", "MultiRegion": false}}`,
			want: []string{`kms_key 222222222222 eu-west-1 {"enabled":true,"key_material":"(not shown)","key_spec":"SYMMETRIC_DEFAULT","key_usage":"ENCRYPT_DECRYPT","manager":"AWS","multi_region":false,"origin":"AWS_KMS","policy":{"$unknown":"the policy of key ` + keyARN + ` is not given"},"state":"Enabled"}`},
		},
		{
			name: "get-key-policy", file: "facts/222222222222.eu-west-1.1234abcd-12ab-34cd-56ef-1234567890ab.get-key-policy.json",
			fact: `{"PolicyName": "default", "Policy": ` + string(quoted) + `}`, want: []string{key},
		},
		{
			name: "get-key-policy as text", file: "facts/222222222222/eu-west-1/1234abcd-12ab-34cd-56ef-1234567890ab.txt",
			fact: statement, want: []string{key},
		},
		{
			name: "get-key-policy as a string", file: "facts/222222222222/eu-west-1/1234abcd-12ab-34cd-56ef-1234567890ab.json",
			fact: string(quoted), want: []string{key},
		},
		{
			name: "get-key-policy with the key in the JSON", file: "facts/x.json",
			fact: `{"KeyId": "` + keyARN + `", "Policy": ` + string(quoted) + `}`, want: []string{key},
		},
		{
			name: "get-key-policy of which key", file: "facts/x.json", fact: `{"Policy": ` + string(quoted) + `}`,
			error: "facts/x.json does not say which key it is the policy of.",
		},
		{
			name: "get-key-policy of a key somewhere", file: "facts/1234abcd-12ab-34cd-56ef-1234567890ab.json", fact: `{"Policy": ` + string(quoted) + `}`,
			error: "does not say which account and Region key 1234abcd-12ab-34cd-56ef-1234567890ab is in.",
		},
		{
			name: "no policy", file: "facts/222222222222.eu-west-1.1234abcd-12ab-34cd-56ef-1234567890ab.json", fact: `{"Policy": "{}"}`,
			error: "Invalid policy; The policy in facts/222222222222.eu-west-1.1234abcd-12ab-34cd-56ef-1234567890ab.json is no policy document: the policy document has no Statement.",
		},
		{
			name: "list-aliases", file: "facts/aliases.json",
			fact: `{"Aliases": [
				{"AliasName": "alias/aws/ebs", "AliasArn": "arn:aws:kms:eu-west-1:222222222222:alias/aws/ebs", "TargetKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"},
				{"AliasName": "alias/aws/s3", "AliasArn": "arn:aws:kms:eu-west-1:222222222222:alias/aws/s3"}]}`,
			want: []string{
				`kms_alias 222222222222 eu-west-1 {"name":"alias/aws/ebs","target_key":"` + keyARN + `"}`,
				`kms_key 222222222222 eu-west-1 {"key_material":"(not shown)","manager":"AWS","policy":{"$unknown":"the policy of key ` + keyARN + ` is not given"}}`,
			},
		},
		{
			name: "list-grants", file: "facts/grants.json",
			fact: `{"Grants": [{"KeyId": "` + keyARN + `", "GrantId": "g", "GranteePrincipal": "arn:aws:iam::333333333333:role/r", "IssuingAccount": "arn:aws:iam::333333333333:root", "Operations": ["Decrypt"], "Constraints": {"EncryptionContextSubset": {"a": "b"}}}]}`,
			want: []string{`kms_grant 333333333333 eu-west-1 {"constraints":[{"encryption_context_subset":{"a":"b"}}],"grantee_principal":"arn:aws:iam::333333333333:role/r","key":"` + keyARN + `","operations":["Decrypt"]}`},
		},
	}
}

func iamFacts() []factCase {
	rest := `"exclusive_attachments":false,"exclusive_inline":false`
	return []factCase{
		{
			name: "get-role", file: "facts/role.json",
			fact: `{"Role": {"Path": "/", "RoleName": "EC2ImageBuilderDistributionCrossAccountRole", "Arn": "` + roleARN + `", "AssumeRolePolicyDocument": ` + statement + `, "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::222222222222:policy/b"}}}`,
			want: []string{`iam_role 222222222222 {"assume_role_policy":{` + onlyStatement + `},` + rest + `,"inline_policies":[],"inline_policies_unknown":{"$unknown":"the list of inline policies of role ` + roleARN + ` is not given"},"managed_policy_arns":{"$unknown":"the list of attached policies of role ` + roleARN + ` is not given"},"name":"EC2ImageBuilderDistributionCrossAccountRole","path":"/","permissions_boundary":"arn:aws:iam::222222222222:policy/b"}`},
		},
		{
			name: "list-attached-role-policies", file: "facts/222222222222.EC2ImageBuilderDistributionCrossAccountRole.list-attached-role-policies.json",
			fact: `{"AttachedPolicies": [{"PolicyName": "b", "PolicyArn": "arn:aws:iam::222222222222:policy/b"}]}`,
			want: []string{`iam_role 222222222222 {"assume_role_policy":{"$unknown":"the trust policy of role ` + roleARN + ` is not given"},` + rest + `,"inline_policies":[],"inline_policies_unknown":{"$unknown":"the list of inline policies of role ` + roleARN + ` is not given"},"managed_policy_arns":["arn:aws:iam::222222222222:policy/b"],"name":"EC2ImageBuilderDistributionCrossAccountRole","path":"/"}`},
		},
		{
			name: "get-role-policy", file: "facts/222222222222.json",
			fact: `{"RoleName": "EC2ImageBuilderDistributionCrossAccountRole", "PolicyName": "kms", "PolicyDocument": ` + statement + `}`,
			want: []string{`iam_role 222222222222 {"assume_role_policy":{"$unknown":"the trust policy of role ` + roleARN + ` is not given"},` + rest + `,"inline_policies":[{"name":"kms","policy":{` + onlyStatement + `}}],"managed_policy_arns":{"$unknown":"the list of attached policies of role ` + roleARN + ` is not given"},"name":"EC2ImageBuilderDistributionCrossAccountRole","path":"/"}`},
		},
		{
			name: "a role of which account", file: "facts/r.json", fact: `{"AttachedPolicies": []}`,
			error: "facts/r.json does not say which role of which account it is about. Put that in its path, such as facts/111122223333.ROLE.list-attached-role-policies.json",
		},
		{
			name: "get-workflow", file: "facts/w.json",
			fact: `{"requestId": "1", "workflow": {"arn": "arn:aws:imagebuilder:eu-west-1:111111111111:workflow/distribution/own/1.0.0/1", "name": "own", "version": "1.0.0", "type": "DISTRIBUTION", "data": "steps: []"}}`,
			want: []string{`workflow 111111111111 eu-west-1 {"data":"steps: []","name":"own","type":"DISTRIBUTION","version":"1.0.0"}`},
		},
		{
			name: "get-workflow without ARN", file: "facts/w.json", fact: `{"workflow": {"name": "own"}}`,
			error: "The workflow in facts/w.json has no arn.",
		},
		{
			name: "get-policy-version of AWS", file: "facts/ReadOnlyAccess.get-policy-version.json",
			fact: `{"PolicyVersion": {"Document": ` + statement + `, "VersionId": "v1"}}`,
			want: []string{`iam_policy {"name":"ReadOnlyAccess","path":"/","policy":{` + onlyStatement + `}}`},
		},
		{
			name: "get-policy-version of a customer", file: "facts/222222222222.kms.json",
			fact: `{"PolicyVersion": {"Document": ` + statement + `, "VersionId": "v1"}}`,
			want: []string{`iam_policy 222222222222 {"name":"kms","path":"/","policy":{` + onlyStatement + `}}`},
		},
		{
			name: "get-policy-version with the ARN in the JSON", file: "facts/x.json",
			fact: `{"PolicyArn": "arn:aws:iam::222222222222:policy/team/kms", "PolicyVersion": {"Document": ` + statement + `}}`,
			want: []string{`iam_policy 222222222222 {"name":"kms","path":"/team/","policy":{` + onlyStatement + `}}`},
		},
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	for _, c := range append(append(ec2Facts(), kmsFacts()...), iamFacts()...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, messages := load(t, "accounts: {\"111111111111\": {name: build}}\nfacts: [facts/]\n", map[string]string{c.file: c.fact})
			got := make([]string, 0, len(g.Resources))
			for _, r := range g.Resources {
				got = append(got, describe(t, r))
			}
			if diff := cmp.Diff(append([]string{}, c.want...), got); diff != "" {
				t.Error(diff)
			}
			if message := strings.Join(messages, "\n"); !strings.Contains(message, c.error) || (message == "") != (c.error == "") {
				t.Errorf("got %q, want %q", message, c.error)
			}
		})
	}
}

// TestFactsOfOneThingMeet: several files, and the configuration, speak of one
// key and one role.
func TestFactsOfOneThingMeet(t *testing.T) {
	t.Parallel()
	g, messages := load(t, "facts: facts\nkeys: {\""+keyARN+"\": {state: Enabled}}\nimages: {ami-1: {owner: \"111111111111\"}}\n", map[string]string{
		"facts/a.json": `{"KeyMetadata": {"Arn": "` + keyARN + `", "KeyManager": "CUSTOMER", "KeyState": "Disabled"}}`,
		"facts/1234abcd-12ab-34cd-56ef-1234567890ab.get-key-policy.json": `{"Policy": ` + string(must(json.Marshal(statement))) + `}`,
		"facts/image.json":                         `{"Images": [{"ImageId": "ami-1", "OwnerId": "333333333333", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": []}]}`,
		"facts/role.json":                          `{"Role": {"RoleName": "r", "Arn": "arn:aws:iam::222222222222:role/team/r", "AssumeRolePolicyDocument": ` + statement + `}}`,
		"facts/r.list-attached-role-policies.json": `{"AttachedPolicies": []}`,
		"facts/r.list-role-policies.json":          `{"PolicyNames": ["kms"]}`,
		"facts/r.kms.get-role-policy.json":         `{"RoleName": "r", "PolicyName": "kms", "PolicyDocument": ` + statement + `}`,
	})
	if len(messages) > 0 {
		t.Fatal(messages)
	}
	var got []string
	for _, r := range g.Resources {
		got = append(got, r.ID+" "+describe(t, r))
	}
	want := []string{
		`.iblint.yaml#images.ami-1 ami 111111111111 {"block_devices":[],"owner":"111111111111","root_device":"/dev/xvda"}`,
		".iblint.yaml#keys." + keyARN + ` kms_key 222222222222 eu-west-1 {"enabled":true,"key_material":"(not shown)","manager":"CUSTOMER","policy":{` + onlyStatement + `},"state":"Enabled"}`,
		`facts/role.json#arn:aws:iam::222222222222:role/team/r iam_role 222222222222 {"assume_role_policy":{` + onlyStatement + `},"exclusive_attachments":false,"exclusive_inline":false,"inline_policies":[{"name":"kms","policy":{` + onlyStatement + `}}],"managed_policy_arns":[],"name":"r","path":"/team/"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func TestConfiguredResources(t *testing.T) {
	t.Parallel()
	g, messages := load(t, whole, map[string]string{
		"policies/key.json":   `{"Policy": ` + string(must(json.Marshal(statement))) + `}`,
		"policies/trust.json": statement,
		"policies/kms.json":   `{"PolicyVersion": {"Document": ` + statement + `}}`,
		"facts/.hidden.json":  "no JSON",
	})
	if len(messages) > 0 {
		t.Fatal(messages)
	}
	var got []string
	for _, r := range g.Resources {
		got = append(got, describe(t, r))
	}
	want := []string{
		`ebs_default_kms_key 111111111111 eu-west-1 {"key":"alias/aws/ebs"}`,
		`ebs_encryption_by_default 111111111111 eu-west-1 {"enabled":true}`,
		`ami 111111111111 {"block_devices":[{"device_name":"/dev/xvda","encrypted":true,"kms_key":"alias/aws/ebs"}],"owner":"111111111111","public":false,"root_device":"/dev/xvda"}`,
		`kms_key 222222222222 eu-west-1 {"enabled":false,"key_material":"(not shown)","key_spec":"SYMMETRIC_DEFAULT","key_usage":"ENCRYPT_DECRYPT","manager":"CUSTOMER","policy":{` + onlyStatement + `},"state":"Disabled"}`,
		`iam_role 333333333333 {"assume_role_policy":{` + onlyStatement + `},"exclusive_attachments":false,"exclusive_inline":false,"inline_policies":[{"name":"kms","policy":{` + onlyStatement + `}}],"managed_policy_arns":["arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"],"name":"EC2ImageBuilderDistributionCrossAccountRole","path":"/x/","permissions_boundary":"arn:aws:iam::333333333333:policy/b"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnreadablePolicies(t *testing.T) {
	t.Parallel()
	_, messages := load(t, `
keys:
  "`+keyARN+`": {policy: missing.json}
  "arn:aws:kms:eu-west-1:222222222222:key/2": {policy: ../outside.json}
roles:
  "`+roleARN+`": {trust: broken.json, policies: [list.json]}
facts: [none/]
`, map[string]string{"broken.json": `{"Statement": [}`, "list.json": `[]`})
	want := []string{
		".iblint.yaml:3,91-103: Unreadable policy; The policy file missing.json cannot be read: no such file.",
		".iblint.yaml:4,56-71: Unreadable policy;",
		"broken.json:1,16-16: Invalid JSON; broken.json is not valid JSON",
		"list.json:1,1-3: Invalid policy; list.json is no policy document: a policy document is a JSON object.",
		".iblint.yaml:7,9-14: Unreadable facts; none cannot be read: no such file.",
	}
	if len(messages) != len(want) {
		t.Fatalf("%q", messages)
	}
	for i := range want {
		if !strings.HasPrefix(messages[i], want[i]) {
			t.Errorf("got %s, want %s", messages[i], want[i])
		}
	}
}

// TestPlacesInFacts: what a fact says has its place in the file.
func TestPlacesInFacts(t *testing.T) {
	t.Parallel()
	g, _ := load(t, "facts: [a.json]\n", map[string]string{"a.json": "{\n  \"Images\": [\n    {\"ImageId\": \"ami-1\",\n     \"Name\": \"é\", \"RootDeviceName\": \"/dev/xvda\"}]}\n"})
	v, _ := graph.Lookup(graph.PropertiesValue(g.Resources[0].Properties), "root_device")
	r := v.Range()
	if got := []int{r.Start.Line, r.Start.Column, r.End.Column}; !cmp.Equal(got, []int{4, 37, 48}) {
		t.Errorf("the root device is at %v", got)
	}
}

// TestPowerShell: there output that is redirected is UTF-16.
func TestPowerShell(t *testing.T) {
	t.Parallel()
	content := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(`{"EbsEncryptionByDefault": true}`)) {
		content = append(content, byte(unit), byte(unit>>8))
	}
	g, messages := load(t, "facts: facts\n", map[string]string{"facts/111111111111.eu-west-1.json": string(content)})
	if len(messages) > 0 || len(g.Resources) != 1 {
		t.Errorf("%d resources, %q", len(g.Resources), messages)
	}
}

func TestFactFile(t *testing.T) {
	t.Parallel()
	var none *facts.Config
	if got := none.FactFile("1", "", "a/b", "get-role") + none.FactHint(); got != "facts/1.a_b.get-role.json (with facts: [facts/] in .iblint.yaml)" {
		t.Error(got)
	}
	config, _ := facts.Parse("conf/.iblint.yaml", []byte("facts: [one.json, known/]\n"))
	if got := config.FactFile("1", "r", "n", "get-role") + config.FactHint(); got != "conf/known/1.r.n.get-role.json" {
		t.Error(got)
	}
}

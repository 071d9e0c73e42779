package terraformplan_test

import (
	"testing"

	"github.com/iblint/iblint/loaders/terraformplan"
)

// TestPolicyDocumentsReadDuringApply gives a role policy the document of a data
// source that is not read yet.
func TestPolicyDocumentsReadDuringApply(t *testing.T) {
	t.Parallel()
	arn := references("aws_kms_key.k.arn", "aws_kms_key.k")
	for name, test := range map[string]struct{ values, unknown, written, want string }{
		"whole": {
			`{"version":"2008-10-17","policy_id":"p","statement":[{"sid":"s","effect":"Deny","actions":["kms:*"],"resources":["arn:x/&{aws:username}",null],"not_actions":null,
			"principals":[{"type":"AWS","identifiers":["a","b"]},{"type":"Service","identifiers":["c"]}],"not_principals":[],
			"condition":[{"test":"StringEquals","variable":"k","values":["v"]},{"test":"StringEquals","variable":"l","values":["w"]}]}]}`,
			`{"json":true,"statement":[{"resources":[false,true]}]}`,
			`"statement":[{"resources":` + arn + `}]`,
			`{"Id":"p","Statement":[{"Action":["kms:*"],"Condition":{"StringEquals":{"k":["v"],"l":["w"]}},"Effect":"Deny","Principal":{"AWS":["a","b"],"Service":["c"]},"Resource":["arn:x/${aws:username}","` + arnOf("k") + `"],"Sid":"s"}],"Version":"2008-10-17"}`,
		},
		"everyone": {
			`{"statement":[{"actions":["a"],"resources":[null],"principals":[{"type":"*","identifiers":["*"]}]}]}`,
			`{"json":true,"statement":[{"resources":[true]}]}`, `"statement":[{"resources":` + arn + `}]`,
			`{"Statement":[{"Action":["a"],"Effect":"Allow","Principal":"*","Resource":["` + arnOf("k") + `"]}],"Version":"2012-10-17"}`,
		},
		"others": {
			`{"source_policy_documents":["{\"Statement\":{\"Sid\":\"a\",\"Effect\":\"Allow\"}}",""],"override_policy_documents":["{\"Statement\":[{\"Sid\":\"b\",\"Effect\":\"Deny\"}]}"],
			"statement":[{"sid":"a","resources":[null]},{"sid":"b","actions":["x"]}]}`,
			`{"json":true,"statement":[{"resources":[true]},{}]}`, `"statement":[{"sid":{"constant_value":"a"},"resources":` + arn + `},{"sid":{"constant_value":"b"}}]`,
			`{"Statement":[{"Effect":"Allow","Resource":["` + arnOf("k") + `"],"Sid":"a"},{"Effect":"Deny","Sid":"b"}],"Version":"2012-10-17"}`,
		},
		"unknown document":   {`{"statement":[]}`, `{"json":true,"source_policy_documents":[true]}`, `"source_policy_documents":` + references("local.x"), ""},
		"malformed document": {`{"source_policy_documents":["{"]}`, `{"json":true}`, "", ""},
		"unknown statements": {`{}`, `{"json":true,"statement":true}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := planOf{
				argument: "policy", written: references("data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"),
				resources: `,{"address":"data.aws_iam_policy_document.d","mode":"data","type":"aws_iam_policy_document","name":"d","values":` + test.values + `}`,
				changes:   `,{"address":"data.aws_iam_policy_document.d","change":{"actions":["read"],"after_unknown":` + test.unknown + `}}`,
				config:    `,{"address":"data.aws_iam_policy_document.d","mode":"data","type":"aws_iam_policy_document","name":"d","provider_config_key":"aws","expressions":{` + test.written + `}}`,
			}
			g := mustLoad(t, p.String(), terraformplan.Options{})
			got, known := resource(t, g, "test.this").Attributes.Field("policy").AsString()
			if got != test.want || known != (test.want != "") {
				t.Errorf("policy = %s\nwant     %s", got, test.want)
			}
		})
	}
}

package iam_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/iam"
)

func unknown(id string) *graph.Unknown { return &graph.Unknown{ID: id, Reason: id + " is not known"} }

func text(parts ...any) graph.Value {
	out := make([]graph.Part, 0, len(parts))
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			out = append(out, graph.Part{Literal: p})
		case *graph.Unknown:
			out = append(out, graph.Part{Unknown: p})
		}
	}
	return graph.Text(out...)
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		document graph.Value
		want     string
	}{
		"scalars become lists": {
			graph.String(`{"Version":"2012-10-17","Statement":{"Sid":"a","Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"kms:*","Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":true}}}}`),
			`{"statements":[{"actions":["kms:*"],"conditions":[{"key":"kms:GrantIsForAWSResource","operator":"Bool","values":["true"]}],"effect":"Allow","principals":[{"identifier":"111111111111","type":"AWS"}],"resources":["*"],"sid":"a"}],"version":"2012-10-17"}`,
		},
		"star principal": {
			graph.String(`{"Statement":[{"Effect":"Deny","NotPrincipal":"*","NotAction":["a","b"],"NotResource":["x"]}]}`),
			`{"statements":[{"effect":"Deny","not_actions":["a","b"],"not_principals":[{"identifier":"*","type":"*"}],"not_resources":["x"]}]}`,
		},
		"unknown leaf in a string": {
			text(`{"Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:us-east-1:`, unknown("account"), `:key/x"}]}`),
			`{"statements":[{"actions":["kms:Decrypt"],"effect":"Allow","resources":[{"$parts":["arn:aws:kms:us-east-1:",{"$unknown":"account is not known"},":key/x"],"$unknown":"account is not known"}]}]}`,
		},
		"unknown value": {
			text(`{"Statement":[{"Effect":"Allow","Action":`, unknown("actions"), `,"Resource":"*"},`, unknown("more"), `]}`),
			`{"incomplete":{"$unknown":"more is not known"},"statements":[{"actions":{"$unknown":"actions is not known"},"effect":"Allow","resources":["*"]}]}`,
		},
		"escapes around an unknown": {
			text(`{"Statement":[{"Sid":"a\"b\\`, unknown("x"), `","Effect":"Allow"}]}`),
			`{"statements":[{"effect":"Allow","sid":{"$parts":["a\"b\\",{"$unknown":"x is not known"}],"$unknown":"x is not known"}}]}`,
		},
		"unknown statements":       {graph.Map(graph.Field{Name: "Statement", Value: graph.UnknownValue(unknown("s"))}), `{"incomplete":{"$unknown":"s is not known"},"statements":[]}`},
		"unknown principals":       {text(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":`, unknown("p"), `}}]}`), `{"statements":[{"effect":"Allow","principals":[{"identifier":{"$unknown":"p is not known"},"type":"AWS"}]}]}`},
		"wholly unknown":           {graph.UnknownValue(unknown("policy")), `{"$unknown":"policy is not known"}`},
		"unknown breaks the JSON":  {text(`{"Statement":[`, unknown("x"), `{}]}`), `{"$unknown":"x is not known"}`},
		"not JSON":                 {graph.String(`{"Statement":`), `{"invalid":"the policy document is not valid JSON: the text ends before the JSON value does"}`},
		"no statement":             {graph.String(`{"Version":"2012-10-17"}`), `{"invalid":"the policy document has no Statement"}`},
		"a list":                   {graph.String(`[]`), `{"invalid":"a policy document is a JSON object"}`},
		"text after the document":  {graph.String(`{"Statement":[]} x`), `{"invalid":"the policy document is not valid JSON: text follows the JSON value"}`},
		"absent":                   {graph.Absent(), `null`},
		"empty string is absent":   {graph.String(""), `null`},
		"condition is not known":   {text(`{"Statement":[{"Effect":"Allow","Condition":`, unknown("c"), `}]}`), `{"statements":[{"effect":"Allow","undecided":{"$unknown":"c is not known"}}]}`},
		"nulls in lists disappear": {graph.String(`{"Statement":[{"Effect":"Allow","Action":["a",null,["b"]]}]}`), `{"statements":[{"actions":["a","b"],"effect":"Allow"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(iam.Parse(test.document).Value())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"Statement":[{"Effect":"Allow","Action":"`, `","Resource":"*"}]}`)
	f.Add(`{"Statement":`, `}`)
	f.Add(`{"Statement":[{"Principal":{"AWS":["a",`, `]}}]}`)
	f.Add(`{"a":"\`, `"}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		for _, v := range []graph.Value{graph.String(before + after), text(before, unknown("x"), after)} {
			if _, err := json.Marshal(iam.Parse(v).Value()); err != nil {
				t.Errorf("%q: %v", before+after, err)
			}
		}
	})
}

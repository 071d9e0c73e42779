package link

import (
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/graph"
)

// FuzzARN: an ARN that can be split is put together as it was, also when a part
// of it is not known.
func FuzzARN(f *testing.F) {
	for _, text := range []string{
		"arn:aws:kms:eu-west-1:111111111111:key/", "arn:aws:iam::111111111111:role/path/name", "alias/aws/ebs", "arn:::::", "arn:",
		"mrk-0123456789abcdef0123456789abcdef", "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux/x.x.x",
	} {
		f.Add(text, "1234abcd-12ab-34cd-56ef-1234567890ab")
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		whole := before + after
		if parts, ok := splitARN(whole); ok && parts.String() != whole {
			t.Errorf("%q becomes %q", whole, parts.String())
		}
		if _, ok := splitARN(whole); ok != (strings.HasPrefix(whole, "arn:") && strings.Count(whole, ":") >= 5) {
			t.Errorf("%q is an ARN: %v", whole, ok)
		}
		isKeyID(whole)
		unknown := graph.Part{Unknown: &graph.Unknown{ID: "u", Reason: "u is not known"}}
		v := graph.Text(graph.Part{Literal: before}, unknown, graph.Part{Literal: after})
		if pieces := splitPartly(v); pieces != nil && len(pieces) != 6 {
			t.Errorf("%q has %d pieces", before+"…"+after, len(pieces))
		}
		pieces := splitPartly(graph.String(whole))
		if parts, ok := splitARN(whole); ok != (pieces != nil) {
			t.Errorf("%q: splitARN says %v, splitPartly %v", whole, parts, pieces)
		}
	})
}

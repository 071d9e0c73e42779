package link

import (
	"regexp"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// arn holds the parts of an ARN; each may be a stand-in.
type arn struct {
	partition, service, region, account, resource string
}

func splitARN(s string) (arn, bool) {
	if !strings.HasPrefix(s, "arn:") {
		return arn{}, false
	}
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 {
		return arn{}, false
	}
	return arn{parts[1], parts[2], parts[3], parts[4], parts[5]}, true
}

func (a arn) String() string {
	return "arn:" + a.partition + ":" + a.service + ":" + a.region + ":" + a.account + ":" + a.resource
}

// kmsARN makes the ARN of a key or alias in a place.
func (p Place) kmsARN(resource string) string {
	return arn{p.Partition, "kms", p.Region, p.Account, resource}.String()
}

// partitions are the beginnings of Region names outside of "aws", the more
// specific first.
func partitions() []struct{ prefix, partition string } {
	return []struct{ prefix, partition string }{
		{"cn-", "aws-cn"},
		{"us-gov-", "aws-us-gov"},
		{"eusc-", "aws-eusc"},
		{"us-isob-", "aws-iso-b"},
		{"us-isof-", "aws-iso-f"},
		{"us-iso-", "aws-iso"},
		{"eu-isoe-", "aws-iso-e"},
	}
}

// partitionOf is the partition of a Region, "aws" for one that is not known.
func partitionOf(region string) string {
	for _, p := range partitions() {
		if strings.HasPrefix(region, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}

// isKeyID reports whether a text has the form of a key ID: a UUID, or "mrk-" with
// 32 hexadecimal digits for a multi-Region key.
func isKeyID(s string) bool {
	pattern := "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if rest, ok := strings.CutPrefix(s, "mrk-"); ok {
		s, pattern = rest, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	}
	if len(s) != len(pattern) {
		return false
	}
	for i := range len(s) {
		if pattern[i] == '-' && s[i] == '-' {
			continue
		}
		if pattern[i] == '-' || !strings.ContainsRune("0123456789abcdefABCDEF", rune(s[i])) {
			return false
		}
	}
	return true
}

var (
	amiPattern = regexp.MustCompile(`^ami-[0-9a-f]{8}([0-9a-f]{9})?$`)
	digits     = regexp.MustCompile(`^[0-9]{12}$`)
)

// sameAccount compares accounts: a stand-in is only certainly the same as
// itself.
func sameAccount(a, b string) answer {
	switch {
	case a == b && a != "":
		return yes
	case a == "" || b == "" || isStandIn(a) || isStandIn(b):
		return maybe
	}
	return no
}

// answer is a truth value that may not be known.
type answer uint8

const (
	maybe answer = iota
	yes
	no
)

// compatible reports whether two accounts or Regions may be the same.
func compatible(a, b string) bool { return sameAccount(a, b) != no }

// splitPartly splits a partly known string at its colons, taking it that no
// unknown part has one. It returns nil when the string is no ARN by its known
// parts.
func splitPartly(v graph.Value) []graph.Value {
	pieces := [][]graph.Part{nil}
	for _, p := range v.Parts() {
		if p.Unknown != nil {
			pieces[len(pieces)-1] = append(pieces[len(pieces)-1], p)
			continue
		}
		rest := p.Literal
		for len(pieces) < 6 {
			before, after, found := strings.Cut(rest, ":")
			if !found {
				break
			}
			pieces[len(pieces)-1] = append(pieces[len(pieces)-1], graph.Part{Literal: before})
			pieces = append(pieces, nil)
			rest = after
		}
		pieces[len(pieces)-1] = append(pieces[len(pieces)-1], graph.Part{Literal: rest})
	}
	if len(pieces) != 6 {
		return nil
	}
	out := make([]graph.Value, 6)
	for i, parts := range pieces {
		out[i] = graph.Text(parts...)
	}
	if s, ok := out[0].AsString(); !ok || s != "arn" {
		return nil
	}
	return out
}

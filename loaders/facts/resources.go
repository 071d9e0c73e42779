package facts

import (
	"fmt"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// Resources turns the keys, roles, images and account settings of the
// configuration, and the facts that it names, into resources of the dialect
// "configuration". What cannot be read is reported and left out.
func (c *Config) Resources(files *source.Files) (*graph.Graph, hcl.Diagnostics) {
	k := &collector{
		config: c, files: files,
		keys: map[string]*keyFacts{}, roles: map[string]*roleFacts{}, images: map[string]*imageFacts{},
		policyARNs: map[string]string{},
	}
	// The folder of the configuration may lie outside of what else may be read.
	// A folder that does not exist shows when a file in it is read.
	if err := files.Allow(c.File); err != nil {
		k.allowError = err
	}
	for _, key := range c.Keys {
		k.configuredKey(key)
	}
	for _, role := range c.Roles {
		k.configuredRole(role)
	}
	for _, image := range c.Images {
		k.configuredImage(image)
	}
	for _, account := range c.Accounts {
		k.accountSettings(account)
	}
	for _, entry := range c.Facts {
		k.factPath(entry)
	}
	k.finish()
	g := &graph.Graph{Resources: k.resources, Files: k.read}
	g.Sort()
	return g, k.diags
}

// collector gathers what several files say of one thing.
type collector struct {
	config     *Config
	files      *source.Files
	allowError error
	diags      hcl.Diagnostics
	resources  []*graph.Resource
	read       []string

	// keys and roles are by ARN, images by ID.
	keys   map[string]*keyFacts
	roles  map[string]*roleFacts
	images map[string]*imageFacts
	// policyARNs are ARNs of policies by name, from get-policy.
	policyARNs map[string]string
	// pending are facts whose subject other files may name.
	pending []func()
}

func (k *collector) errorf(rng hcl.Range, summary, format string, args ...any) {
	k.diags = append(k.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: &rng,
	})
}

// finish makes resources of what was gathered.
func (k *collector) finish() {
	for _, settle := range k.pending {
		settle()
	}
	for _, arn := range sortedNames(k.keys) {
		k.keys[arn].add(k)
	}
	for _, arn := range sortedNames(k.roles) {
		k.roles[arn].add(k)
	}
	for _, id := range sortedNames(k.images) {
		k.images[id].add(k)
	}
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// place is where a resource of the configuration comes from.
type place struct {
	file    string
	address string
	account string
	region  string
	rng     hcl.Range
}

// add makes a resource of the configuration.
func (k *collector) add(kind graph.Kind, at place, properties any, identity map[string]graph.Value) {
	k.resources = append(k.resources, &graph.Resource{
		ID: at.file + "#" + at.address, Address: at.address, Kind: kind, Dialect: graph.Configuration,
		Type: string(kind), Root: at.file, Account: known(at.account), Region: known(at.region),
		Attributes: graph.Map(), Properties: properties, Location: at.rng, Identity: identity,
	})
}

// known is a string, or absent for "".
func known(s string) graph.Value {
	if s == "" {
		return graph.Absent()
	}
	return graph.String(s)
}

// arn holds the parts of an ARN.
type arn struct {
	partition, service, region, account, resource string
}

func splitARN(s string) (arn, bool) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return arn{}, false
	}
	return arn{parts[1], parts[2], parts[3], parts[4], parts[5]}, true
}

func (a arn) String() string {
	return strings.Join([]string{"arn", a.partition, a.service, a.region, a.account, a.resource}, ":")
}

// partitionOf is the partition of a Region, "aws" when the Region is not known.
func partitionOf(region string) string {
	for _, p := range []struct{ prefix, partition string }{
		{"cn-", "aws-cn"},
		{"us-gov-", "aws-us-gov"},
		{"eusc-", "aws-eusc"},
		{"us-isob-", "aws-iso-b"},
		{"us-isof-", "aws-iso-f"},
		{"us-iso-", "aws-iso"},
		{"eu-isoe-", "aws-iso-e"},
	} {
		if strings.HasPrefix(region, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}

// accountSettings makes the EBS settings of an account resources.
func (k *collector) accountSettings(a Account) {
	at := func(setting, region string, v graph.Value) place {
		return place{
			file: k.config.File, address: "accounts." + a.ID + "." + setting + "." + region,
			account: a.ID, region: region, rng: v.Range(),
		}
	}
	for _, s := range a.EncryptionByDefault {
		k.add(graph.KindEBSEncryptionByDefault, at("ebs_encryption_by_default", s.Region, s.Value),
			&graph.EBSEncryptionByDefault{Enabled: s.Value}, nil)
	}
	for _, s := range a.DefaultKMSKey {
		k.add(graph.KindEBSDefaultKMSKey, at("ebs_default_kms_key", s.Region, s.Value),
			&graph.EBSDefaultKMSKey{Key: keyReference(s.Value)}, nil)
	}
}

// keyReference turns "aws-managed" into the alias of the key that AWS manages.
func keyReference(v graph.Value) graph.Value {
	if text(v) == AWSManaged {
		return graph.String("alias/aws/ebs").WithRange(v.Range())
	}
	return v
}

func accountNumber(v graph.Value) string {
	if s := text(v); accountPattern.MatchString(s) {
		return s
	}
	return ""
}

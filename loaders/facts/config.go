// Package facts reads what no template says: the configuration .iblint.yaml
// and the JSON that the AWS CLI prints. Both become resources of the graph.
package facts

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// FileName is the name of the configuration file.
const FileName = ".iblint.yaml"

// AWSManaged is how the configuration names the key that AWS manages
// (alias/aws/ebs) where a key ARN could stand.
const AWSManaged = "aws-managed"

// Config is a configuration file. Every value knows where it was written, so
// that a report can point at it. Paths in it are relative to the folder of the
// file; the methods that answer with a path answer relative to the working
// directory.
type Config struct {
	// File is the path of the configuration, relative to the working directory.
	File string
	// OrganizationID is a string, or absent.
	OrganizationID graph.Value
	Accounts       []Account
	// VarFiles are strings: paths as written.
	VarFiles []graph.Value
	// Parameters are in the order of the file.
	Parameters []Parameter
	Bindings   []Binding
	Keys       []Key
	Roles      []Role
	Images     []Image
	// Facts are strings: paths of files and folders as written.
	Facts []graph.Value
	Rules []RuleLevel
	// FailOn is error, warning, unknown or never; absent when not written.
	FailOn graph.Value
}

// Account is one entry of "accounts".
type Account struct {
	ID    string
	Range hcl.Range
	// Name is a string, or absent.
	Name graph.Value
	// Roots are glob patterns, Providers are provider addresses of a root.
	Roots     []graph.Value
	Providers []graph.Value
	// Region is the default Region of the roots, or absent.
	Region graph.Value
	// EnabledRegions are the opt-in Regions that the account has enabled. The
	// list is complete when RegionsGiven is true.
	EnabledRegions []graph.Value
	RegionsGiven   bool
	// EncryptionByDefault holds truth values, DefaultKMSKey strings (a key ARN
	// or "aws-managed"), by Region.
	EncryptionByDefault []RegionSetting
	DefaultKMSKey       []RegionSetting
	// Complete is a truth value, or absent.
	Complete graph.Value
	// LaunchesWith names what launches the images: "autoscaling".
	LaunchesWith []graph.Value
	// OrganizationalUnits are the IDs of the root and of the organizational
	// units that the account is in, the inner and the outer ones. The list is
	// complete when UnitsGiven is true.
	OrganizationalUnits []graph.Value
	UnitsGiven          bool
}

// RegionSetting is a setting of one Region.
type RegionSetting struct {
	Region string
	Value  graph.Value
}

// Parameter is a value for the parameters of that name in all templates: a
// string, or a list of strings.
type Parameter struct {
	Name  string
	Value graph.Value
}

// Key is one entry of "keys": a key that no template creates.
type Key struct {
	// ARN is the ARN of a key or of an alias.
	ARN   string
	Range hcl.Range
	// Manager is "customer" or "aws", or absent.
	Manager graph.Value
	// Policy is the path of a policy document as written, or absent.
	Policy graph.Value
	// State is AWS's KeyState, KeySpec and KeyUsage are AWS's; all may be absent.
	State    graph.Value
	KeySpec  graph.Value
	KeyUsage graph.Value
}

// Role is one entry of "roles": a role that no template creates.
type Role struct {
	ARN   string
	Range hcl.Range
	// Trust is the path of the trust policy, or absent.
	Trust graph.Value
	// Policies are paths of inline policies.
	Policies []graph.Value
	// ManagedPolicies are ARNs.
	ManagedPolicies []graph.Value
	// PoliciesGiven is true when policies or managed_policies is written: then
	// both lists are complete.
	PoliciesGiven bool
	// Boundary is the ARN of the permissions boundary, or absent.
	Boundary graph.Value
}

// Image is one entry of "images": a parent image that no template creates.
type Image struct {
	// ID is an AMI ID, another text of parent_image, or the ID of a data source
	// ("infra#data.aws_ami.base").
	ID         string
	Range      hcl.Range
	Owner      graph.Value
	Public     graph.Value
	RootDevice graph.Value
	Devices    []ImageDevice
	// DevicesGiven is true when devices is written: then the list is complete.
	DevicesGiven bool
}

// ImageDevice is one device of an image.
type ImageDevice struct {
	Name      graph.Value
	Encrypted graph.Value
	// KMSKey is a key ARN or "aws-managed", or absent.
	KMSKey graph.Value
	Range  hcl.Range
}

// RuleLevel is one entry of "rules".
type RuleLevel struct {
	// Rule is an ID or a name.
	Rule  string
	Range hcl.Range
	// Level is off, error, warning or info.
	Level string
}

// FailOnText returns the value of fail_on, "" when it is not written.
func (c *Config) FailOnText() string { return text(c.FailOn) }

// OrganizationText returns the organization ID, "" when it is not written.
func (c *Config) OrganizationText() string { return text(c.OrganizationID) }

// Levels returns the entries of "rules" by rule.
func (c *Config) Levels() map[string]string {
	levels := make(map[string]string, len(c.Rules))
	for _, rule := range c.Rules {
		levels[rule.Rule] = rule.Level
	}
	return levels
}

// text returns a known string, "" for anything else.
func text(v graph.Value) string {
	s, _ := v.AsString()
	return s
}

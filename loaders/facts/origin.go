package facts

import (
	"path"
	"regexp"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// origin is what the path of a fact, and members added to it by hand, say of
// it: most commands print neither account nor Region.
type origin struct {
	file    string
	account string
	region  string
	// name is what remains of the file name: a key ID, a role, a policy.
	name string
	// command is the AWS CLI command in the file name, or "".
	command string
}

// commands are the AWS CLI commands whose output is recognized; their names
// may stand in file names.
func commands() []string {
	return []string{
		"describe-images", "describe-snapshots", "describe-key", "get-key-policy", "list-aliases", "list-grants",
		"get-role", "list-attached-role-policies", "list-role-policies", "get-role-policy",
		"get-policy", "get-policy-version", "get-ebs-encryption-by-default", "get-ebs-default-kms-key-id",
		"list-regions", "describe-regions", "get-workflow",
	}
}

// originOf reads a path: folders and the dot-separated pieces of the file name
// may be an account number (or the name that the configuration gives the
// account), a Region and a command.
func (c *Config) originOf(file string) origin {
	o := origin{file: file}
	folder, base := path.Split(file)
	for step := range strings.SplitSeq(folder, "/") {
		o.place(c, step)
	}
	base = strings.TrimSuffix(base, path.Ext(base))
	var rest []string
	for piece := range strings.SplitSeq(base, ".") {
		switch {
		case contains(commands(), piece):
			o.command = piece
		case o.place(c, piece):
		default:
			rest = append(rest, piece)
		}
	}
	o.name = strings.Join(rest, ".")
	return o
}

// place takes a step of a path that is an account or a Region.
func (o *origin) place(c *Config, step string) bool {
	switch {
	case accountPattern.MatchString(step):
		o.account = step
		return true
	case regionPattern.MatchString(step):
		o.region = step
		return true
	}
	for _, a := range c.Accounts {
		if step != "" && text(a.Name) == step {
			o.account = a.ID
			return true
		}
	}
	return false
}

// told takes the members that a user may have added to the output.
func (o *origin) told(v graph.Value) {
	for _, member := range []string{"AccountId", "Account"} {
		if s := text(v.Field(member)); accountPattern.MatchString(s) {
			o.account = s
		}
	}
	if s := text(v.Field("Region")); regionPattern.MatchString(s) {
		o.region = s
	}
}

// from takes account and Region of an ARN where the origin lacks them.
func (o *origin) from(a arn) {
	if o.account == "" {
		o.account = a.account
	}
	if o.region == "" {
		o.region = a.region
	}
}

var keyIDPattern = regexp.MustCompile(`^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$`)

// keyID is the key ID that stands in the name of a file, or "".
func (o *origin) keyID() string {
	if keyIDPattern.MatchString(strings.ToLower(o.name)) {
		return strings.ToLower(o.name)
	}
	return ""
}

// FactFile is where the output of an AWS CLI command is to be put, so that
// iblint finds it and knows what it is about: below the first folder of
// "facts", with account, Region and subject in the file name. It may be called
// on nil.
func (c *Config) FactFile(account, region, name, command string) string {
	folder := "facts"
	if c != nil {
		folder = c.Path("facts")
		for _, entry := range c.Facts {
			if !isFactFile(text(entry)) {
				folder = c.Path(text(entry))
				break
			}
		}
	}
	var pieces []string
	for _, piece := range []string{account, region, strings.ReplaceAll(name, "/", "_"), command, "json"} {
		if piece != "" {
			pieces = append(pieces, piece)
		}
	}
	return path.Join(folder, strings.Join(pieces, "."))
}

// FactHint is the configuration line that lets the facts be read, to be added
// to a command; it is empty when the configuration has one. It may be called
// on nil.
func (c *Config) FactHint() string {
	if c != nil {
		for _, entry := range c.Facts {
			if !isFactFile(text(entry)) {
				return ""
			}
		}
	}
	return " (with facts: [facts/] in " + FileName + ")"
}

func isFactFile(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".txt":
		return true
	}
	return false
}

func (k *collector) factFile(account, region, name, command string) string {
	return k.config.FactFile(account, region, name, command) + k.config.FactHint()
}

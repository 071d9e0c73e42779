package facts

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/iam"
)

// maxFactDepth bounds how deep the folders of facts are searched.
const maxFactDepth = 20

// factPath reads a file, or every .json and .txt file of a folder.
func (k *collector) factPath(entry graph.Value) {
	name := k.config.Path(text(entry))
	if isFactFile(name) {
		k.factText(name, entry.Range())
		return
	}
	info, err := k.files.Stat(name)
	if err != nil {
		k.errorf(entry.Range(), "Unreadable facts", "%s cannot be read: %s.", name, k.why(err))
		return
	}
	if info.IsDir() {
		k.factFolder(name, entry.Range(), 0)
		return
	}
	k.factText(name, entry.Range())
}

func (k *collector) factFolder(folder string, rng hcl.Range, depth int) {
	entries, err := k.files.ReadDir(folder)
	if err != nil || depth > maxFactDepth {
		reason := "it is nested too deeply"
		if err != nil {
			reason = k.why(err)
		}
		k.errorf(rng, "Unreadable facts", "%s cannot be read: %s.", folder, reason)
		return
	}
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			k.factFolder(name, rng, depth+1)
		case isFactFile(e.Name()):
			k.factText(name, rng)
		}
	}
}

func (k *collector) factText(name string, rng hcl.Range) {
	content, err := k.files.Read(name)
	if err != nil {
		k.errorf(rng, "Unreadable facts", "%s cannot be read: %s.", name, k.why(err))
		return
	}
	k.read = append(k.read, name)
	content = decodeText(content)
	v, diag := decodeJSON(name, content)
	if diag != nil {
		k.diags = append(k.diags, diag)
		return
	}
	o := k.config.originOf(name)
	if s, ok := v.AsString(); ok && v.Kind() == graph.KindString {
		// --query Policy without --output text prints the document as a string.
		inner, diag := decodeJSON(name, []byte(s))
		if diag != nil {
			k.unrecognized(name, v)
			return
		}
		v = inner
	}
	o.told(v)
	k.fact(o, v)
}

func (k *collector) unrecognized(name string, v graph.Value) {
	k.errorf(v.Range(), "Unknown fact",
		"%s is not the output of an AWS CLI command that iblint reads. It reads %s.", name, strings.Join(commands(), ", "))
}

// fact recognizes the output of a command by its members.
func (k *collector) fact(o origin, v graph.Value) {
	handlers := []struct {
		member string
		kind   graph.ValueKind
		take   func(origin, graph.Value)
		// whole: what is not listed does not exist.
		whole bool
	}{
		{"Images", graph.KindList, k.describeImages, false},
		{"Snapshots", graph.KindList, k.snapshots, false},
		{"KeyMetadata", graph.KindMap, k.keyMetadata, false},
		{"Aliases", graph.KindList, k.aliases, true},
		{"Grants", graph.KindList, k.grants, true},
		{"Role", graph.KindMap, k.role, false},
		{"AttachedPolicies", graph.KindList, k.attachedPolicies, true},
		{"PolicyNames", graph.KindList, k.policyNames, true},
		{"PolicyDocument", graph.KindMap, k.rolePolicy, false},
		{"PolicyDocument", graph.KindString, k.rolePolicy, false},
		{"PolicyVersion", graph.KindMap, k.policyVersion, false},
		{"EbsEncryptionByDefault", graph.KindBool, k.encryptionByDefault, false},
		{"Regions", graph.KindList, k.regions, true},
		{"Policy", graph.KindMap, k.policyMetadata, false},
		{"Policy", graph.KindString, k.keyPolicy, false},
		{"Statement", graph.KindList, k.bareDocument, false},
		{"Statement", graph.KindMap, k.bareDocument, false},
		{"KmsKeyId", graph.KindString, k.defaultKey, false},
		{"workflow", graph.KindMap, k.workflow, false},
	}
	for _, h := range handlers {
		if v.Field(h.member).Kind() == h.kind {
			if h.whole && partOf(v) {
				k.errorf(v.Range(), "Part of a fact",
					"%s has only a part of what the command prints, so that what is missing in it may still be there. Run the command without --max-items and --no-paginate.", o.file)
				return
			}
			h.take(o, v)
			return
		}
	}
	k.unrecognized(o.file, v)
}

// partOf reports whether the AWS CLI was kept from printing all pages: then it
// prints where to go on (NextToken; Marker and NextMarker as the services call
// it) or, for IAM and KMS, that it was cut.
func partOf(v graph.Value) bool {
	for _, more := range []string{"NextToken", "NextMarker", "Marker"} {
		if token, _ := v.Field(more).AsString(); token != "" {
			return true
		}
	}
	for _, cut := range []string{"Truncated", "IsTruncated"} {
		if truncated, _ := v.Field(cut).AsBool(); truncated {
			return true
		}
	}
	return false
}

// lacksPlace reports that a fact does not say where it holds.
func (k *collector) lacksPlace(o origin, v graph.Value, what, example string) {
	k.errorf(v.Range(), "Fact without its place",
		"%s does not say %s. Put that in its path, such as %s, or add it to the JSON.", o.file, what,
		path.Join(path.Dir(o.file), example))
}

func (k *collector) encryptionByDefault(o origin, v graph.Value) {
	if o.account == "" || o.region == "" {
		k.lacksPlace(o, v, "which account and Region it holds in", "111122223333.eu-west-1.get-ebs-encryption-by-default.json")
		return
	}
	enabled := v.Field("EbsEncryptionByDefault")
	k.add(graph.KindEBSEncryptionByDefault,
		place{o.file, "ebs_encryption_by_default", o.account, o.region, v.Range()},
		&graph.EBSEncryptionByDefault{Enabled: enabled}, nil)
}

func (k *collector) defaultKey(o origin, v graph.Value) {
	key := v.Field("KmsKeyId")
	if a, ok := splitARN(text(key)); ok {
		o.from(a)
	}
	if o.account == "" || o.region == "" {
		k.lacksPlace(o, v, "which account and Region it holds in", "111122223333.eu-west-1.get-ebs-default-kms-key-id.json")
		return
	}
	k.add(graph.KindEBSDefaultKMSKey, place{o.file, "ebs_default_kms_key", o.account, o.region, v.Range()},
		&graph.EBSDefaultKMSKey{Key: key}, nil)
}

// regions reads both account list-regions and ec2 describe-regions.
func (k *collector) regions(o origin, v graph.Value) {
	if o.account == "" {
		k.lacksPlace(o, v, "which account it holds in", "111122223333.list-regions.json")
		return
	}
	for _, item := range v.Field("Regions").Items() {
		status := text(item.Field("RegionOptStatus")) + text(item.Field("OptInStatus"))
		var enabled bool
		switch status {
		case "ENABLED", "ENABLED_BY_DEFAULT", "opted-in", "opt-in-not-required":
			enabled = true
		case "DISABLED", "DISABLING", "not-opted-in":
		default:
			continue
		}
		name := item.Field("RegionName")
		k.add(graph.KindAccountRegion, place{o.file, "regions." + text(name), o.account, text(name), item.Range()},
			&graph.AccountRegion{
				RegionName: name, Enabled: graph.Bool(enabled).WithRange(item.Range()), AccountID: graph.String(o.account),
			}, nil)
	}
}

func (k *collector) snapshots(o origin, v graph.Value) {
	for _, item := range v.Field("Snapshots").Items() {
		id := item.Field("SnapshotId")
		key := item.Field("KmsKeyId")
		if a, ok := splitARN(text(key)); ok && o.region == "" {
			o.region = a.region
		}
		k.add(graph.KindEBSSnapshot, place{o.file, text(id), accountNumber(item.Field("OwnerId")), o.region, item.Range()},
			&graph.EBSSnapshot{
				Encrypted: item.Field("Encrypted"), KMSKey: key, Owner: item.Field("OwnerId"), Source: graph.Absent(),
			}, map[string]graph.Value{"id": id})
	}
}

// bareDocument takes a policy document alone: of a key when the file is named
// after one, else a managed policy.
func (k *collector) bareDocument(o origin, v graph.Value) {
	if o.keyID() != "" || o.command == "get-key-policy" {
		k.keyPolicy(o, v)
		return
	}
	k.managedPolicy(o, v, v)
}

// document normalizes a policy document of a fact and reports one that is none.
func (k *collector) document(o origin, v graph.Value) *graph.Document {
	d := iam.Parse(v)
	if d == nil || d.Invalid != "" {
		reason := "it is empty"
		if d != nil {
			reason = d.Invalid
		}
		k.errorf(v.Range(), "Invalid policy", "The policy in %s is no policy document: %s.", o.file, reason)
		return nil
	}
	return d
}

func rangePointer(v graph.Value) *hcl.Range {
	rng := v.Range()
	return &rng
}

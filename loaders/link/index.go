package link

import (
	"slices"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// index finds resources and data sources by what references to them evaluate
// to.
type index struct {
	l *linker
	// identities are by the text of any identifying attribute (see identityKey).
	identities map[string][]*graph.Resource
	// named are resources of Image Builder by type and name.
	named map[string][]*graph.Resource
	// roles and policies are by account and name, aliases by account, Region
	// and name, policies also by name alone.
	roles    map[string][]*graph.Resource
	policies map[string][]*graph.Resource
	aliases  map[string][]*graph.Resource
	// described are aliases and images of Image Builder of the configuration and
	// of facts, by the resource part of their ARN.
	described map[string][]*graph.Resource
	// other are launch templates and parameters by kind, account, Region and
	// name.
	other map[string][]*graph.Resource
}

func newIndex(l *linker) *index {
	x := &index{
		l: l, identities: map[string][]*graph.Resource{}, named: map[string][]*graph.Resource{},
		roles: map[string][]*graph.Resource{}, policies: map[string][]*graph.Resource{},
		aliases: map[string][]*graph.Resource{}, other: map[string][]*graph.Resource{},
		described: map[string][]*graph.Resource{},
	}
	for _, r := range sorted(l.g.Resources) {
		if r.Kind == "" {
			continue
		}
		x.identity(r)
		x.byName(r)
	}
	for _, r := range sorted(l.g.Data) {
		x.identity(r)
	}
	return x
}

// arnOf is the ARN of a resource among what identifies it: dialects call the
// attribute differently.
func arnOf(r *graph.Resource) graph.Value {
	for _, name := range []string{"arn", "Arn", "PolicyArn", "ref", "id"} {
		if v, ok := r.Identity[name]; ok && strings.HasPrefix(firstLiteral(v), "arn:") {
			return v
		}
	}
	return graph.Absent()
}

func (x *index) identity(r *graph.Resource) {
	seen := map[string]bool{}
	for _, v := range r.Identity {
		if key := x.l.names.key(v); key != "" && !seen[key] {
			seen[key] = true
			key = identityKey(key, x.l.places[r.ID])
			x.identities[key] = append(x.identities[key], r)
		}
	}
}

func (x *index) byName(r *graph.Resource) {
	at := x.l.places[r.ID]
	switch p := r.Properties.(type) {
	case *graph.IAMRole:
		if name, ok := x.l.names.text(p.Name); ok {
			x.roles[at.Account+"|"+name] = append(x.roles[at.Account+"|"+name], r)
			x.alsoAs(r, arn{at.Partition, "iam", "", at.Account, "role" + x.pathOf(p.Path) + name}.String())
		}
	case *graph.IAMPolicy:
		if name, ok := x.l.names.text(p.Name); ok {
			x.policies[at.Account+"|"+name] = append(x.policies[at.Account+"|"+name], r)
			if at.Account != "" {
				x.alsoAs(r, arn{at.Partition, "iam", "", at.Account, "policy" + x.pathOf(p.Path) + name}.String())
			}
		}
	case *graph.KMSAlias:
		if name, ok := x.l.names.text(p.Name); ok {
			key := at.Account + "|" + at.Region + "|" + name
			x.aliases[key] = append(x.aliases[key], r)
			x.alsoAs(r, at.kmsARN(name))
			if r.Dialect == graph.Configuration {
				x.described[name] = append(x.described[name], r)
			}
		}
	case *graph.AMI:
		id, _ := x.l.names.text(r.Identity["id"])
		if a, ok := splitARN(id); ok && a.service == "imagebuilder" {
			x.described[a.resource] = append(x.described[a.resource], r)
		}
	case *graph.LaunchTemplate:
		x.otherNamed(r, p.Name)
	case *graph.SSMParameter:
		x.otherNamed(r, p.Name)
	default:
		x.byImageBuilderName(r)
	}
}

func (x *index) otherNamed(r *graph.Resource, v graph.Value) {
	if name, ok := x.l.names.text(v); ok {
		at := x.l.places[r.ID]
		key := otherKey(r.Kind, at, name)
		x.other[key] = append(x.other[key], r)
	}
}

func otherKey(kind graph.Kind, at Place, name string) string {
	return string(kind) + "|" + at.Account + "|" + at.Region + "|" + name
}

func (x *index) byImageBuilderName(r *graph.Resource) {
	switch p := r.Properties.(type) {
	case *graph.ImageRecipe:
		x.imageBuilder(r, "image-recipe", p.Name)
	case *graph.ContainerRecipe:
		x.imageBuilder(r, "container-recipe", p.Name)
	case *graph.DistributionConfiguration:
		x.imageBuilder(r, "distribution-configuration", p.Name)
	case *graph.InfrastructureConfiguration:
		x.imageBuilder(r, "infrastructure-configuration", p.Name)
	case *graph.Workflow:
		x.imageBuilder(r, "workflow", p.Name)
	case *graph.ImagePipeline:
		if r.Kind == graph.KindImagePipeline {
			x.imageBuilder(r, "image-pipeline", p.Name)
		}
	}
}

func (x *index) pathOf(v graph.Value) string {
	path, ok := x.l.names.text(v)
	if !ok || path == "" {
		return "/"
	}
	return path
}

// alsoAs indexes a resource by an ARN that follows from its name.
func (x *index) alsoAs(r *graph.Resource, text string) {
	if slices.Contains(x.identities[text], r) {
		return
	}
	x.identities[text] = append(x.identities[text], r)
}

func (x *index) imageBuilder(r *graph.Resource, resourceType string, name graph.Value) {
	if text, ok := x.l.names.text(name); ok {
		key := resourceType + "/" + arnName(text)
		x.named[key] = append(x.named[key], r)
	}
}

// arnName is a name as Image Builder writes it in an ARN: in lower case. Which
// separator it puts for spaces and underscores does not matter here.
func arnName(name string) string {
	return strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(name))
}

// find returns the resource, of one of the kinds, that a text identifies for
// something in a place. Of several it takes the one that is nearest: of the
// same root, then account and Region, then account. A text that several
// accounts may use, such as a name, counts only in the account itself.
func (x *index) find(text string, from *graph.Resource, at Place, kinds ...graph.Kind) *graph.Resource {
	var best *graph.Resource
	score := -1
	for _, r := range x.identities[identityKey(text, at)] {
		if !isKind(r, kinds) {
			continue
		}
		s := x.nearness(r, from, at)
		if s > score || s == score && x.l.weight(r) > x.l.weight(best) {
			best, score = r, s
		}
	}
	return best
}

// identityKey is what a text is indexed by: a name counts in its account only.
func identityKey(text string, at Place) string {
	if isGlobal(text) {
		return text
	}
	return at.Account + "|" + text
}

func (x *index) nearness(r, from *graph.Resource, at Place) int {
	p := x.l.places[r.ID]
	score := 0
	if p.Account == at.Account {
		score += 2
		if p.Region == at.Region {
			score += 2
		}
		if from != nil && r.Root == from.Root {
			score++
		}
	}
	return score
}

// describedAs is what the configuration or a fact says of an ARN whose account
// or Region comes from a value that is not known, when it says it of one thing.
func (x *index) describedAs(a arn) *graph.Resource {
	if a.service == "kms" && !x.l.names.loose[a.account] && !x.l.names.loose[a.region] {
		return nil // a root means one account, and the configuration says which
	}
	var found *graph.Resource
	for _, r := range x.described[a.resource] {
		at := x.l.places[r.ID]
		if of, ok := x.l.names.text(r.Identity["id"]); ok {
			if own, isARN := splitARN(of); isARN {
				at = Place{own.account, own.region, own.partition}
			}
		}
		if !compatible(at.Account, a.account) || !compatible(at.Region, a.region) {
			continue
		}
		if found != nil {
			return nil
		}
		found = r
	}
	return found
}

// isGlobal reports whether a text means one thing in all accounts: an ARN, the
// ID of a key, an image, a snapshot.
func isGlobal(text string) bool {
	if strings.HasPrefix(text, "arn:") || strings.Contains(text, "\x00") || isKeyID(text) {
		return true
	}
	for _, prefix := range []string{"ami-", "snap-", "lt-", "p-"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	// What a configuration calls an image is a text of its own.
	return strings.HasPrefix(text, "ssm:") || strings.HasPrefix(text, "prod-") || strings.Contains(text, "#")
}

func isKind(r *graph.Resource, kinds []graph.Kind) bool {
	kind := r.Kind
	if kind == "" {
		kind = dataKind(r.Type)
	}
	return slices.Contains(kinds, kind)
}

// dataKind is the kind of what a data source looks up.
func dataKind(resourceType string) graph.Kind {
	switch resourceType {
	case "aws_kms_key", "aws_kms_alias", "aws_ebs_default_kms_key", "aws_kms_public_key":
		return graph.KindKMSKey
	case "aws_iam_role":
		return graph.KindIAMRole
	case "aws_iam_policy":
		return graph.KindIAMPolicy
	case "aws_ami":
		return graph.KindAMI
	case "aws_ebs_snapshot":
		return graph.KindEBSSnapshot
	case "aws_ssm_parameter":
		return graph.KindSSMParameter
	case "aws_launch_template":
		return graph.KindLaunchTemplate
	case "aws_imagebuilder_image":
		return graph.KindImage
	case "aws_imagebuilder_image_recipe":
		return graph.KindImageRecipe
	case "aws_imagebuilder_container_recipe":
		return graph.KindContainerRecipe
	case "aws_imagebuilder_distribution_configuration":
		return graph.KindDistributionConfiguration
	case "aws_imagebuilder_infrastructure_configuration":
		return graph.KindInfrastructure
	case "aws_imagebuilder_image_pipeline":
		return graph.KindImagePipeline
	}
	return ""
}

// imageBuilder finds the resource that a literal ARN of Image Builder names.
func (x *index) imageBuilderARN(a arn, kinds ...graph.Kind) *graph.Resource {
	pieces := strings.Split(a.resource, "/")
	if len(pieces) < 2 {
		return nil
	}
	resourceType, rest := pieces[0], pieces[1:]
	if resourceType == "workflow" && len(rest) > 1 {
		rest = rest[1:] // workflow/build/NAME/VERSION
	}
	version := ""
	if len(rest) > 1 {
		version = rest[1]
	}
	var best *graph.Resource
	for _, r := range x.named[resourceType+"/"+arnName(rest[0])] {
		at := x.l.places[r.ID]
		if !isKind(r, kinds) || !compatible(at.Account, a.account) || !compatible(at.Region, a.region) {
			continue
		}
		if versionMatches(version, x.versionOf(r)) && (best == nil || at.Account == a.account) {
			best = r
		}
	}
	return best
}

func (x *index) versionOf(r *graph.Resource) string {
	var v graph.Value
	switch p := r.Properties.(type) {
	case *graph.ImageRecipe:
		v = p.Version
	case *graph.Workflow:
		v = p.Version
	}
	text, _ := x.l.names.text(v)
	return text
}

// versionMatches compares a version in an ARN, which may have "x" for any
// number, with one that is written; what is not known matches.
func versionMatches(pattern, version string) bool {
	if pattern == "" || version == "" {
		return true
	}
	p, v := strings.Split(pattern, "."), strings.Split(version, ".")
	if len(p) != len(v) {
		return false
	}
	for i := range p {
		if p[i] != v[i] && p[i] != "x" {
			return false
		}
	}
	return true
}

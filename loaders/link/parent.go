package link

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// Kinds of parent images.
const (
	parentAmazon  = "amazon"
	parentPublic  = "public"
	parentAMI     = "ami"
	parentImageOf = "image"
	parentUnknown = "unknown"
)

// parentImage is what a recipe starts from.
type parentImage struct {
	kind string
	text string
	to   string
	// amazon is true for images that Amazon publishes: no device is encrypted.
	// unencrypted is true for any public image.
	amazon      bool
	unencrypted bool
	rootDevice  graph.Value
	devices     []parentDevice
	// every holds for devices that are not listed, when it is set.
	every *parentDevice
	// unknown is why the list of devices is not complete, or nil.
	unknown *graph.Unknown
}

// parentDevice is one device of a parent image, with what its snapshot may be.
type parentDevice struct {
	name   graph.Value
	states []snapshot
	reason *graph.Unknown
}

// snapshot is one possibility for the snapshot of a device.
type snapshot struct {
	encrypted bool
	// own is true when the snapshot belongs to the account that builds.
	own     bool
	key     string
	manager graph.Value
}

func plainSnapshot() []snapshot { return []snapshot{{manager: graph.Absent()}} }

// parent finds out what a parent image is, for a build in a place.
func (l *linker) parent(from *graph.Resource, at Place, v graph.Value) *parentImage {
	id := at.Account + "|" + at.Region + "|" + from.ID + "|" + l.names.key(v)
	if known, ok := l.images[id]; ok {
		return known
	}
	// What is its own parent is not known.
	l.images[id] = unknownParent(display(v), unknown("the image is its own parent", ""))
	found := l.findParent(from, at, v)
	l.images[id] = found
	return found
}

func unknownParent(text string, u *graph.Unknown) *parentImage {
	return &parentImage{
		kind: parentUnknown, text: text, unknown: u,
		rootDevice: graph.UnknownValue(&graph.Unknown{Reason: "the root device of the parent image is not known: " + u.Reason, Settle: u.Settle}),
	}
}

func (l *linker) findParent(from *graph.Resource, at Place, v graph.Value) *parentImage {
	shown := display(l.names.value(v))
	if found := l.index.find(l.names.key(v), from, at, graph.KindAMI, graph.KindImage, graph.KindImageRecipe); found != nil {
		if found.Dialect != graph.Configuration {
			shown = found.Address // its identifier is made up
		}
		return l.parentResource(found, at, shown)
	}
	if text, ok := l.names.text(v); ok {
		return l.literalParent(from, at, text)
	}
	u := reasonOf(l.names.value(v), "the parent image is not written")
	if v.IsAbsent() {
		return unknownParent("a parent image that is not written", unknown("the recipe names no parent image", ""))
	}
	if name, ok := parameterOf(u.ID); ok {
		return l.parameterParent(from, at, name, shown)
	}
	if id, ok := attributeOf(u.ID); ok {
		for _, r := range []*graph.Resource{l.resources[id], l.data[id]} {
			if r != nil && isKind(r, []graph.Kind{graph.KindAMI, graph.KindImage, graph.KindSSMParameter}) {
				return l.parentResource(r, at, shown)
			}
		}
	}
	if strings.HasPrefix(firstLiteral(v), "ssm:/aws/service/") || strings.HasPrefix(firstLiteral(v), "/aws/service/") {
		return publicParent(shown, firstLiteral(v))
	}
	if pieces := splitPartly(l.names.value(v)); pieces != nil {
		if service, _ := pieces[2].AsString(); service == "imagebuilder" && pieces[4].Key() == "aws" {
			return amazonParent(shown, firstLiteral(pieces[5]))
		}
	}
	return unknownParent(shown, u)
}

// parameterOf reads the ID of the unknown that the value of a parameter of
// Systems Manager is: "ssm(NAME)".
func parameterOf(id string) (string, bool) {
	rest, ok := strings.CutPrefix(id, "ssm(")
	return strings.TrimSuffix(rest, ")"), ok && strings.HasSuffix(rest, ")")
}

// parentResource is a parent that the graph or a data source has.
func (l *linker) parentResource(r *graph.Resource, at Place, text string) *parentImage {
	switch p := r.Properties.(type) {
	case *graph.AMI:
		return l.amiParent(r, p, at, text)
	case *graph.ImageRecipe:
		return l.builtParent(r, r, at, text)
	case *graph.ImagePipeline:
		return l.imageParent(r, at, text)
	case *graph.SSMParameter:
		return l.parent(r, at, p.Value)
	}
	switch dataKind(r.Type) {
	case graph.KindAMI:
		return l.lookedUpAMI(r, at, text)
	case graph.KindSSMParameter:
		if name, ok := l.names.text(r.Attributes.Field("name")); ok {
			return l.parameterParent(r, at, name, text)
		}
	case graph.KindImage, graph.KindImageRecipe:
		if given, ok := l.names.text(r.Attributes.Field("arn")); ok {
			return l.literalParent(r, at, given)
		}
	default: // looks up no image
	}
	return unknownParent(text, unknown("what "+r.Address+" looks up is not known", ""))
}

// literalParent reads the forms of parent_image.
func (l *linker) literalParent(from *graph.Resource, at Place, text string) *parentImage {
	a, isARN := splitARN(text)
	switch {
	case isARN && a.service == "imagebuilder" && (a.account == "aws" || a.account == "aws-marketplace"):
		return amazonParent(text, a.resource)
	case isARN && a.service == "imagebuilder":
		return l.ownImage(at, a, text)
	case strings.HasPrefix(text, "ssm:"):
		name := strings.TrimPrefix(text, "ssm:")
		if p, ok := splitARN(name); ok {
			name = strings.TrimPrefix(p.resource, "parameter")
		}
		return l.parameterParent(from, at, name, text)
	case strings.HasPrefix(text, "/aws/service/"):
		return publicParent(text, text)
	case amiPattern.MatchString(text):
		return unknownParent(text, l.imageUnknown(text, at))
	}
	return unknownParent(text, &graph.Unknown{
		ID: "image(" + text + ")", Reason: "nothing says what devices parent image " + shown(text) + " has",
		Settle: imageLine(text),
	})
}

func (l *linker) imageUnknown(id string, at Place) *graph.Unknown {
	region := literal(at.Region)
	command := "aws ec2 describe-images --image-ids " + id
	if region != "" {
		command += " --region " + region
	}
	return &graph.Unknown{
		ID: "image(" + id + ")", Reason: "nothing says what devices " + id + " has, and whether they are encrypted",
		Settle: command + " > " + l.factFile("", region, id, "describe-images"),
	}
}

// amazonParent is an image that Image Builder manages: public, with one device.
func amazonParent(text, resource string) *parentImage {
	name := strings.TrimPrefix(resource, "image/")
	p := publicParent(text, name)
	p.kind = parentAmazon
	if root, ok := p.rootDevice.AsString(); ok {
		p.devices = []parentDevice{{name: graph.String(root), states: plainSnapshot()}}
		p.unknown = nil
	}
	return p
}

// publicParent is a public image: none of its snapshots can be encrypted,
// because EC2 lets nobody make an image with encrypted ones public.
func publicParent(text, name string) *parentImage {
	p := &parentImage{
		kind: parentPublic, text: text, amazon: true, unencrypted: true,
		unknown: unknown("the devices of "+text+" are not on record", imageLine(text)),
	}
	root := rootDeviceOf(name)
	if root == "" {
		p.rootDevice = graph.UnknownValue(unknown("the root device of "+text+" is not on record", imageLine(text)))
		return p
	}
	p.rootDevice = graph.String(root)
	p.devices = []parentDevice{{name: p.rootDevice, states: plainSnapshot()}}
	if hasOneDevice(name) {
		p.unknown = nil
	}
	return p
}

// rootDeviceOf is the root device that the name of a public image implies, ""
// when it implies none.
func rootDeviceOf(name string) string {
	name = strings.ToLower(name)
	for _, p := range []struct{ part, device string }{
		{"bottlerocket", "/dev/xvda"},
		{"amazon-linux", "/dev/xvda"},
		{"al2023-ami", "/dev/xvda"},
		{"al2022-ami", "/dev/xvda"},
		{"amzn2-ami", "/dev/xvda"},
		{"amzn-ami", "/dev/xvda"},
		{"amazon-eks-node", "/dev/xvda"},
		{"/aws/service/ecs/optimized-ami/windows", "/dev/sda1"},
		{"/aws/service/ecs/optimized-ami", "/dev/xvda"},
		{"/aws/service/eks/optimized-ami", "/dev/xvda"},
		{"ubuntu", "/dev/sda1"},
		{"/aws/service/canonical", "/dev/sda1"},
		{"red-hat", "/dev/sda1"},
		{"redhat", "/dev/sda1"},
		{"rhel", "/dev/sda1"},
		{"suse", "/dev/sda1"},
		{"sles", "/dev/sda1"},
		{"windows", "/dev/sda1"},
		{"macos", "/dev/sda1"},
		{"mac-os", "/dev/sda1"},
	} {
		if strings.Contains(name, p.part) {
			return p.device
		}
	}
	return ""
}

// hasOneDevice: the images of these systems have their root device alone, but
// for Bottlerocket, which keeps its data on a second one.
func hasOneDevice(name string) bool {
	return rootDeviceOf(name) != "" && !strings.Contains(strings.ToLower(name), "bottlerocket")
}

// parameterParent is the image whose ID a parameter of Systems Manager holds.
// AWS publishes those below /aws/service/, and images there are public.
func (l *linker) parameterParent(from *graph.Resource, at Place, name, text string) *parentImage {
	if plain, version, ok := strings.Cut(name, ":"); ok && !strings.ContainsAny(version, "/:") {
		name = plain // a version or a label
	}
	if strings.HasPrefix(name, "/aws/service/") {
		return publicParent(text, name)
	}
	if found := nearest(l.index.other[otherKey(graph.KindSSMParameter, at, name)], from); found != nil {
		if p, ok := found.Properties.(*graph.SSMParameter); ok && !strings.HasPrefix(display(p.Value), "ssm:") {
			return l.parent(found, at, p.Value)
		}
	}
	for _, configured := range []string{"ssm:" + name, name} {
		if found := l.index.find(configured, from, at, graph.KindAMI); found != nil {
			return l.parentResource(found, at, text)
		}
	}
	return unknownParent(text, &graph.Unknown{
		ID: "image(ssm:" + name + ")", Reason: "the AMI in parameter " + name + " is not known",
		Settle: imageLine("ssm:" + name),
	})
}

// ownImage is an image of Image Builder by its ARN: a resource, or the output
// of a recipe of that name.
func (l *linker) ownImage(at Place, a arn, text string) *parentImage {
	if found := l.index.describedAs(a); found != nil {
		return l.parentResource(found, at, text)
	}
	recipe := a
	recipe.resource = "image-recipe/" + strings.TrimPrefix(a.resource, "image/")
	if pieces := strings.Split(recipe.resource, "/"); len(pieces) > 3 {
		recipe.resource = strings.Join(pieces[:3], "/")
	}
	if found := l.index.imageBuilderARN(recipe, graph.KindImageRecipe); found != nil {
		return l.builtParent(found, found, at, text)
	}
	return unknownParent(text, &graph.Unknown{
		ID: "image(" + text + ")", Reason: "no given template has the recipe of image " + shown(text),
		Settle: imageLine(text),
	})
}

// imageParent is an image that a template builds.
func (l *linker) imageParent(r *graph.Resource, at Place, text string) *parentImage {
	ref := l.model.References[r.ID]["image_recipe"]
	if ref == nil || ref.To == "" {
		return unknownParent(text, unknown("the recipe of "+r.Address+" is not known", ""))
	}
	return l.builtParent(r, l.resources[ref.To], at, text)
}

// builtParent is the output of a recipe: its devices are those of the recipe
// built where the image is built.
func (l *linker) builtParent(image, recipe *graph.Resource, at Place, text string) *parentImage {
	where := l.places[image.ID]
	p := &parentImage{kind: parentImageOf, text: text, to: image.ID}
	if where.Region != at.Region {
		u := unknown(image.Address+" is built in "+where.Region+", and its copy in "+at.Region+" may have other keys", imageLine(text))
		return &parentImage{kind: parentImageOf, text: text, to: image.ID, unknown: u, rootDevice: graph.UnknownValue(u)}
	}
	built := l.devicesOf(recipe, where)
	p.rootDevice, p.unknown = built.rootDevice, built.unknown
	own := sameAccount(where.Account, at.Account)
	for _, d := range built.devices {
		p.devices = append(p.devices, parentDevice{name: d.Name, states: statesOf(d.outcomes, own), reason: d.Reason})
	}
	return p
}

// statesOf turns what a build may make of a device into what the snapshot of
// its image may be.
func statesOf(outcomes []outcome, own answer) []snapshot {
	var states []snapshot
	for _, o := range outcomes {
		if !o.encrypted {
			states = append(states, snapshot{manager: graph.Absent()})
			continue
		}
		if own != no {
			states = append(states, snapshot{encrypted: true, own: true, key: o.key, manager: o.manager})
		}
		if own != yes {
			states = append(states, snapshot{encrypted: true, key: o.key, manager: o.manager})
		}
	}
	return states
}

package link

import (
	"fmt"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// amiParent is an AMI of a template, of the configuration or of a fact.
func (l *linker) amiParent(r *graph.Resource, p *graph.AMI, at Place, text string) *parentImage {
	if !p.Source.IsAbsent() {
		return l.copiedAMI(r, p, at, text)
	}
	out := &parentImage{kind: parentAMI, text: text, to: r.ID, rootDevice: l.names.value(p.RootDevice)}
	if out.rootDevice.IsAbsent() {
		out.rootDevice = graph.UnknownValue(&graph.Unknown{
			Reason: "nothing says which device is the root device of " + r.Address,
			Settle: `images: {"` + placeholders(text) + `": {root_device: /dev/xvda}}`,
		})
	}
	owner, _ := l.names.text(p.Owner)
	public, _ := l.names.value(p.Public).AsBool()
	if public || p.Public.IsAbsent() && owner == "amazon" {
		out.unencrypted, out.amazon = true, owner == "amazon" || isVendor(owner)
		out.kind = parentPublic
	}
	own := l.ownership(r, owner, at)
	for i := range p.BlockDevices {
		d := &p.BlockDevices[i]
		if removed(d) == yes || !d.VirtualName.IsAbsent() {
			continue
		}
		out.devices = append(out.devices, l.amiDevice(r, fmt.Sprintf("block_devices[%d]", i), d, own, out.unencrypted, at))
	}
	if !p.BlockDevicesUnknown.IsAbsent() {
		out.unknown = reasonOf(l.names.value(p.BlockDevicesUnknown), "the list of devices is not known")
	}
	return out
}

// ownership says whether an image or snapshot belongs to the account that
// builds.
func (l *linker) ownership(r *graph.Resource, owner string, at Place) answer {
	switch {
	case owner == "self" && r.Dialect == graph.Configuration:
		return yes
	case owner == "self":
		return sameAccount(l.places[r.ID].Account, at.Account)
	case digits.MatchString(owner):
		return sameAccount(owner, at.Account)
	case owner == "":
		return maybe
	}
	return no // an alias such as amazon
}

// amiDevice is a device of an AMI: what its mapping says, or its snapshot.
func (l *linker) amiDevice(r *graph.Resource, path string, d *graph.BlockDevice, own answer, unencrypted bool, at Place) parentDevice {
	out := parentDevice{name: l.names.value(d.DeviceName)}
	if unencrypted {
		out.states = plainSnapshot()
		return out
	}
	snapshotRef := l.model.References[r.ID][path+".snapshot"]
	if snapshotRef != nil && snapshotRef.To != "" {
		if known := l.resources[snapshotRef.To]; known != nil {
			out.states, out.reason = l.snapshotStates(known, at)
			return out
		}
	}
	encrypted, known := l.names.value(d.Encrypted).AsBool()
	snapshotKnown := d.Snapshot.IsAbsent() || r.Dialect == graph.Configuration
	switch {
	case known && !encrypted && snapshotKnown, d.Encrypted.IsAbsent() && d.Snapshot.IsAbsent():
		out.states = plainSnapshot()
	case known && encrypted:
		key, manager, reason := l.keyOfDevice(r, path, d, at)
		out.states, out.reason = ownedStates(own, key, manager), reason
	default:
		out.reason = l.snapshotUnknown(r, d)
		out.states = append(ownedStates(own, "", graph.UnknownValue(out.reason)), plainSnapshot()...)
	}
	if out.reason == nil && own == maybe {
		out.reason = unknown("who owns "+r.Address+" is not known", `images: {"`+placeholders(display(r.Identity["id"]))+`": {owner: "ACCOUNT"}}`)
	}
	return out
}

func (l *linker) keyOfDevice(r *graph.Resource, path string, d *graph.BlockDevice, at Place) (string, graph.Value, *graph.Unknown) {
	if d.KMSKey.IsAbsent() {
		u := l.snapshotUnknown(r, d)
		return "", graph.UnknownValue(u), u
	}
	ref := l.model.References[r.ID][path+".kms_key"]
	if own := l.places[r.ID]; ref == nil || own.Account == "" || own.Region == "" {
		// An entry of the configuration is nowhere: a bare alias in it is one of
		// the place of the build.
		ref = l.keyReference(r, at, d.KMSKey)
	}
	return ref.Key, ref.Manager, ref.Manager.Unknown()
}

func (l *linker) snapshotUnknown(r *graph.Resource, d *graph.BlockDevice) *graph.Unknown {
	device := display(d.DeviceName)
	u := &graph.Unknown{
		Reason: "the key of device " + device + " of " + r.Address + " is not known",
		Settle: `images: {"` + placeholders(display(r.Identity["id"])) + `": {devices: {` + device + ": {encrypted: true, kms_key: aws-managed}}}}",
	}
	if id, ok := l.names.text(d.Snapshot); ok && strings.HasPrefix(id, "snap-") {
		u.Settle = "aws ec2 describe-snapshots --snapshot-ids " + id + " > " + l.factFile("", "", id, "describe-snapshots")
	}
	return u
}

func ownedStates(own answer, key string, manager graph.Value) []snapshot {
	var states []snapshot
	if own != no {
		states = append(states, snapshot{encrypted: true, own: true, key: key, manager: manager})
	}
	if own != yes {
		states = append(states, snapshot{encrypted: true, key: key, manager: manager})
	}
	return states
}

// snapshotStates is what a snapshot of the graph may be.
func (l *linker) snapshotStates(r *graph.Resource, at Place) ([]snapshot, *graph.Unknown) {
	p, ok := r.Properties.(*graph.EBSSnapshot)
	if !ok {
		u := unknown("what snapshot "+r.Address+" is encrypted with is not known", "")
		return append(ownedStates(maybe, "", graph.UnknownValue(u)), plainSnapshot()...), u
	}
	owner, _ := l.names.text(p.Owner)
	own := l.ownership(r, owner, at)
	encrypted, known := l.names.value(p.Encrypted).AsBool()
	if known && encrypted || !p.KMSKey.IsAbsent() {
		key, manager := l.defaultKey(l.places[r.ID])
		if ref := l.model.References[r.ID]["kms_key"]; ref != nil {
			key, manager = ref.Key, ref.Manager
		}
		return ownedStates(own, key, manager), manager.Unknown()
	}
	if known && r.Dialect == graph.Configuration {
		return plainSnapshot(), nil
	}
	u := unknown("whether the source of snapshot "+r.Address+" is encrypted is not known", "")
	return append(ownedStates(own, "", graph.UnknownValue(u)), plainSnapshot()...), u
}

// copiedAMI is a copy of an AMI: with encryption every device is under the key
// that is named, or the default key of the Region.
func (l *linker) copiedAMI(r *graph.Resource, p *graph.AMI, at Place, text string) *parentImage {
	where := l.places[r.ID]
	from := where
	if region := l.regionOf(p.SourceRegion); region != "" {
		from.Region = region
	}
	source := l.parent(r, from, p.Source)
	out := &parentImage{kind: parentAMI, text: text, to: r.ID, rootDevice: source.rootDevice, unknown: source.unknown}
	own := sameAccount(where.Account, at.Account)
	key, manager := l.defaultKey(where)
	reason := (*graph.Unknown)(nil)
	if ref := l.model.References[r.ID]["kms_key"]; ref != nil {
		key, manager, reason = ref.Key, ref.Manager, ref.Manager.Unknown()
	}
	encrypted, known := l.names.value(p.Encrypted).AsBool()
	under := ownedStates(own, key, manager)
	if known && encrypted {
		out.every = &parentDevice{name: graph.Absent(), states: under, reason: reason}
	}
	byDefault, why := l.encryptsByDefault(where)
	for _, d := range source.devices {
		states, because := under, reason
		if !encrypted {
			states, because = copiedStates(d, under, byDefault, known || p.Encrypted.IsAbsent())
			if because == nil && len(states) > 1 {
				because = why
			}
		}
		out.devices = append(out.devices, parentDevice{name: d.name, states: states, reason: because})
	}
	out.unencrypted = source.unencrypted && !encrypted && byDefault == no && (known || p.Encrypted.IsAbsent())
	return out
}

// copiedStates is what a copy without encryption makes of a snapshot: one that
// is encrypted stays so, under the default key; one that is not stays so unless
// the Region encrypts by default.
func copiedStates(d parentDevice, under []snapshot, byDefault answer, offKnown bool) ([]snapshot, *graph.Unknown) {
	plain, encrypted := false, false
	for _, s := range d.states {
		encrypted = encrypted || s.encrypted
		plain = plain || !s.encrypted
	}
	var states []snapshot
	if encrypted || plain && (byDefault != no || !offKnown) {
		states = append(states, under...)
	}
	if plain && byDefault != yes {
		states = append(states, plainSnapshot()...)
	}
	return states, d.reason
}

// lookedUpAMI is what data.aws_ami looks up. An image of Amazon or one that is
// public has no encrypted snapshot.
func (l *linker) lookedUpAMI(data *graph.Resource, at Place, text string) *parentImage {
	if found := l.index.find(data.ID, data, at, graph.KindAMI); found != nil && found.Kind != "" {
		return l.parentResource(found, at, text)
	}
	label := data.Address
	if id := l.filter(data, "image-id"); len(id) == 1 {
		if found := l.index.find(id[0], data, at, graph.KindAMI); found != nil && found.Kind != "" {
			return l.parentResource(found, at, text)
		}
	}
	if !l.looksUpPublic(data) {
		p := unknownParent(label, &graph.Unknown{
			ID: "image(" + data.ID + ")", Reason: "what devices the AMI has that " + label + " looks up is not known",
			Settle: imageLine(l.o.Config.Written(data.ID)),
		})
		if root := l.filter(data, "root-device-name"); len(root) == 1 && !strings.ContainsAny(root[0], "*?") {
			p.rootDevice = graph.String(root[0])
		}
		return p
	}
	p := publicParent(label, strings.Join(l.filter(data, "name"), " "))
	p.amazon = l.ownedByVendor(data)
	if root := l.filter(data, "root-device-name"); len(root) == 1 && !strings.ContainsAny(root[0], "*?") {
		p.rootDevice = graph.String(root[0])
		p.devices = []parentDevice{{name: p.rootDevice, states: plainSnapshot()}}
	}
	return p
}

// looksUpPublic reports whether a data source finds only images that are
// public: those of Amazon or of the makers of a system, or by its filters.
func (l *linker) looksUpPublic(data *graph.Resource) bool {
	if public := l.filter(data, "is-public"); len(public) == 1 && public[0] == "true" {
		return true
	}
	if !data.Attributes.Field("executable_users").IsAbsent() {
		users := l.strings(data.Attributes.Field("executable_users"))
		return len(users) == 1 && users[0] == "all"
	}
	return l.ownedByVendor(data)
}

func (l *linker) ownedByVendor(data *graph.Resource) bool {
	owners := l.strings(data.Attributes.Field("owners"))
	owners = append(owners, l.filter(data, "owner-alias")...)
	owners = append(owners, l.filter(data, "owner-id")...)
	for _, owner := range owners {
		if owner != "amazon" && !isVendor(owner) {
			return false
		}
	}
	return len(owners) > 0
}

// isVendor reports whether an account publishes the images of a system: those
// of Amazon, Canonical, Red Hat, SUSE and Debian, which publish nothing but
// public images.
func isVendor(account string) bool {
	switch account {
	case "137112412989", "801119661308", "591542846629", "602401143452", "092701018921",
		"099720109477", "513442679011", "837727238323",
		"309956199498", "013907871322", "136693071363":
		return true
	}
	return false
}

// filter returns the values of a filter of a data source, nil when they are
// not all known.
func (l *linker) filter(data *graph.Resource, name string) []string {
	for _, f := range data.Attributes.Field("filter").Items() {
		if text, ok := l.names.text(f.Field("name")); ok && text == name {
			return l.strings(f.Field("values"))
		}
	}
	return nil
}

// strings returns the items of a list of strings; an item that is not known is
// "".
func (l *linker) strings(v graph.Value) []string {
	if text, ok := l.names.text(v); ok {
		return []string{text}
	}
	out := make([]string, 0, len(v.Items()))
	for _, item := range v.Items() {
		text, _ := l.names.text(item)
		out = append(out, text)
	}
	if len(out) == 0 && v.IsUnknown() {
		return []string{""}
	}
	return out
}

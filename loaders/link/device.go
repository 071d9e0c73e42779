package link

import (
	"fmt"

	"github.com/iblint/iblint/loaders/graph"
)

// Bases of the encryption of a device.
const (
	basisNamedKey     = "named_key"
	basisOwnSnapshot  = "own_snapshot"
	basisDefaultKey   = "default_key"
	basisNotEncrypted = "not_encrypted"
	basisUnknown      = "unknown"
)

// Why the default key is used.
const (
	becauseEncrypted = "encrypted"
	becauseDefault   = "default_encryption"
	becauseForeign   = "foreign_snapshot"
)

// Device is a device of the output image of a build.
type Device struct {
	Name graph.Value
	// Root is a truth value, or unknown.
	Root graph.Value
	// From is "recipe" or "parent".
	From string
	// Property is the mapping of the recipe ("block_devices[0]", with
	// ".kms_key" when it names a key), or parent_image.
	Property string
	Basis    string
	Because  string
	// Encrypted is a truth value, or unknown.
	Encrypted graph.Value
	Key       string
	Manager   graph.Value
	// Reason is why the basis is not known.
	Reason *graph.Unknown

	outcomes []outcome
}

// outcome is one thing that a build may make of a device.
type outcome struct {
	basis     string
	because   string
	encrypted bool
	key       string
	manager   graph.Value
}

// deviceList are the devices of an output image.
type deviceList struct {
	parent     *parentImage
	rootDevice graph.Value
	devices    []*Device
	// unknown is why there may be more devices, or nil.
	unknown *graph.Unknown
}

// deviceRun works the devices of a recipe out, for one place.
type deviceRun struct {
	l      *linker
	r      *graph.Resource
	recipe *graph.ImageRecipe
	at     Place
	parent *parentImage
	// byDefault is whether new volumes are encrypted by default, why the reason
	// when that is not known.
	byDefault answer
	why       *graph.Unknown
	out       *deviceList
}

// devicesOf are the devices of what a recipe makes in a place.
func (l *linker) devicesOf(r *graph.Resource, at Place) *deviceList {
	id := r.ID + "|" + at.Account + "|" + at.Region
	if known, ok := l.devices[id]; ok {
		return known
	}
	recipe, ok := r.Properties.(*graph.ImageRecipe)
	if !ok {
		u := unknown("the recipe "+r.Address+" is not given", "")
		return &deviceList{parent: unknownParent("", u), rootDevice: graph.UnknownValue(u), unknown: u}
	}
	run := &deviceRun{l: l, r: r, recipe: recipe, at: at, out: &deviceList{}}
	u := unknown("recipe "+r.Address+" is its own parent", "")
	l.devices[id] = &deviceList{parent: unknownParent("", u), rootDevice: graph.UnknownValue(u), unknown: u}
	run.parent = l.parent(r, at, recipe.ParentImage)
	run.out.parent, run.out.rootDevice = run.parent, run.parent.rootDevice
	run.byDefault, run.why = l.encryptsByDefault(at)
	if run.byDefault == maybe && run.countsAsOff() {
		run.byDefault = no
	}
	run.mappings()
	run.inherited()
	run.rootOfUnknownName()
	run.more()
	l.devices[id] = run.out
	return run.out
}

// countsAsOff: a setting that nothing speaks of counts as off when every
// device of the recipe names its key. What the recipe does not map is then a
// matter of the parent image.
func (d *deviceRun) countsAsOff() bool {
	if e := d.l.model.Encryption[d.at.Account][d.at.Region]; e != nil && !e.Enabled.IsAbsent() {
		return false
	}
	mapped, named := 0, 0
	for i := range d.recipe.BlockDevices {
		m := &d.recipe.BlockDevices[i]
		if removed(m) == yes || !m.VirtualName.IsAbsent() {
			continue
		}
		mapped++
		if !m.KMSKey.IsAbsent() {
			named++
		}
	}
	return mapped > 0 && named == mapped && d.recipe.BlockDevicesUnknown.IsAbsent()
}

// removed says whether a mapping removes its device.
func removed(m *graph.BlockDevice) answer {
	if m.NoDevice.IsAbsent() {
		return no
	}
	b, ok := m.NoDevice.AsBool()
	switch {
	case !ok:
		return maybe
	case b:
		return yes
	}
	return no
}

func (d *deviceRun) mappings() {
	for i := range d.recipe.BlockDevices {
		m := &d.recipe.BlockDevices[i]
		if removed(m) == yes || !m.VirtualName.IsAbsent() {
			continue
		}
		path := fmt.Sprintf("block_devices[%d]", i)
		device := &Device{Name: d.l.names.value(m.DeviceName), From: "recipe", Property: path}
		if device.Name.IsAbsent() {
			device.Name = graph.UnknownValue(unknown("the mapping names no device", ""))
		}
		device.Root = d.isRoot(device.Name)
		if m.KMSKey.IsAbsent() {
			d.unnamed(device, m, path)
		} else {
			device.Property += ".kms_key"
			d.named(device, m)
		}
		if removed(m) == maybe {
			device.uncertain(reasonOf(m.NoDevice, "whether the mapping removes the device is not known"))
		}
		d.out.devices = append(d.out.devices, device)
	}
}

// isRoot says whether a device is the root device of the parent.
func (d *deviceRun) isRoot(name graph.Value) graph.Value {
	root, known := d.parent.rootDevice.AsString()
	text, named := name.AsString()
	switch {
	case known && named:
		return graph.Bool(root == text)
	case known:
		return graph.UnknownValue(reasonOf(name, "the name of the device is not known"))
	}
	return graph.UnknownValue(reasonOf(d.parent.rootDevice, "the root device of the parent image is not known"))
}

// named is a device whose key the recipe names. Where encryption is not
// switched on beside it EC2 refuses the mapping, which another rule says; the
// key is meant all the same.
func (d *deviceRun) named(device *Device, m *graph.BlockDevice) {
	ref := d.l.model.References[d.r.ID][device.Property]
	if d.at != d.l.places[d.r.ID] || ref == nil {
		ref = d.l.keyReference(d.r, d.at, m.KMSKey)
	}
	device.set([]outcome{{basis: basisNamedKey, encrypted: true, key: ref.Key, manager: ref.Manager}}, ref.Manager.Unknown())
}

// unnamed is a device that the recipe maps without a key.
func (d *deviceRun) unnamed(device *Device, m *graph.BlockDevice, path string) {
	states, reason := d.snapshotOf(device, m, path)
	encrypted, known := d.l.names.value(m.Encrypted).AsBool()
	wanted := no
	switch {
	case known && encrypted:
		wanted = yes
	case !known && !m.Encrypted.IsAbsent():
		wanted = maybe
		if reason == nil {
			reason = reasonOf(d.l.names.value(m.Encrypted), "whether the device is to be encrypted is not known")
		}
	}
	device.set(d.outcomes(states, wanted), d.because(reason))
}

// because is why a device is not decided: its snapshot, or the setting of the
// account.
func (d *deviceRun) because(reason *graph.Unknown) *graph.Unknown {
	if reason != nil {
		return reason
	}
	return d.why
}

// snapshotOf is what the volume of a mapping is made from.
func (d *deviceRun) snapshotOf(device *Device, m *graph.BlockDevice, path string) ([]snapshot, *graph.Unknown) {
	if !m.Snapshot.IsAbsent() {
		ref := d.l.model.References[d.r.ID][path+".snapshot"]
		if ref != nil && ref.To != "" {
			return d.l.snapshotStates(d.l.resources[ref.To], d.at)
		}
		text := display(d.l.names.value(m.Snapshot))
		u := &graph.Unknown{
			Reason: "whether snapshot " + text + " is encrypted is not known",
			Settle: "aws ec2 describe-snapshots --snapshot-ids " + text + " > " + d.l.factFile("", literal(d.at.Region), text, "describe-snapshots"),
		}
		return append(ownedStates(maybe, "", graph.UnknownValue(u)), plainSnapshot()...), u
	}
	name := d.l.names.key(device.Name)
	for i := range d.parent.devices {
		if p := &d.parent.devices[i]; d.l.names.key(p.name) == name {
			return p.states, p.reason
		}
	}
	switch {
	case d.parent.unencrypted, d.parent.unknown == nil && device.Name.Kind() == graph.KindString:
		return plainSnapshot(), nil
	case d.parent.every != nil:
		return append(plainSnapshot(), d.parent.every.states...), d.parent.every.reason
	}
	u := d.parent.unknown
	if u == nil {
		u = reasonOf(device.Name, "the name of the device is not known")
	}
	return append(ownedStates(maybe, "", graph.UnknownValue(u)), plainSnapshot()...), u
}

// outcomes are what EC2 may make of a volume: an encrypted snapshot of the
// account keeps its key, one of another account is put under the default key,
// and so is a plain one when encryption is wanted or on by default.
func (d *deviceRun) outcomes(states []snapshot, wanted answer) []outcome {
	key, manager := d.l.defaultKey(d.at)
	var out []outcome
	for _, s := range states {
		switch {
		case s.encrypted && s.own:
			out = append(out, outcome{basisOwnSnapshot, "", true, s.key, s.manager})
			continue
		case s.encrypted:
			out = append(out, outcome{basisDefaultKey, becauseForeign, true, key, manager})
			continue
		case wanted == yes:
			out = append(out, outcome{basisDefaultKey, becauseEncrypted, true, key, manager})
			continue
		}
		if d.byDefault != no {
			out = append(out, outcome{basisDefaultKey, becauseDefault, true, key, manager})
		}
		if wanted == maybe && d.byDefault != yes {
			out = append(out, outcome{basisDefaultKey, becauseEncrypted, true, key, manager})
		}
		if d.byDefault != yes {
			out = append(out, outcome{basis: basisNotEncrypted, manager: graph.Absent()})
		}
	}
	return out
}

// inherited are the devices of the parent that the recipe leaves as they are.
func (d *deviceRun) inherited() {
	loose := d.looseMapping()
	for i := range d.parent.devices {
		p := &d.parent.devices[i]
		if d.mapped(p.name) {
			continue
		}
		device := &Device{Name: p.name, From: "parent", Property: "parent_image", Root: d.isRoot(p.name)}
		device.set(d.outcomes(p.states, no), d.because(p.reason))
		if loose != nil {
			device.uncertain(loose)
		}
		d.out.devices = append(d.out.devices, device)
	}
}

// mapped reports whether the recipe has a mapping for a device.
func (d *deviceRun) mapped(name graph.Value) bool {
	key := d.l.names.key(name)
	for i := range d.recipe.BlockDevices {
		if key != "" && d.l.names.key(d.recipe.BlockDevices[i].DeviceName) == key {
			return true
		}
	}
	return false
}

// looseMapping is why a mapping may be for any device, or nil.
func (d *deviceRun) looseMapping() *graph.Unknown {
	if !d.recipe.BlockDevicesUnknown.IsAbsent() {
		return reasonOf(d.recipe.BlockDevicesUnknown, "the mappings of the recipe are not all known")
	}
	for i := range d.recipe.BlockDevices {
		if _, ok := d.l.names.text(d.recipe.BlockDevices[i].DeviceName); !ok {
			return reasonOf(d.recipe.BlockDevices[i].DeviceName, "the device of a mapping is not known")
		}
	}
	return nil
}

// every is what all devices of the parent have in common that are not listed. The
// devices of a public image are not encrypted, and a recipe without mappings leaves
// the root device as it is.
func (d *deviceRun) every() *parentDevice {
	untouched := len(d.recipe.BlockDevices) == 0 && d.recipe.BlockDevicesUnknown.IsAbsent()
	if d.parent.every == nil && d.parent.unencrypted && len(d.parent.devices) == 0 && untouched {
		return &parentDevice{states: plainSnapshot()}
	}
	return d.parent.every
}

// rootOfUnknownName is the root device of a parent of which only this is known:
// what all its devices have in common. The usual names are /dev/xvda and
// /dev/sda1; a recipe that maps both maps the root device.
func (d *deviceRun) rootOfUnknownName() {
	every := d.every()
	if every == nil || !d.parent.rootDevice.IsUnknown() && d.mapped(d.parent.rootDevice) {
		return
	}
	for _, p := range d.parent.devices {
		if root, known := d.isRoot(p.name).AsBool(); known && root {
			return
		}
	}
	device := &Device{Name: d.parent.rootDevice, Root: graph.Bool(true), From: "parent", Property: "parent_image"}
	device.set(d.outcomes(every.states, no), d.because(every.reason))
	if d.parent.rootDevice.IsUnknown() && len(d.recipe.BlockDevices) > 0 {
		if d.mapped(graph.String("/dev/xvda")) && d.mapped(graph.String("/dev/sda1")) {
			return
		}
		device.uncertain(&graph.Unknown{
			Reason: "the root device of the parent image is not known, and a mapping of the recipe may be for it",
			Settle: reasonOf(d.parent.rootDevice, "").Settle,
		})
	}
	d.out.devices = append(d.out.devices, device)
}

// more says whether there may be further devices that matter.
func (d *deviceRun) more() {
	if !d.recipe.BlockDevicesUnknown.IsAbsent() {
		d.out.unknown = reasonOf(d.recipe.BlockDevicesUnknown, "the mappings of the recipe are not all known")
		return
	}
	if d.parent.unknown == nil {
		return
	}
	var further []outcome
	switch {
	case d.parent.unencrypted:
		further = d.outcomes(plainSnapshot(), no)
	case d.parent.every != nil:
		further = d.outcomes(d.parent.every.states, no)
	default:
		d.out.unknown = d.parent.unknown
		return
	}
	// Devices that would be plain, or under a key of the customer, hide nothing;
	// where the root device is known to be under a key of AWS that says enough.
	merged := &Device{}
	merged.set(further, d.because(d.parent.unknown))
	encrypted, known := merged.Encrypted.AsBool()
	switch {
	case !known:
		d.out.unknown = d.because(d.parent.unknown)
	case encrypted && !isCustomer(merged.Manager) && !d.rootUnderAWSKey():
		d.out.unknown = d.parent.unknown
	}
}

func (d *deviceRun) rootUnderAWSKey() bool {
	for _, device := range d.out.devices {
		root, _ := device.Root.AsBool()
		encrypted, _ := device.Encrypted.AsBool()
		if root && encrypted && device.From == "parent" && isAWS(device.Manager) {
			return true
		}
	}
	return false
}

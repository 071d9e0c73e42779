package facts

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// imageFacts is what the configuration and the facts say of one image.
type imageFacts struct {
	id  string
	at  place
	ami graph.AMI
	// devicesKnown is true when the list of devices is complete.
	devicesKnown bool
}

// imageFor returns what is gathered of an image.
func (k *collector) imageFor(id, file, address string, rng hcl.Range) *imageFacts {
	if found, ok := k.images[id]; ok {
		return found
	}
	facts := &imageFacts{
		id: id, at: place{file: file, address: address, rng: rng},
		ami: graph.AMI{
			Source: graph.Absent(), SourceRegion: graph.Absent(), Owner: graph.Absent(), Public: graph.Absent(),
			RootDevice: graph.Absent(), BlockDevicesUnknown: graph.Absent(), Encrypted: graph.Absent(), KMSKey: graph.Absent(),
		},
	}
	k.images[id] = facts
	return facts
}

// configuredImage takes an image of the configuration.
func (k *collector) configuredImage(image Image) {
	f := k.imageFor(k.imageID(image.ID), k.config.File, "images."+image.ID, image.Range)
	f.ami.Owner, f.ami.Public, f.ami.RootDevice = image.Owner, image.Public, image.RootDevice
	f.devicesKnown = image.DevicesGiven
	for _, d := range image.Devices {
		f.ami.BlockDevices = append(f.ami.BlockDevices, graph.BlockDevice{
			DeviceName: d.Name, Encrypted: d.Encrypted, KMSKey: keyReference(d.KMSKey),
			NoDevice: graph.Absent(), VirtualName: graph.Absent(), Snapshot: graph.Absent(),
			Self: graph.Map().WithRange(d.Range),
		})
	}
}

// imageID is the ID of an image as the graph has it: a data source is named
// relative to the folder of the configuration.
func (k *collector) imageID(written string) string {
	if root, address, ok := strings.Cut(written, "#"); ok {
		return k.config.Path(root) + "#" + address
	}
	return written
}

// describeImages takes describe-images.
func (k *collector) describeImages(o origin, v graph.Value) {
	for _, item := range v.Field("Images").Items() {
		id := text(item.Field("ImageId"))
		if id == "" {
			k.errorf(item.Range(), "Invalid fact", "An image in %s has no ImageId.", o.file)
			continue
		}
		f := k.imageFor(id, o.file, id, item.Range())
		f.at.region = o.region
		fill(&f.ami.Owner, item.Field("OwnerId"))
		fill(&f.ami.Public, item.Field("Public"))
		fill(&f.ami.RootDevice, item.Field("RootDeviceName"))
		if f.devicesKnown {
			continue
		}
		f.devicesKnown = true
		for _, mapping := range item.Field("BlockDeviceMappings").Items() {
			ebs := mapping.Field("Ebs")
			f.ami.BlockDevices = append(f.ami.BlockDevices, graph.BlockDevice{
				DeviceName: mapping.Field("DeviceName"), VirtualName: mapping.Field("VirtualName"), NoDevice: graph.Absent(),
				Encrypted: ebs.Field("Encrypted"), KMSKey: ebs.Field("KmsKeyId"), Snapshot: ebs.Field("SnapshotId"),
				Self: graph.Map().WithRange(mapping.Range()),
			})
		}
	}
}

// add makes the resource of an image.
func (f *imageFacts) add(k *collector) {
	f.at.account = accountNumber(f.ami.Owner)
	if !f.devicesKnown {
		written := f.id
		if strings.Contains(written, "#") {
			written = k.config.Written(written)
		}
		f.ami.BlockDevicesUnknown = graph.UnknownValue(&graph.Unknown{
			ID:     "devices(" + f.id + ")",
			Reason: "the configuration does not list the devices of " + f.id,
			Settle: `images: {"` + written + `": {devices: {/dev/xvda: {encrypted: false}}}}`,
			Range:  f.at.rng,
		}).WithRange(f.at.rng)
	}
	k.add(graph.KindAMI, f.at, &f.ami, map[string]graph.Value{"id": graph.String(f.id)})
}

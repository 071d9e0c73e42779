package link_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/link"
)

const (
	publicAMI  = "ami-0aaaaaaaaaaaaaaa1"
	ownAMI     = "ami-0aaaaaaaaaaaaaaa2"
	foreignAMI = "ami-0aaaaaaaaaaaaaaa3"
	sealedAMI  = "ami-0aaaaaaaaaaaaaaa4"
	vagueAMI   = "ami-0aaaaaaaaaaaaaaa5"
	customerID = "arn:aws:kms:us-east-1:111111111111:key/aaaaaaaa-0000-0000-0000-000000000001"
)

// images are parent images of each kind, with a root device and a data device.
const images = `
keys:
  ` + customerID + `: {manager: customer}
images:
  ` + publicAMI + `: {owner: "333333333333", public: true, root_device: /dev/xvda, devices: {/dev/xvda: {encrypted: false}}}
  ` + ownAMI + `: {owner: "111111111111", public: false, root_device: /dev/xvda, devices: {/dev/xvda: {kms_key: ` + customerID + `}, /dev/sdf: {kms_key: aws-managed}}}
  ` + foreignAMI + `: {owner: "333333333333", public: false, root_device: /dev/xvda, devices: {/dev/xvda: {kms_key: "` + otherKey + `"}}}
  ` + sealedAMI + `: {owner: "111111111111", root_device: /dev/xvda, devices: {/dev/xvda: {encrypted: true}}}
  ` + vagueAMI + `: {owner: "111111111111", root_device: /dev/xvda}
`

// describe prints a device in one line.
func describe(d *link.Device) string {
	words := []string{text(d.Name), "root=" + text(d.Root), d.From, d.Basis}
	if d.Because != "" {
		words = append(words, "because="+d.Because)
	}
	words = append(words, "encrypted="+text(d.Encrypted))
	if d.Key != "" {
		words = append(words, "key="+d.Key[strings.LastIndexAny(d.Key, "#")+1:])
	}
	if !d.Manager.IsAbsent() {
		words = append(words, "manager="+text(d.Manager))
	}
	return strings.Join(words, " ")
}

// text is a known value, or "?".
func text(v graph.Value) string {
	if s, ok := v.AsString(); ok {
		return s
	}
	return "?"
}

type deviceCase struct {
	name     string
	parent   any
	mappings array
	// setup adds what the case needs beside recipe and pipeline.
	setup func(*world)
	// config is added to the images.
	config string
	want   []string
	// more is part of the reason why there may be further devices.
	more string
}

const (
	awsEBS  = "key=arn:aws:kms:us-east-1:111111111111:alias/aws/ebs manager=aws"
	ownKey  = "key=keys." + customerID + " manager=customer"
	onByDef = "\naccounts: {\"111111111111\": {ebs_encryption_by_default: {us-east-1: true}}}\n"
	off     = "\naccounts: {\"111111111111\": {ebs_encryption_by_default: {us-east-1: false}}}\n"
)

func (c deviceCase) run(t *testing.T) *link.Build {
	t.Helper()
	w := newWorld()
	w.config(t, images+c.config)
	if c.setup != nil {
		c.setup(w)
	}
	recipe := w.add("aws_imagebuilder_image_recipe", "base", object{
		"name": "base", "version": "1.0.0", "parent_image": c.parent, "block_device_mapping": c.mappings,
	})
	w.add("aws_imagebuilder_image_pipeline", "base", object{"name": "base", "image_recipe_arn": recipe.Identity["arn"]})
	w.facts(t)
	m := w.link()
	for _, b := range m.Builds {
		if b.Recipe == recipe.ID {
			return b
		}
	}
	t.Fatal("no build")
	return nil
}

func ebs(name string, settings object) object {
	return object{"device_name": name, "ebs": array{settings}}
}

func devicesBySnapshot() []deviceCase {
	return []deviceCase{
		{
			name: "named key", parent: amazon, mappings: array{device("/dev/xvda", customerID)},
			want: []string{"/dev/xvda root=true recipe named_key encrypted=true " + ownKey},
		},
		{
			name: "named key of AWS", parent: amazon, mappings: array{device("/dev/xvda", "alias/aws/ebs")},
			want: []string{"/dev/xvda root=true recipe named_key encrypted=true " + awsEBS},
		},
		{
			name: "encrypted without key, plain parent", parent: amazon, mappings: array{ebs("/dev/xvda", object{"encrypted": "true"})},
			want: []string{"/dev/xvda root=true recipe default_key because=encrypted encrypted=true " + awsEBS},
		},
		{
			name: "not encrypted, plain parent, nothing said", parent: amazon, mappings: array{ebs("/dev/xvda", object{})},
			want: []string{"/dev/xvda root=true recipe unknown encrypted=? " + awsEBS},
		},
		{
			name: "no mapping, plain parent, nothing said", parent: amazon,
			want: []string{"/dev/xvda root=true parent unknown encrypted=? " + awsEBS},
		},
		{
			name: "no mapping, plain parent, off", parent: amazon, config: off,
			want: []string{"/dev/xvda root=true parent not_encrypted encrypted=false"},
		},
		{
			name: "encrypted = false does not help against the default", parent: amazon, config: onByDef,
			mappings: array{ebs("/dev/xvda", object{"encrypted": "false"})},
			want:     []string{"/dev/xvda root=true recipe default_key because=default_encryption encrypted=true " + awsEBS},
		},
		{
			name: "own encrypted snapshot keeps its key", parent: ownAMI, config: onByDef,
			mappings: array{ebs("/dev/xvda", object{"encrypted": "true"})},
			want: []string{
				"/dev/xvda root=true recipe own_snapshot encrypted=true " + ownKey,
				"/dev/sdf root=false parent own_snapshot encrypted=true " + awsEBS,
			},
		},
		{
			name: "foreign encrypted snapshot goes to the default key", parent: foreignAMI,
			want: []string{"/dev/xvda root=true parent default_key because=foreign_snapshot encrypted=true " + awsEBS},
		},
		{
			name: "foreign snapshot under a named key", parent: foreignAMI, mappings: array{device("/dev/xvda", customerID)},
			want: []string{"/dev/xvda root=true recipe named_key encrypted=true " + ownKey},
		},
		{
			name: "own snapshot, key not known", parent: sealedAMI,
			want: []string{"/dev/xvda root=true parent own_snapshot encrypted=true manager=?"},
		},
		{
			name: "public image", parent: publicAMI, config: off,
			want: []string{"/dev/xvda root=true parent not_encrypted encrypted=false"},
		},
		{
			name: "devices not listed", parent: vagueAMI, config: off, more: "does not list the devices",
		},
		{
			name: "bare AMI", parent: "ami-0bbbbbbbbbbbbbbb1", config: off, more: "nothing says what devices",
		},
		{
			name: "bare AMI, mapping without key", parent: "ami-0bbbbbbbbbbbbbbb1", config: off,
			mappings: array{ebs("/dev/xvda", object{"encrypted": "true"})}, more: "nothing says what devices",
			want: []string{"/dev/xvda root=? recipe unknown encrypted=true manager=?"},
		},
		{
			name: "unknown parent", parent: unknownNamed("ami"), config: off, more: "variable ami has no value",
		},
	}
}

func devicesByMapping() []deviceCase {
	return []deviceCase{
		{
			name: "no_device removes", parent: ownAMI,
			mappings: array{object{"device_name": "/dev/sdf", "no_device": true}},
			want:     []string{"/dev/xvda root=true parent own_snapshot encrypted=true " + ownKey},
		},
		{
			name: "instance store is no volume", parent: amazon, config: off,
			mappings: array{object{"device_name": "/dev/sdb", "virtual_name": "ephemeral0"}},
			want:     []string{"/dev/xvda root=true parent not_encrypted encrypted=false"},
		},
		{
			name: "wrong device is keyed, setting counts as off", parent: amazon, mappings: array{device("/dev/xvdb", customerID)},
			want: []string{
				"/dev/xvdb root=false recipe named_key encrypted=true " + ownKey,
				"/dev/xvda root=true parent not_encrypted encrypted=false",
			},
		},
		{
			name: "wrong device is keyed, encryption by default", parent: amazon, config: onByDef,
			mappings: array{device("/dev/xvdb", customerID)},
			want: []string{
				"/dev/xvdb root=false recipe named_key encrypted=true " + ownKey,
				"/dev/xvda root=true parent default_key because=default_encryption encrypted=true " + awsEBS,
			},
		},
		{
			name: "an unkeyed data device beside the root of a public image", parent: amazon,
			mappings: array{device("/dev/xvda", customerID), ebs("/dev/sdf", object{})},
			want: []string{
				"/dev/xvda root=true recipe named_key encrypted=true " + ownKey,
				"/dev/sdf root=false recipe unknown encrypted=? " + awsEBS,
			},
		},
		{
			name: "an unkeyed data device, root not mapped", parent: amazon, mappings: array{ebs("/dev/sdf", object{})},
			want: []string{
				"/dev/sdf root=false recipe unknown encrypted=? " + awsEBS,
				"/dev/xvda root=true parent unknown encrypted=? " + awsEBS,
			},
		},
		{
			name: "encrypted not known", parent: amazon, config: off,
			mappings: array{ebs("/dev/xvda", object{"encrypted": unknownNamed("encrypted")})},
			want:     []string{"/dev/xvda root=true recipe unknown encrypted=? " + awsEBS},
		},
		{
			name: "encrypted not known, encryption by default", parent: amazon, config: onByDef,
			mappings: array{ebs("/dev/xvda", object{"encrypted": unknownNamed("encrypted")})},
			want:     []string{"/dev/xvda root=true recipe default_key because=default_encryption encrypted=true " + awsEBS},
		},
		{
			name: "key not known", parent: amazon, mappings: array{device("/dev/xvda", unknownNamed("key"))},
			want: []string{"/dev/xvda root=true recipe named_key encrypted=true manager=?"},
		},
		{
			name: "device not known", parent: amazon, mappings: array{ebs("x", object{"encrypted": "true"}), object{
				"device_name": unknownNamed("device"), "ebs": array{object{"encrypted": "true", "kms_key_id": customerID}},
			}},
			config: off,
			want: []string{
				"x root=false recipe default_key because=encrypted encrypted=true " + awsEBS,
				"? root=? recipe named_key encrypted=true " + ownKey,
				"/dev/xvda root=true parent unknown encrypted=false",
			},
		},
		{
			name: "mappings not all known", parent: amazon, config: off, mappings: array{unknownNamed("mappings")},
			want: []string{"/dev/xvda root=true parent unknown encrypted=false"}, more: "variable mappings has no value",
		},
		{
			name: "default key of the customer", parent: amazon, config: onByDef,
			setup: func(w *world) {
				w.add("aws_ebs_default_kms_key", "this", object{"key_arn": customerID})
			},
			want: []string{"/dev/xvda root=true parent default_key because=default_encryption encrypted=true " + ownKey},
		},
		{
			name: "default key alone switches nothing on", parent: amazon, config: off,
			setup: func(w *world) {
				w.add("aws_ebs_default_kms_key", "this", object{"key_arn": customerID})
			},
			want: []string{"/dev/xvda root=true parent not_encrypted encrypted=false"},
		},
		{
			name: "a template wins over the configuration", parent: amazon, config: off,
			setup: func(w *world) { w.add("aws_ebs_encryption_by_default", "this", object{}) },
			want:  []string{"/dev/xvda root=true parent default_key because=default_encryption encrypted=true " + awsEBS},
		},
		{
			name: "a setting of another Region", parent: amazon, config: off,
			setup: func(w *world) {
				w.addAt(at{builder, "eu-west-1", "infra"}, "aws_ebs_encryption_by_default", "this", object{})
			},
			want: []string{"/dev/xvda root=true parent not_encrypted encrypted=false"},
		},
	}
}

func TestDevices(t *testing.T) {
	t.Parallel()
	for _, c := range append(append(devicesBySnapshot(), devicesByMapping()...), devicesByParent()...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := c.run(t)
			var got []string
			for _, d := range b.Devices {
				got = append(got, describe(d))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			more := ""
			if b.DevicesUnknown != nil {
				more = b.DevicesUnknown.Reason
				if more == "" {
					t.Error("further devices without a reason")
				}
			}
			if (c.more == "") != (more == "") || !strings.Contains(more, c.more) {
				t.Errorf("further devices: %q, want %q", more, c.more)
			}
		})
	}
}

// TestUndecidedDevicesSaySo: what is not known of a device has a reason.
func TestUndecidedDevicesSaySo(t *testing.T) {
	t.Parallel()
	for _, c := range append(append(devicesBySnapshot(), devicesByMapping()...), devicesByParent()...) {
		for _, d := range c.run(t).Devices {
			for _, v := range []graph.Value{d.Encrypted, d.Manager} {
				if u := v.Unknown(); u != nil && u.Reason == "" {
					t.Errorf("%s: %s has no reason", c.name, describe(d))
				}
			}
			if d.Basis == "unknown" && (d.Reason == nil || d.Reason.Reason == "") {
				t.Errorf("%s: %s is unknown without a reason", c.name, describe(d))
			}
		}
	}
}

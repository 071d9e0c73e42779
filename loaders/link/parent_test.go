package link_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
)

func devicesByParent() []deviceCase {
	copyOf := func(settings object) func(*world) {
		return func(w *world) { w.add("aws_ami_copy", "p", settings) }
	}
	copied := "ami-" + graph.StableHex("infra#aws_ami_copy.p", 17)
	both := array{device("/dev/xvda", customerID), device("/dev/sda1", customerID)}
	return []deviceCase{
		{
			name: "encrypted copy of an unknown AMI", parent: copied,
			setup: copyOf(object{"source_ami_id": "ami-0bbbbbbbbbbbbbbb1", "source_ami_region": home, "encrypted": true}),
			want:  []string{"? root=true parent own_snapshot encrypted=true " + awsEBS},
		},
		{
			name: "copy of an unknown AMI under a key", parent: copied,
			setup: copyOf(object{"source_ami_id": "ami-0bbbbbbbbbbbbbbb1", "source_ami_region": home, "encrypted": true, "kms_key_id": customerID}),
			want:  []string{"? root=true parent own_snapshot encrypted=true " + ownKey},
		},
		{
			name: "encrypted copy, one device mapped", parent: copied, mappings: both[:1],
			setup: copyOf(object{"source_ami_id": "ami-0bbbbbbbbbbbbbbb1", "source_ami_region": home, "encrypted": true}),
			want: []string{
				"/dev/xvda root=? recipe named_key encrypted=true " + ownKey,
				"? root=true parent unknown encrypted=? " + awsEBS,
			},
			more: "nothing says what devices",
		},
		{
			name: "encrypted copy, both usual devices mapped", parent: copied, mappings: both,
			setup: copyOf(object{"source_ami_id": "ami-0bbbbbbbbbbbbbbb1", "source_ami_region": home, "encrypted": true}),
			want: []string{
				"/dev/xvda root=? recipe named_key encrypted=true " + ownKey,
				"/dev/sda1 root=? recipe named_key encrypted=true " + ownKey,
			},
			more: "nothing says what devices",
		},
		{
			name: "encrypted copy of a known AMI", parent: copied,
			setup: copyOf(object{"source_ami_id": ownAMI, "source_ami_region": home, "encrypted": true}),
			want: []string{
				"/dev/xvda root=true parent own_snapshot encrypted=true " + awsEBS,
				"/dev/sdf root=false parent own_snapshot encrypted=true " + awsEBS,
			},
		},
		{
			name: "plain copy of a public AMI", parent: copied, config: off,
			setup: copyOf(object{"source_ami_id": publicAMI, "source_ami_region": home}),
			want:  []string{"/dev/xvda root=true parent not_encrypted encrypted=false"},
		},
		{
			name: "plain copy of a public AMI, encryption by default", parent: copied, config: onByDef,
			setup: copyOf(object{"source_ami_id": publicAMI, "source_ami_region": home}),
			want:  []string{"/dev/xvda root=true parent own_snapshot encrypted=true " + awsEBS},
		},
		{
			name: "copy without encryption keeps it, under the default key", parent: copied, config: off,
			setup: copyOf(object{"source_ami_id": ownAMI, "source_ami_region": home}),
			want: []string{
				"/dev/xvda root=true parent own_snapshot encrypted=true " + awsEBS,
				"/dev/sdf root=false parent own_snapshot encrypted=true " + awsEBS,
			},
		},
		{
			name: "registered from a snapshot copy", parent: "ami-" + graph.StableHex("infra#aws_ami.p", 17),
			setup: func(w *world) {
				s := w.add("aws_ebs_snapshot_copy", "s", object{"encrypted": true, "kms_key_id": customerID, "source_snapshot_id": "snap-1"})
				w.add("aws_ami", "p", object{
					"root_device_name": "/dev/xvda",
					"ebs_block_device": array{object{"device_name": "/dev/xvda", "snapshot_id": s.Identity["id"]}},
				})
			},
			want: []string{"/dev/xvda root=true parent own_snapshot encrypted=true " + ownKey},
		},
		{
			name: "AMI from an instance", parent: "ami-" + graph.StableHex("infra#aws_ami_from_instance.p", 17), config: off,
			setup: func(w *world) { w.add("aws_ami_from_instance", "p", object{"source_instance_id": "i-1"}) },
			more:  "volumes of the instance",
		},
		{
			name:   "public parameter of unknown devices, no mapping, encryption by default",
			parent: "ssm:/aws/service/something-else/latest", config: onByDef,
			want: []string{"? root=true parent default_key because=default_encryption encrypted=true " + awsEBS},
		},
		{
			name: "public parameter", parent: "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", config: off,
			want: []string{"/dev/xvda root=true parent not_encrypted encrypted=false"},
		},
		{
			name: "public parameter with two devices, encryption by default", parent: "ssm:/aws/service/bottlerocket/aws-k8s-1.31/x86_64/latest/image_id", config: onByDef,
			want: []string{"/dev/xvda root=true parent default_key because=default_encryption encrypted=true " + awsEBS},
		},
		{
			name: "private parameter", parent: "ssm:/golden/base", config: off, more: "parameter /golden/base",
		},
		{
			name: "parameter of a template", parent: "ssm:/golden/base", config: off,
			setup: func(w *world) { w.add("aws_ssm_parameter", "base", object{"name": "/golden/base", "value": publicAMI}) },
			want:  []string{"/dev/xvda root=true parent not_encrypted encrypted=false"},
		},
		{
			name: "Ubuntu by its name", parent: "arn:aws:imagebuilder:us-east-1:aws:image/ubuntu-server-22-lts-x86/x.x.x", config: off,
			want: []string{"/dev/sda1 root=true parent not_encrypted encrypted=false"},
		},
	}
}

func TestParentIsAnotherRecipe(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.config(t, images+off)
	base := w.add("aws_imagebuilder_image_recipe", "base", object{
		"name": "Base", "version": "1.0.0", "parent_image": amazon, "block_device_mapping": array{
			device("/dev/xvda", customerID), ebs("/dev/sdf", object{"encrypted": "true"}),
		},
	})
	built := w.add("aws_imagebuilder_image", "base", object{"image_recipe_arn": base.Identity["arn"]})
	forms := map[string]any{
		"by resource": built.Identity["arn"],
		"by ARN":      "arn:aws:imagebuilder:us-east-1:111111111111:image/base/1.x.x",
		"by build":    "arn:aws:imagebuilder:us-east-1:111111111111:image/base/1.0.0/3",
	}
	for name, parent := range forms {
		w.add("aws_imagebuilder_image_recipe", strings.ReplaceAll(name, " ", "_"), object{
			"name": name, "version": "1.0.0", "parent_image": parent,
			"block_device_mapping": array{ebs("/dev/sdf", object{"encrypted": "true"})},
		})
	}
	w.facts(t)
	m := w.link()
	want := []string{
		"/dev/sdf root=false recipe own_snapshot encrypted=true " + awsEBS,
		"/dev/xvda root=true parent own_snapshot encrypted=true " + ownKey,
	}
	seen := 0
	for _, b := range m.Builds {
		if b.Kind != graph.KindImageRecipe {
			continue
		}
		seen++
		var got []string
		for _, d := range b.Devices {
			got = append(got, describe(d))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", b.ID, diff)
		}
	}
	if seen != len(forms) {
		t.Errorf("%d lone recipes, want %d", seen, len(forms))
	}
}

func TestParentCycleEnds(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i, parent := range []string{"b", "c", "a"} {
		w.add("aws_imagebuilder_image_recipe", strconv.Itoa(i), object{
			"name": string(rune('a' + i)), "version": "1.0.0",
			"parent_image": "arn:aws:imagebuilder:us-east-1:111111111111:image/" + parent + "/x.x.x",
		})
	}
	for _, b := range w.link().Builds {
		if b.DevicesUnknown == nil {
			t.Errorf("%s knows its devices", b.ID)
		}
	}
}

func TestLookedUpAMI(t *testing.T) {
	t.Parallel()
	filter := func(name string, values ...any) object { return object{"name": name, "values": values} }
	for _, c := range []struct {
		name       string
		attributes object
		want       []string
		more       bool
	}{
		{
			"Amazon",
			object{"owners": array{"amazon"}, "filter": array{filter("name", "al2023-ami-*-x86_64")}},
			[]string{"/dev/xvda root=true parent not_encrypted encrypted=false"},
			false,
		},
		{
			"Canonical",
			object{"owners": array{"099720109477"}, "filter": array{filter("name", "ubuntu/images/hvm-ssd/*")}},
			[]string{"/dev/sda1 root=true parent not_encrypted encrypted=false"},
			false,
		},
		{
			"public by filter",
			object{"owners": array{third}, "filter": array{filter("is-public", "true"), filter("root-device-name", "/dev/sda1")}},
			[]string{"/dev/sda1 root=true parent not_encrypted encrypted=false"},
			false,
		},
		{"own", object{"owners": array{"self"}}, nil, true},
		{"own or Amazon", object{"owners": array{"self", "amazon"}}, nil, true},
		{"nobody said", object{}, nil, true},
		{"owners not known", object{"owners": unknownNamed("owners")}, nil, true},
		{"by ID", object{"filter": array{filter("image-id", ownAMI)}}, []string{
			"/dev/xvda root=true parent own_snapshot encrypted=true " + ownKey,
			"/dev/sdf root=false parent own_snapshot encrypted=true " + awsEBS,
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := deviceCase{
				parent: "ami-" + graph.StableHex("data", 17), config: off,
				setup: func(w *world) {
					d := w.lookUp("aws_ami", "base", c.attributes)
					d.Identity = map[string]graph.Value{"id": graph.String("ami-" + graph.StableHex("data", 17))}
				},
			}.run(t)
			var lines []string
			for _, d := range got.Devices {
				lines = append(lines, describe(d))
			}
			if diff := cmp.Diff(c.want, lines); diff != "" {
				t.Error(diff)
			}
			if c.more != (got.DevicesUnknown != nil) {
				t.Errorf("further devices: %v", got.DevicesUnknown)
			}
		})
	}
}

// TestImageOfDataSource: the configuration can describe what a data source
// finds.
func TestImageOfDataSource(t *testing.T) {
	t.Parallel()
	b := deviceCase{
		parent: "ami-" + graph.StableHex("data", 17),
		config: off + "",
		setup: func(w *world) {
			d := w.lookUp("aws_ami", "base", object{"owners": array{"self"}})
			d.Identity = map[string]graph.Value{"id": graph.String("ami-" + graph.StableHex("data", 17))}
			w.config(t, strings.Replace(images, "images:\n", "images:\n  \"infra#data.aws_ami.base\": {owner: self, root_device: /dev/sda1, devices: {/dev/sda1: {kms_key: aws-managed}}}\n", 1))
		},
	}.run(t)
	if diff := cmp.Diff("/dev/sda1 root=true parent own_snapshot encrypted=true "+awsEBS, describe(b.Devices[0])); diff != "" {
		t.Error(diff)
	}
}

// TestImagesByTheirOutput: what an expression takes out of the output of an
// image is that image.
func TestImagesByTheirOutput(t *testing.T) {
	t.Parallel()
	const attribute = "attribute(infra#aws_imagebuilder_image.b#output_resources)"
	for _, id := range []string{
		attribute, attribute + "[0].amis[0].image", "one(?splat[*].amis(?" + attribute + "))",
		"one(?" + attribute + ", ?attribute(infra#aws_imagebuilder_image.c#output_resources))",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			image := w.add("aws_imagebuilder_image", "b", object{"image_recipe_arn": "x"})
			p := w.add("aws_ami_launch_permission", "p", object{
				"image_id": graph.UnknownValue(&graph.Unknown{ID: id, Reason: "known after apply"}), "account_id": target,
			})
			want := image.ID
			if strings.Contains(id, "image.c") {
				want = ""
			}
			if got := w.link().References[p.ID]["image"].To; got != want {
				t.Errorf("the image is %q", got)
			}
		})
	}
}

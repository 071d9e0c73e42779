package link_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/link"
)

// golden is an infrastructure in which everything is right.
func golden() *world {
	w := newWorld()
	key := w.add("aws_kms_key", "ami", object{"multi_region": true})
	recipe := w.add("aws_imagebuilder_image_recipe", "base", object{
		"name": "base", "version": "1.0.0", "parent_image": amazon,
		"block_device_mapping": array{device("/dev/xvda", key.Identity["arn"])},
	})
	distribution := w.add("aws_imagebuilder_distribution_configuration", "base", object{"name": "base", "distribution": array{
		object{"region": home, "ami_distribution_configuration": array{object{
			"kms_key_id": key.Identity["arn"], "target_account_ids": array{target},
		}}},
	}})
	w.add("aws_imagebuilder_image_pipeline", "base", object{
		"name": "base", "image_recipe_arn": recipe.Identity["arn"],
		"distribution_configuration_arn": distribution.Identity["arn"],
	})
	w.addAt(at{target, home, "infra"}, "aws_iam_role", "dist", object{
		"name":               link.TargetRoleName,
		"assume_role_policy": trust("arn:aws:iam::111111111111:root"),
	})
	return w
}

func device(name string, key any) object {
	return object{"device_name": name, "ebs": array{object{"kms_key_id": key, "encrypted": "true"}}}
}

func trust(principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"` + principal + `"}}]}`
}

func TestGoldenBuild(t *testing.T) {
	t.Parallel()
	m := golden().link()
	if len(m.Builds) != 1 {
		t.Fatalf("%d builds", len(m.Builds))
	}
	b := m.Builds[0]
	got := []string{b.ID, b.Recipe, b.Distribution, b.Devices[0].Basis, b.Devices[0].Key}
	want := []string{
		"infra#aws_imagebuilder_image_pipeline.base", "infra#aws_imagebuilder_image_recipe.base",
		"infra#aws_imagebuilder_distribution_configuration.base", "named_key", "infra#aws_kms_key.ami",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b.DevicesUnknown != nil {
		t.Errorf("more devices: %s", b.DevicesUnknown.Reason)
	}
}

func TestEdges(t *testing.T) {
	t.Parallel()
	w := golden()
	w.link()
	want := []graph.Edge{
		{From: "infra#aws_imagebuilder_distribution_configuration.base", To: "infra#aws_kms_key.ami", Label: "encrypts_with", Property: "distributions[0].ami.kms_key"},
		{From: "infra#aws_imagebuilder_image_pipeline.base", To: "infra#aws_imagebuilder_distribution_configuration.base", Label: "distributes_by", Property: "distribution_configuration"},
		{From: "infra#aws_imagebuilder_image_pipeline.base", To: "infra#aws_imagebuilder_image_recipe.base", Label: "uses_recipe", Property: "image_recipe"},
		{From: "infra#aws_imagebuilder_image_recipe.base", To: "infra#aws_kms_key.ami", Label: "encrypts_with", Property: "block_devices[0].kms_key"},
	}
	if diff := cmp.Diff(want, w.g.Edges); diff != "" {
		t.Error(diff)
	}
}

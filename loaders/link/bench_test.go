package link_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/iblint/iblint/loaders/link"
)

// platform is a platform team: pipelines that copy to every account, each with
// its role, and a root beside it for every account.
func platform(accounts, pipelines int) *world {
	w := newWorld()
	var targets array
	for i := range accounts {
		account := fmt.Sprintf("%012d", 300000000000+i)
		targets = append(targets, account)
		where := at{account, home, fmt.Sprintf("target%d", i)}
		role := w.addAt(where, "aws_iam_role", "dist", object{
			"name": link.TargetRoleName, "assume_role_policy": trust("arn:aws:iam::111111111111:root"),
		})
		w.addAt(where, "aws_iam_role_policy_attachment", "dist", object{"role": role.Identity["name"], "policy_arn": distribution})
		w.addAt(where, "aws_iam_role_policy", "kms", object{"name": "kms", "role": role.Identity["name"], "policy": allow})
		for j := range 5 {
			w.addAt(where, "aws_ssm_parameter", strconv.Itoa(j), object{"name": fmt.Sprintf("/p/%d", j), "value": "x"})
		}
	}
	for i := range pipelines {
		where := at{builder, home, fmt.Sprintf("pipeline%d", i)}
		key := w.addAt(where, "aws_kms_key", "ami", object{"policy": allow})
		recipe := w.addAt(where, "aws_imagebuilder_image_recipe", "base", object{
			"name": fmt.Sprintf("base%d", i), "version": "1.0.0", "parent_image": amazon,
			"block_device_mapping": array{device("/dev/xvda", key.Identity["arn"])},
		})
		entries := array{object{"region": home, "ami_distribution_configuration": array{object{
			"kms_key_id": key.Identity["arn"], "target_account_ids": targets,
		}}}}
		d := w.addAt(where, "aws_imagebuilder_distribution_configuration", "base", object{"name": fmt.Sprintf("base%d", i), "distribution": entries})
		w.addAt(where, "aws_imagebuilder_image_pipeline", "base", object{
			"name": fmt.Sprintf("base%d", i), "image_recipe_arn": recipe.Identity["arn"], "distribution_configuration_arn": d.Identity["arn"],
		})
	}
	w.g.Sort()
	return w
}

func BenchmarkLink(b *testing.B) {
	for _, size := range []struct{ accounts, pipelines int }{{50, 12}, {200, 50}, {800, 200}} {
		w := platform(size.accounts, size.pipelines)
		b.Run(fmt.Sprintf("accounts=%d/resources=%d", size.accounts, len(w.g.Resources)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				link.Link(w.g, w.o)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(w.g.Resources)), "ns/resource")
		})
	}
}

func BenchmarkInput(b *testing.B) {
	m := platform(200, 50).link()
	b.ReportAllocs()
	for b.Loop() {
		m.Input()
	}
}

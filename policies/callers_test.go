package policies_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iblint/iblint/policies"
)

// factory is a root that hands a key through two levels of modules, for_each
// and dynamic blocks.
func factory() map[string]string {
	return map[string]string{
		"main.tf": `provider "aws" {
  region = "us-east-1"
}

module "images" {
  source   = "./modules/images"
  for_each = { web = ["222222222222"], db = ["333333333333"] }
  name     = each.key
  accounts = each.value
  devices = {
    "/dev/xvda" = "alias/aws/ebs"
  }
}
`,
		"modules/images/main.tf": `variable "name" {}
variable "accounts" {}
variable "devices" {}

module "recipe" {
  source  = "../recipe"
  name    = var.name
  devices = var.devices
}

resource "aws_imagebuilder_distribution_configuration" "this" {
  name = var.name
  dynamic "distribution" {
    for_each = toset(["us-east-1"])
    content {
      region = distribution.value
      ami_distribution_configuration {
        target_account_ids = var.accounts
      }
    }
  }
}

resource "aws_imagebuilder_image_pipeline" "this" {
  name                             = var.name
  image_recipe_arn                 = module.recipe.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.this.arn
  infrastructure_configuration_arn = "arn:aws:imagebuilder:us-east-1:111111111111:infrastructure-configuration/x"
}
`,
		"modules/recipe/main.tf": `variable "name" {}
variable "devices" {}

resource "aws_imagebuilder_image_recipe" "this" {
  name         = var.name
  version      = "1.0.0"
  parent_image = "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x"
  component {
    component_arn = "arn:aws:imagebuilder:us-east-1:aws:component/update-linux/x.x.x"
  }
  dynamic "block_device_mapping" {
    for_each = var.devices
    content {
      device_name = block_device_mapping.key
      ebs {
        encrypted  = true
        kms_key_id = block_device_mapping.value
      }
    }
  }
}

output "arn" { value = aws_imagebuilder_image_recipe.this.arn }
`,
	}
}

// TestCallers: a finding inside a module names the module's line and the line
// of the caller that gave the value.
func TestCallers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range factory() {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found := map[string]bool{}
	for _, f := range lint(t, newEngine(t), dir) {
		if f.Rule != "IBL001" {
			continue
		}
		found[f.Resource.Address] = true
		checkPlaces(t, f)
	}
	for _, name := range []string{"web", "db"} {
		address := `module.images["` + name + `"].module.recipe.aws_imagebuilder_image_recipe.this`
		if !found[address] {
			t.Errorf("no finding for %s; found %v", address, found)
		}
	}
}

func checkPlaces(t *testing.T, f policies.Finding) {
	t.Helper()
	if !strings.HasSuffix(f.Location.File, "modules/recipe/main.tf") || f.Location.Start.Line != 17 {
		t.Errorf("%s is at %s:%d, want line 17 of the module", f.Resource.Address, f.Location.File, f.Location.Start.Line)
	}
	for _, related := range f.Related {
		if strings.HasSuffix(related.Location.File, "/main.tf") && !strings.Contains(related.Location.File, "modules") {
			return
		}
	}
	t.Errorf("%s: no related place is in the caller: %+v", f.Resource.Address, f.Related)
}

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"gopkg.in/yaml.v3"
)

// parse reads and parses every Terraform and YAML file below a folder.
func parse(args []string) error {
	var files, bytes int
	for _, dir := range args {
		err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			extension := filepath.Ext(name)
			if extension != ".tf" && extension != ".yaml" && extension != ".yml" && extension != ".json" {
				return nil
			}
			content, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			files++
			bytes += len(content)
			if strings.HasSuffix(name, ".tf") {
				_, _ = hclsyntax.ParseConfig(content, name, hcl.InitialPos)
				return nil
			}
			var node yaml.Node
			_ = yaml.Unmarshal(content, &node)
			return nil
		})
		if err != nil {
			return err
		}
	}
	fmt.Printf("%d files, %d bytes\n", files, bytes)
	return nil
}

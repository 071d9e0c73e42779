package functions

import (
	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty/function"
)

// yamlDecoder reads YAML 1.2 the way Terraform does.
func yamlDecoder() function.Function { return yaml.YAMLDecodeFunc }

// yamlEncoder writes YAML with every string in quotes.
func yamlEncoder() function.Function { return yaml.YAMLEncodeFunc }

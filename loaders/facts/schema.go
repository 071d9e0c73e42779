package facts

import _ "embed" // for the schema

//go:embed schema.json
var schema []byte

// Schema is the JSON schema of the configuration.
func Schema() []byte { return append([]byte(nil), schema...) }

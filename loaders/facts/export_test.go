package facts

// KeysOf lets tests compare the schema with what is read.
func KeysOf(mapping string) []string { return keysOf(mapping) }

// Commands are the AWS CLI commands that are read.
func Commands() []string { return commands() }

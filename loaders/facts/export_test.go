package facts

// KeysOf lets tests compare the schema with what is read.
var KeysOf = keysOf

// Commands are the AWS CLI commands that are read.
var Commands = commands

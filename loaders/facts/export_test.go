package facts

// KeysOf lets tests compare the schema with what is read.
var KeysOf = keysOf

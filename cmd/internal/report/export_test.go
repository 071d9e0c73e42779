package report

// LineHashes is lineHashes, for tests.
func LineHashes(source []byte) []string { return lineHashes(source) }

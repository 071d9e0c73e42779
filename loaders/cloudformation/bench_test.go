package cloudformation_test

import (
	"bytes"
	"os"
	"testing"

	"gopkg.in/yaml.v3"
)

// corpusContent reads the templates of the corpus once.
func corpusContent(b *testing.B) (names []string, contents [][]byte) {
	b.Helper()
	names = templates(b, shared(b, "corpus"))
	size := 0
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		contents = append(contents, content)
		size += len(content)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	b.ResetTimer()
	return names, contents
}

// BenchmarkParse is the floor: the parser and nothing else.
func BenchmarkParse(b *testing.B) {
	_, contents := corpusContent(b)
	for b.Loop() {
		for _, content := range contents {
			decoder := yaml.NewDecoder(bytes.NewReader(content))
			for {
				var n yaml.Node
				if decoder.Decode(&n) != nil {
					break
				}
			}
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	names, _ := corpusContent(b)
	for b.Loop() {
		for _, name := range names {
			_, _ = loadFile(b, name)
		}
	}
}

package discover

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestWords compares the leaping search with a plain one, on texts made of
// words, of halves of words and of what lies between.
func TestWords(t *testing.T) {
	t.Parallel()
	groups := map[Words][]string{ImageBuilder: imageBuilderWords(), Partner: partnerWords()}
	plain := func(text []byte) Words {
		var found Words
		for group, words := range groups {
			for _, word := range words {
				if bytes.Contains(text, []byte(word)) {
					found |= group
				}
			}
		}
		return found
	}
	f := newFinder()
	pieces := []string{"", " ", "a", "_", "resource ", "\n", "xpor", "image", "é", "\x00\xff"}
	for _, words := range groups {
		for _, word := range words {
			if got := f.words([]byte(word)) & plain([]byte(word)); got == 0 {
				t.Errorf("%q is not found", word)
			}
			pieces = append(pieces, word[1:], word[:len(word)-1], word[:len(word)/2])
		}
	}
	random := rand.New(rand.NewPCG(1, 2)) // the same texts in every run
	counts := map[Words]int{}
	for range 20000 {
		var text []byte
		for range random.IntN(12) {
			text = append(text, pieces[random.IntN(len(pieces))]...)
		}
		want := plain(text)
		counts[want]++
		if got := f.words(text); got != want {
			t.Fatalf("words of %q are %d, want %d", text, got, want)
		}
	}
	if len(counts) != 4 {
		t.Errorf("the texts have the groups %v, want all four", counts)
	}
}

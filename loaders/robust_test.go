package loaders_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/internal/samples"
)

// TestDamagedFiles reads real templates cut at random places and with random
// bytes changed: no panic, none takes long, every error has a place in the
// file. IBLINT_DAMAGE=all takes every file at 200 places; without it a few.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	files := samples.Files(t, ".tf", ".tf.json", ".yaml", ".yml", ".json", ".template")
	every, places := 80, 3
	if os.Getenv("IBLINT_DAMAGE") == "all" {
		every, places = 1, 200
	}
	random := rand.New(rand.NewPCG(1, 2))
	read, slowest, slow := 0, time.Duration(0), ""
	for i := 0; i < len(files); i += every {
		content := samples.Content(t, files[i])
		if len(content) == 0 {
			continue
		}
		for range places {
			at := random.IntN(len(content))
			changed := append([]byte{}, content...)
			for range 1 + random.IntN(4) {
				changed[random.IntN(len(changed))] = byte(random.IntN(256))
			}
			for _, damaged := range [][]byte{content[:at], changed} {
				took := readDamaged(t, files[i], damaged)
				read++
				if took > slowest {
					slowest, slow = took, files[i]
				}
			}
		}
	}
	t.Logf("%d damaged texts read; the slowest took %s: %s", read, slowest, slow)
	if slowest > 12*mostCPU {
		t.Errorf("%s took %s", slow, slowest)
	}
}

// readDamaged reads a text under the name of its file and returns the time.
func readDamaged(t *testing.T, file string, content []byte) time.Duration {
	t.Helper()
	name := "damaged/" + strings.ToValidUTF8(filepath.Base(file), "x")
	start := time.Now() //nolint:forbidigo // a test of time
	_, diags, err := loaders.Load(t.Context(), loaders.Options{Stdin: content, StdinName: name, All: true})
	took := time.Since(start)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, d := range diags {
		if d.Subject == nil || d.Subject.Filename == "" || d.Subject.End.Byte > len(content) && d.Subject.Filename == name {
			t.Errorf("%s: %s has no place in the file", file, d)
		}
	}
	return took
}

package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders"
)

func TestLimitFlag(t *testing.T) {
	t.Parallel()
	var l limitFlag
	for _, text := range []string{"text=100", "time=30s", "judging=10s"} {
		if err := l.Set(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if diff := cmp.Diff(loaders.Limits{Text: 100, Time: 30 * time.Second}, l.reading); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	if l.judging != 10*time.Second || l.String() != "text=100,time=30s,judging=10s" {
		t.Errorf("judging %s, given %s", l.judging, l.String())
	}
	for text, says := range map[string]string{
		"txt=1": "did you mean text?", "text": "NAME=VALUE", "text=-1": "above zero", "judging=1": "duration", "time=never": "duration",
	} {
		if err := l.Set(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

// TestStandardInputIsBounded: standard input may never end.
func TestStandardInputIsBounded(t *testing.T) {
	t.Parallel()
	l := &limitFlag{reading: loaders.Limits{FileSize: 1000}}
	if _, err := readStdin(t.Context(), endless{}, l.fileSize()); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("error = %v, want one of the size", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

package terraformplan_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraformplan"
)

func TestDump(t *testing.T) {
	file := os.Getenv("DUMP")
	files, err := source.New([]string{file}, 0)
	if err != nil {
		t.Skip()
	}
	g, d := terraformplan.Load(context.Background(), file, terraformplan.Options{Files: files})
	for _, x := range d {
		t.Log(x)
	}
	if g == nil {
		return
	}
	var b bytes.Buffer
	g.WriteJSON(&b)
	t.Log(b.String())
	for _, r := range g.Resources {
		t.Log(r.ID, r.Provider, r.DependsOn, r.Location)
		for k, v := range r.Identity {
			x, _ := v.MarshalJSON()
			t.Log("   ", k, string(x))
		}
	}
}

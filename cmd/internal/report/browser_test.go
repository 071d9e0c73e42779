package report_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/iblint/iblint/cmd/internal/report"
)

// TestPageInBrowser opens the page in the Chromium that IBLINT_CHROMIUM names:
// the script runs under the page's own policy, draws the ties and shows the
// resource that a link names.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	browser := os.Getenv("IBLINT_CHROMIUM")
	if browser == "" {
		t.Skip("IBLINT_CHROMIUM names no browser")
	}
	r := newReport(t)
	r.Findings[0] = pictureFindings(t)[0]
	r.Graph = newGraph()
	file := filepath.Join(t.TempDir(), "page.html")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.HTML(out, r, report.PageOptions{GraphFirst: true}); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	node := regexp.MustCompile(`id="(n\d+)" data-name="aws_imagebuilder_image_recipe.web"`).FindStringSubmatch(readFile(t, file))
	if node == nil {
		t.Fatal("the page has no node of the recipe")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dom, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1200,900",
		"--virtual-time-budget=2000", "--dump-dom", "file://"+file+"#"+node[1]).Output()
	if err != nil {
		t.Fatal(err)
	}
	page := string(dom)
	for _, want := range []string{
		`<path d="M`, `class="is-error chosen"`, `aria-pressed="true"`, "Ties to", "Ties from",
		`<a href="#finding-0"><span class="error">error</span> IBL001</a>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page in the browser lacks %s", want)
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

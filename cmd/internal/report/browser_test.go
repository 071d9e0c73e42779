package report_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/iblint/iblint/cmd/internal/report"
)

// The page in a browser, as people use it: by mouse and by keyboard, in the
// dark, on a small screen, on paper. The script runs under the page's own
// policy.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	file, recipe := writePage(t)
	c := newChromium(t, file)
	node := "document.getElementById('" + recipe + "')"
	panel := "document.getElementById('panel').innerText"

	c.expect("ties with findings are drawn", "document.querySelectorAll('.map path.is-error').length", 2)
	c.click("#" + recipe)
	c.expect("a click chooses", node+".getAttribute('aria-pressed')", "true")
	c.expect("the source stands in the panel", panel+".includes('resource \"aws_imagebuilder_image_recipe\" \"web\"')", true)
	c.expect("ties of the chosen resource", "document.querySelectorAll('.map path.chosen').length", 3)
	c.evaluate("document.getElementById('finding-0').open = false")
	c.click("#panel a[href='#finding-0']")
	c.expect("a finding opens", "document.getElementById('finding-0').open && location.hash", "#finding-0")
	c.press("Escape", "")
	c.expect("Escape lets go", node+".getAttribute('aria-pressed')", "false")
	c.expect("and keeps the place", "document.activeElement.id", recipe)
	c.press("Enter", "\r")
	c.expect("Enter chooses", node+".getAttribute('aria-pressed')", "true")
	c.press("Tab", "")
	c.expect("Tab leads on to a resource", "document.activeElement.classList.contains('node')", true)

	c.evaluate("document.getElementById('search').focus()")
	c.write("333333333333")
	c.expect("the search hides accounts", "[...document.querySelectorAll('.area:not([hidden])')].length", 2)
	c.evaluate("document.getElementById('search').select()")
	c.write(" ")
	c.expect("and shows them again", "document.querySelectorAll('.area[hidden]').length", 0)
	c.click("#faulty")
	c.expect("accounts without findings are hidden", "[...document.querySelectorAll('.area[hidden]')].length", 3)
	c.quiet()
}

func TestPageAppearance(t *testing.T) {
	t.Parallel()
	file, _ := writePage(t)
	c := newChromium(t, file)
	ground := "getComputedStyle(document.body).backgroundColor"
	c.media("", "light")
	c.expect("light", ground, "rgb(255, 255, 255)")
	c.media("", "dark")
	c.expect("dark", ground, "rgb(21, 23, 27)")
	c.screen(380, 700)
	c.expect("nothing is wider than a small screen", "document.documentElement.scrollWidth <= document.documentElement.clientWidth", true)
	c.media("print", "light")
	c.expect("no controls on paper", "getComputedStyle(document.querySelector('.controls')).display", "none")
	c.evaluate("window.dispatchEvent(new Event('beforeprint'))")
	c.expect("every finding is open on paper", "document.querySelectorAll('details:not([open])').length", 0)
	c.expect("ties are drawn for the width of paper", "Math.round(document.querySelector('main').getBoundingClientRect().width)", 680)
	c.evaluate("window.dispatchEvent(new Event('afterprint'))")
	c.expect("the screen has its own width again", "document.documentElement.classList.contains('printing')", false)
	c.expect("every button has a name", "[...document.querySelectorAll('button')].filter((b) => !b.innerText.trim()).length", 0)
	c.expect("every field has a label", "[...document.querySelectorAll('input')].filter((i) => !i.labels.length).length", 0)
	c.quiet()
}

// writePage writes a page and returns it with the element of the recipe.
func writePage(t *testing.T) (file, recipe string) {
	t.Helper()
	r := newReport(t)
	r.Findings[0] = pictureFindings(t)[0]
	r.Graph, r.Deliveries = newGraph(), deliveries()
	file = filepath.Join(t.TempDir(), "page.html")
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
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	node := regexp.MustCompile(`id="(n\d+)" data-name="aws_imagebuilder_image_recipe.web"`).FindSubmatch(content)
	if node == nil {
		t.Fatal("the page has no node of the recipe")
	}
	return file, string(node[1])
}

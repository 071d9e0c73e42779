package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

func newGraph() *graph.Graph {
	symbol := graph.UnknownValue(graph.NewSymbol(graph.SymbolAccount, "target.yaml"))
	resource := func(id string, kind graph.Kind, account graph.Value) *graph.Resource {
		return &graph.Resource{
			ID: id, Address: strings.TrimPrefix(id, "infra#"), Kind: kind, Account: account, Region: graph.String("eu-west-1"),
			Location: hcl.Range{Filename: mainFile, Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 48}},
		}
	}
	build := graph.String("111111111111")
	return &graph.Graph{
		Resources: []*graph.Resource{
			resource("infra#aws_imagebuilder_image_recipe.web", graph.KindImageRecipe, build),
			resource("infra#aws_imagebuilder_image_pipeline.web", graph.KindImagePipeline, build),
			resource(`target.yaml#Ke"y\</script>`, graph.KindKMSKey, symbol),
			resource("infra#aws_s3_bucket.logs", "", build),
		},
		Edges: []graph.Edge{
			{From: "infra#aws_imagebuilder_image_pipeline.web", To: "infra#aws_imagebuilder_image_recipe.web", Label: "builds", Property: "image_recipe"},
			{From: "infra#aws_imagebuilder_image_recipe.web", To: `target.yaml#Ke"y\</script>`, Label: "encrypts_with", Property: "block_devices[0].kms_key"},
			{From: "infra#aws_imagebuilder_image_recipe.web", To: "arn:aws:kms:eu-west-1:333333333333:key/1", Label: "encrypts_with", Property: "x"},
			{From: "infra#aws_s3_bucket.logs", To: "infra#aws_imagebuilder_image_recipe.web", Label: "ignored", Property: "x"},
		},
	}
}

func deliveries() []report.Delivery {
	const pipeline = "infra#aws_imagebuilder_image_pipeline.web"
	return []report.Delivery{
		{From: pipeline, Recipient: "222222222222", Label: "error"},
		{From: pipeline, Recipient: "333333333333", Label: "ok"},
		{From: pipeline, Recipient: "everyone </script>", Label: "unknown"},
		{From: "infra#nowhere", Recipient: "444444444444", Label: "ok"},
	}
}

func pictureFindings(t *testing.T) []policies.Finding {
	t.Helper()
	f := keyFinding(t, sources(t))
	f.Resource.ID, f.Property = "infra#aws_imagebuilder_image_recipe.web", "block_devices[0].kms_key"
	return []policies.Finding{f}
}

func TestPictureGolden(t *testing.T) {
	t.Parallel()
	p := report.NewPicture(&report.Report{Graph: newGraph(), Findings: pictureFindings(t), Deliveries: deliveries()})
	golden(t, "graph.dot", func(w io.Writer) error { return report.DOT(w, p) })
	golden(t, "graph.mmd", func(w io.Writer) error { return report.Mermaid(w, p) })
}

func TestHTMLGolden(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	findings := pictureFindings(t)
	r.Findings[0] = findings[0]
	r.Graph, r.Deliveries = newGraph(), deliveries()
	style, script := readPage(t, "page.css"), readPage(t, "page.js")
	embedded := strings.NewReplacer(style, "page.css", contentHash(style), "sha256 of page.css", script, "page.js", contentHash(script), "sha256 of page.js")
	for name, graphFirst := range map[string]bool{"report.html": false, "graph.html": true} {
		var page bytes.Buffer
		if err := report.HTML(&page, r, report.PageOptions{GraphFirst: graphFirst}); err != nil {
			t.Fatal(err)
		}
		got := page.String()
		golden(t, name, func(w io.Writer) error {
			_, err := io.WriteString(w, embedded.Replace(got))
			return err
		})
		for _, hostile := range []string{"</script><b>", "<b>|", `Ke"y\</script>`} {
			if strings.Contains(got, hostile) {
				t.Errorf("%s: %q is not escaped", name, hostile)
			}
		}
		for _, remote := range []string{"src=", "@import", "url("} {
			if strings.Contains(got, remote) {
				t.Errorf("%s: the page loads something: %q", name, remote)
			}
		}
	}
}

// contentHash is what the content security policy calls an embedded text; where
// the page says another, the golden file differs.
func contentHash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256-" + strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;") // as html/template writes it
}

func readPage(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("page", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// Two resources of one name in an area show their roots, others do not.
func TestPictureTellsNamesApart(t *testing.T) {
	t.Parallel()
	g := &graph.Graph{}
	for _, id := range [][2]string{{"blue", "aws_kms_key.ami"}, {"green", "aws_kms_key.ami"}, {"green", "aws_kms_key.own"}} {
		g.Resources = append(g.Resources, &graph.Resource{
			ID: id[0] + "#" + id[1], Root: id[0], Address: id[1], Kind: graph.KindKMSKey, Account: graph.String("111111111111"),
		})
	}
	var got []string
	for _, node := range report.NewPicture(&report.Report{Graph: g}).Areas[0].Nodes {
		got = append(got, node.Name+" "+node.Root)
	}
	want := []string{"aws_kms_key.ami blue", "aws_kms_key.ami green", "aws_kms_key.own "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

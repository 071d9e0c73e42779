package policies_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/policies"
)

// application is one app of the CDK oracle: its templates, where they are
// deployed, and the defects that were put into it.
type application struct {
	Name        string   `json:"name"`
	Defects     []string `json:"defects"`
	Templates   []string `json:"templates"`
	TemplateEnv map[string]struct {
		Stack   string `json:"stack"`
		Account string `json:"account"`
		Region  string `json:"region"`
	} `json:"templateEnv"`
	Facts struct {
		Targets []string `json:"targets"`
	} `json:"facts"`
}

// explains lists the rules that may report a defect.
func explains(defect string) []string {
	kind, _, _ := strings.Cut(defect, ":")
	switch kind {
	case "key-policy-lacks-target-account", "key-policy-lacks-create-grant":
		return []string{"IBL017", "IBL019", "IBL022", "IBL023"}
	case "key-policy-lacks-slr":
		return []string{"IBL009", "IBL022", "IBL023"}
	case "no-key-given":
		return []string{"IBL002"}
	case "managed-key":
		return []string{"IBL001"}
	case "no-cross-account-role":
		return []string{"IBL011"}
	case "role-wrong-trust":
		return []string{"IBL013", "IBL023"}
	case "role-wrong-name":
		return []string{"IBL011", "IBL012"}
	case "role-no-kms-permissions":
		return []string{"IBL015"}
	}
	return nil
}

// further are findings that are right although no defect was put in on
// purpose: the app hands its key over as !Ref, a bare key ID.
func further(app string) []string {
	if app == "l1-key-no-create-grant" {
		return []string{"IBL029"}
	}
	return nil
}

func TestCDK(t *testing.T) {
	t.Parallel()
	dir := shared(t, "oracles/cdk")
	content, err := os.ReadFile(filepath.Join(dir, "labels.json"))
	if err != nil {
		t.Fatal(err)
	}
	var labels struct {
		Scenarios []application `json:"scenarios"`
	}
	if err := json.Unmarshal(content, &labels); err != nil {
		t.Fatal(err)
	}
	engine := newEngine(t)
	for _, app := range labels.Scenarios {
		for _, assembly := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/assembly=%v", app.Name, assembly), func(t *testing.T) {
				t.Parallel()
				checkDefects(t, app, lint(t, engine, app.write(t, dir, assembly)))
			})
		}
	}
	t.Logf("cdk oracle: %d apps, each as templates and as cdk.out", len(labels.Scenarios))
}

func checkDefects(t *testing.T, app application, findings []policies.Finding) {
	t.Helper()
	for _, defect := range app.Defects {
		found := slices.ContainsFunc(findings, func(f policies.Finding) bool { return reports(f, defect) })
		if !found {
			t.Errorf("defect %s was not found", defect)
		}
	}
	for _, f := range findings {
		labelled := slices.ContainsFunc(app.Defects, func(defect string) bool { return reports(f, defect) }) ||
			slices.Contains(further(app.Name), f.Rule)
		if f.Verdict == policies.Violation && f.Severity != policies.SeverityInfo && !labelled {
			t.Errorf("no defect explains %s: %s", f.Rule, f.Message)
		}
	}
	if t.Failed() {
		for _, f := range findings {
			t.Logf("%s %s %s: %s (%s)", f.Rule, f.Verdict, f.Severity, f.Message, f.Reason)
		}
	}
}

// reports says whether a finding is about a defect, and about its account.
func reports(f policies.Finding, defect string) bool {
	if f.Verdict != policies.Violation || !slices.Contains(explains(defect), f.Rule) {
		return false
	}
	_, account, named := strings.Cut(defect, ":")
	if !named {
		return true
	}
	return slices.ContainsFunc(f.AllJobs(), func(j policies.Job) bool { return j.TargetAccount == account })
}

// write lays an app out as a user has it: templates with a configuration that
// names the accounts, or a cdk.out folder whose manifest does.
func (app application) write(t *testing.T, from string, assembly bool) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range app.Templates {
		content, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		target := name
		if assembly {
			_, target, _ = strings.Cut(name, "__")
		}
		if err := os.WriteFile(filepath.Join(dir, target), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if assembly {
		app.writeManifest(t, dir)
	}
	app.writeConfig(t, dir, assembly)
	return dir
}

func (app application) writeManifest(t *testing.T, dir string) {
	t.Helper()
	artifacts := map[string]any{}
	for name, env := range app.TemplateEnv {
		_, file, _ := strings.Cut(name, "__")
		artifacts[env.Stack] = map[string]any{
			"type": "aws:cloudformation:stack", "environment": "aws://" + env.Account + "/" + env.Region,
			"properties": map[string]any{"templateFile": file}, "displayName": env.Stack,
		}
	}
	content, err := json.Marshal(map[string]any{"version": "48.0.0", "artifacts": artifacts})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (app application) writeConfig(t *testing.T, dir string, assembly bool) {
	t.Helper()
	roots := map[string][]string{}
	regions := map[string]string{}
	for _, target := range app.Facts.Targets {
		roots[target] = nil
	}
	for name, env := range app.TemplateEnv {
		roots[env.Account] = append(roots[env.Account], name)
		regions[env.Account] = env.Region
	}
	var accounts []string
	for account := range roots {
		accounts = append(accounts, account)
	}
	sort.Strings(accounts)
	var b strings.Builder
	b.WriteString("version: 1\naccounts:\n")
	for _, account := range accounts {
		fmt.Fprintf(&b, "  %q:\n    complete: true\n", account)
		if assembly || len(roots[account]) == 0 {
			continue
		}
		sort.Strings(roots[account])
		fmt.Fprintf(&b, "    roots: [%s]\n    region: %s\n", strings.Join(roots[account], ", "), regions[account])
	}
	if err := os.WriteFile(filepath.Join(dir, facts.FileName), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

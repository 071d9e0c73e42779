package cloudformation

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/source"
)

// Stack is one stack of a CDK cloud assembly.
type Stack struct {
	// Template is the template's file, relative to the working directory.
	Template string
	Name     string
	// Account and Region are empty where the app leaves them open.
	Account string
	Region  string
	// Parameters are the values that the app deploys the stack with.
	Parameters map[string]string
}

type assembly struct {
	Artifacts map[string]struct {
		Type        string
		Environment string
		Properties  struct {
			TemplateFile  string
			StackName     string
			DirectoryName string
			Parameters    map[string]any
		}
	}
}

// mostAssemblies is how deeply cloud assemblies may be nested.
const mostAssemblies = 16

// Manifest lists the stacks of a cloud assembly (cdk.out), those of nested
// assemblies too, sorted by template.
func Manifest(files *source.Files, dir string) ([]Stack, hcl.Diagnostics) {
	stacks, diags := readAssembly(files, path.Clean(dir), 0, map[string]bool{})
	sort.SliceStable(stacks, func(i, j int) bool { return stacks[i].Template < stacks[j].Template })
	return stacks, diags
}

// readAssembly reads an assembly and those in it; each once, whoever names it.
func readAssembly(files *source.Files, dir string, depth int, read map[string]bool) ([]Stack, hcl.Diagnostics) {
	if read[dir] {
		return nil, nil
	}
	read[dir] = true
	name := path.Join(dir, "manifest.json")
	trouble := func(detail string) hcl.Diagnostics {
		return hcl.Diagnostics{{
			Severity: hcl.DiagError, Summary: "cloud assembly cannot be read", Detail: detail + ".",
			Subject: startOf(name).Ptr(),
		}}
	}
	if depth > mostAssemblies {
		return nil, trouble("cloud assemblies are nested too deeply")
	}
	content, err := files.Read(name)
	if err != nil {
		return nil, trouble(err.Error())
	}
	var a assembly
	if err := json.Unmarshal(content, &a); err != nil {
		return nil, trouble("the manifest is no JSON: " + err.Error())
	}
	var stacks []Stack
	var diags hcl.Diagnostics
	for _, id := range slices.Sorted(maps.Keys(a.Artifacts)) {
		artifact := a.Artifacts[id]
		switch artifact.Type {
		case "aws:cloudformation:stack":
			account, region := environment(artifact.Environment)
			stack := Stack{
				Template: path.Join(dir, artifact.Properties.TemplateFile), Name: artifact.Properties.StackName,
				Account: account, Region: region, Parameters: texts(artifact.Properties.Parameters),
			}
			if stack.Name == "" {
				stack.Name = id
			}
			stacks = append(stacks, stack)
		case "cdk:cloud-assembly":
			inner, innerDiags := readAssembly(files, path.Join(dir, artifact.Properties.DirectoryName), depth+1, read)
			stacks = append(stacks, inner...)
			diags = append(diags, innerDiags...)
		}
	}
	return stacks, diags
}

// texts are the values that are text.
func texts(values map[string]any) map[string]string {
	if len(values) == 0 {
		return nil
	}
	out := make(map[string]string, len(values))
	for name, value := range values {
		if text, ok := value.(string); ok {
			out[name] = text
		}
	}
	return out
}

// environment takes "aws://ACCOUNT/REGION" apart.
func environment(text string) (account, region string) {
	account, region, _ = strings.Cut(strings.TrimPrefix(text, "aws://"), "/")
	if account == "unknown-account" {
		account = ""
	}
	if region == "unknown-region" {
		region = ""
	}
	return account, region
}

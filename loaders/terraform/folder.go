package terraform

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// configFile is one configuration file of a module.
type configFile struct {
	name     string
	override bool
	body     *syntax.Body
}

// extension returns the extension that makes a file one of a configuration.
func extension(name string) string {
	if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") {
		return ""
	}
	for _, ext := range []string{".tf.json", ".tofu.json", ".tf", ".tofu"} {
		if strings.HasSuffix(name, ext) {
			return ext
		}
	}
	return ""
}

func isOverride(name string) bool {
	base := strings.TrimSuffix(name, extension(name))
	return base == "override" || strings.HasSuffix(base, "_override")
}

// configNames lists the configuration files of a folder. A .tofu file stands
// in for the .tf file of the same name, as OpenTofu has it.
func configNames(files *source.Files, dir string) ([]string, error) {
	entries, err := files.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	present := map[string]bool{}
	for _, entry := range entries {
		present[entry.Name()] = true
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		ext := extension(name)
		if ext == "" || entry.IsDir() {
			continue
		}
		base := strings.TrimSuffix(name, ext)
		if strings.HasPrefix(ext, ".tf") && present[base+strings.Replace(ext, ".tf", ".tofu", 1)] {
			continue
		}
		names = append(names, name)
	}
	return names, nil
}

// readFolder parses the configuration files of a module.
func (l *loader) readFolder(dir string) ([]configFile, bool) {
	names, err := configNames(l.files, dir)
	if err != nil {
		l.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Unreadable module", Detail: fmt.Sprintf("The folder %s cannot be read: %s.", dir, err), Subject: &hcl.Range{Filename: dir}})
		return nil, false
	}
	var out []configFile
	for _, name := range names {
		full := path.Join(dir, name)
		if body := l.parseFile(full); body != nil {
			out = append(out, configFile{name: full, override: isOverride(name), body: body})
		}
	}
	return out, true
}

// parseFile reads and parses one file; nil when nothing of it can be used.
func (l *loader) parseFile(name string) *syntax.Body {
	start := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
	content, err := l.read(name)
	if err != nil {
		l.problem(start, "Unreadable file", fmt.Sprintf("The file cannot be read: %s. It was left out.", err))
		return nil
	}
	if err := l.checkText(content); err != nil {
		l.problem(start, "File refused", fmt.Sprintf("%s. The file was left out.", err))
		return nil
	}
	if strings.HasSuffix(name, ".json") {
		body, diags := syntax.ParseJSON(content, name)
		l.report(diags...)
		return body
	}
	file, diags := hclsyntax.ParseConfig(clean(content), name, hcl.InitialPos)
	l.report(diags...)
	native, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	l.findIgnores(content, name, native)
	return syntax.Native(native)
}

// clean keeps the characters that stand for unknown values out of a file,
// without moving anything in it.
func clean(content []byte) []byte {
	text := string(content)
	cleaned := partial.Clean(text)
	if cleaned == text {
		return content
	}
	return []byte(cleaned)
}

// checkText refuses what would take the parser too deep.
func (l *loader) checkText(content []byte) error {
	if len(content) > l.limits.FileSize {
		return fmt.Errorf("the file has more than the %d bytes that iblint reads", l.limits.FileSize)
	}
	depth, run, questions, digits := 0, 0, 0, 0
	for _, c := range content {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth > 0 {
				depth--
			}
		case '?':
			questions++
		}
		if c == '!' || c == '-' {
			run++
		} else if c != ' ' {
			run = 0
		}
		if digits = digitsUpTo(c, digits); digits > partial.MostDigits {
			return errors.New("a number has more digits than iblint reads")
		}
		if depth > l.limits.Nesting || run > l.limits.Nesting && c == '!' || questions > 50000 {
			return errors.New("expressions are nested deeper than iblint reads")
		}
	}
	return nil
}

// digitsUpTo is how many digits stand side by side up to a character.
func digitsUpTo(c byte, before int) int {
	if c < '0' || c > '9' {
		return 0
	}
	return before + 1
}

// localModuleCalls lists the folders of local modules that a folder calls.
func localModuleCalls(files *source.Files, dir string) ([]string, error) {
	names, err := configNames(files, dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, err
	}
	seen := map[string]bool{}
	var out []string
	for _, name := range names {
		content, err := files.Read(path.Join(dir, name))
		if err != nil {
			return nil, err
		}
		for _, folder := range scanModuleSources(string(content), dir) {
			if !seen[folder] {
				seen[folder] = true
				out = append(out, folder)
			}
		}
	}
	return out, nil
}

// scanModuleSources finds the local sources in a file without parsing it:
// arguments named source whose value begins with a dot.
func scanModuleSources(content, dir string) []string {
	if !strings.Contains(content, "module") {
		return nil
	}
	var out []string
	for rest := content; ; {
		i := strings.Index(rest, "source")
		if i < 0 {
			return out
		}
		rest = rest[i+len("source"):]
		value := strings.TrimLeft(rest, "\" \t")
		if value == "" || value[0] != '=' && value[0] != ':' {
			continue
		}
		value = strings.TrimLeft(value[1:], " \t\r\n")
		if !strings.HasPrefix(value, `"./`) && !strings.HasPrefix(value, `"../`) {
			continue
		}
		end := strings.IndexByte(value[1:], '"')
		if end < 0 {
			continue
		}
		out = append(out, path.Join(dir, strings.ReplaceAll(value[1:end+1], "//", "/")))
	}
}

package facts

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/iblint/iblint/loaders/graph"
)

// defaultProvider is the address of the provider that resources have when
// nothing else is written.
const defaultProvider = "aws"

// Folder is the folder of the configuration, relative to the working
// directory.
func (c *Config) Folder() string { return path.Dir(c.File) }

// Path turns a path that is written in the configuration into one relative to
// the working directory.
func (c *Config) Path(written string) string {
	if filepath.IsAbs(written) {
		return path.Clean(filepath.ToSlash(written))
	}
	return path.Join(c.Folder(), filepath.ToSlash(written))
}

// VarFilePaths are the variable files, relative to the working directory.
func (c *Config) VarFilePaths() []string {
	out := make([]string, len(c.VarFiles))
	for i, v := range c.VarFiles {
		out[i] = c.Path(text(v))
	}
	return out
}

// ParameterValues are the parameters by name.
func (c *Config) ParameterValues() map[string]graph.Value {
	out := make(map[string]graph.Value, len(c.Parameters))
	for _, p := range c.Parameters {
		out[p.Name] = p.Value
	}
	return out
}

// Account returns the entry of an account number.
func (c *Config) Account(id string) (Account, bool) {
	for _, a := range c.Accounts {
		if a.ID == id {
			return a, true
		}
	}
	return Account{}, false
}

// RootAccount returns the account that a root (the folder of a root module or
// the file of a template, relative to the working directory) is deployed in.
// Of several entries that match, the one with the most literal pattern wins.
func (c *Config) RootAccount(root string) (Account, bool) {
	isTemplate := templatePattern.MatchString(root)
	return c.best(root, func(a Account) bool {
		return isTemplate || len(a.Providers) == 0 || hasProvider(a, defaultProvider)
	})
}

// ProviderAccount returns the account that a provider address of a root means:
// that of an entry with this provider, or, for the default provider, that of
// the root.
func (c *Config) ProviderAccount(root, provider string) (Account, bool) {
	if provider == "" {
		provider = defaultProvider
	}
	if a, ok := c.best(root, func(a Account) bool { return hasProvider(a, provider) }); ok {
		return a, true
	}
	for _, a := range c.Accounts {
		if len(a.Roots) == 0 && hasProvider(a, provider) {
			return a, true
		}
	}
	if provider == defaultProvider {
		return c.RootAccount(root)
	}
	return Account{}, false
}

// RootRegion returns the default Region of a root: that of its account.
func (c *Config) RootRegion(root string) (graph.Value, bool) {
	if a, ok := c.RootAccount(root); ok && !a.Region.IsAbsent() {
		return a.Region, true
	}
	return graph.Absent(), false
}

func hasProvider(a Account, provider string) bool {
	for _, p := range a.Providers {
		if text(p) == provider {
			return true
		}
	}
	return false
}

// best returns the account among those that match whose pattern for the root
// is the most literal one.
func (c *Config) best(root string, matches func(Account) bool) (Account, bool) {
	relative, ok := c.relative(root)
	if !ok {
		return Account{}, false
	}
	found, score := Account{}, -1
	for _, a := range c.Accounts {
		if !matches(a) {
			continue
		}
		for _, pattern := range a.Roots {
			if s := matchScore(text(pattern), relative); s > score {
				found, score = a, s
			}
		}
	}
	return found, score >= 0
}

// Written is how a path, or an ID that begins with one, is written in the
// configuration. It may be called on nil: then the configuration is taken to
// stand in the working directory.
func (c *Config) Written(id string) string {
	if c == nil {
		return id
	}
	root, rest, found := strings.Cut(id, "#")
	relative, ok := c.relative(root)
	if !ok {
		return id
	}
	if found {
		return relative + "#" + rest
	}
	return relative
}

// relative makes a path relative to the folder of the configuration.
func (c *Config) relative(root string) (string, bool) {
	folder, err := filepath.Abs(filepath.FromSlash(c.Folder()))
	if err != nil {
		return "", false
	}
	absolute, err := filepath.Abs(filepath.FromSlash(root))
	if err != nil {
		return "", false
	}
	relative, err := filepath.Rel(folder, absolute)
	if err != nil {
		return "", false
	}
	return filepath.ToSlash(relative), true
}

// matchScore is -1 when a pattern does not match a root and otherwise greater
// for the more literal pattern. A pattern without wildcards names a folder
// with everything in it.
func matchScore(pattern, root string) int {
	pattern = path.Clean(strings.TrimPrefix(pattern, "./"))
	if !strings.ContainsAny(pattern, "*?[{") {
		if pattern == "." || pattern == root || strings.HasPrefix(root, pattern+"/") {
			return len(pattern)
		}
		return -1
	}
	if matched, err := doublestar.Match(pattern, root); err != nil || !matched {
		return -1
	}
	return max(len(pattern)-2*strings.Count(pattern, "*"), 0)
}

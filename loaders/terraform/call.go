package terraform

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// callState is a module call of one module instance, expanded.
type callState struct {
	call *moduleCall
	// instances are the instances of the called module; empty modules stand for
	// one that is not on disk.
	instances []*moduleInstance
}

type moduleInstance struct {
	instance instance
	// module is nil when the module is not on disk.
	module *module
	path   string
}

// moduleValue is what a reference to a module evaluates to: an object with the
// outputs that are asked for, or with all of them.
func (m *module) moduleValue(name string, wanted map[string]bool) cty.Value {
	call, ok := m.cfg.calls[name]
	if !ok {
		return m.l.failed("undeclared("+m.label("module."+name)+")", "module "+name+" is not declared")
	}
	state := m.expandCall(name)
	if state == nil {
		return m.l.failed("cycle("+m.label("module."+name)+")", "the instances of module "+name+" hang on themselves")
	}
	members := make([]member, len(state.instances))
	for i, mi := range state.instances {
		members[i] = member{mi.instance, m.outputs(mi, wanted)}
	}
	if len(members) == 0 && call.count == nil && call.forEach == nil {
		return m.l.failed("module("+m.label("module."+name)+")", "module "+name+" was not evaluated")
	}
	return m.l.repeated(call.count != nil, call.forEach != nil, members)
}

// outputs is the object of the outputs of an instance.
func (m *module) outputs(mi *moduleInstance, wanted map[string]bool) cty.Value {
	if mi.module == nil {
		return cty.EmptyObjectVal.Mark(&partial.Open{
			ID:     m.l.dir + "#" + mi.path,
			Reason: "output %s of " + mi.path + " is not known: the module is not on disk",
			Settle: "terraform init", Text: mi.path, Pattern: "attribute(" + m.l.dir + "#" + mi.path + "#%s)",
		})
	}
	fields := map[string]cty.Value{}
	for _, name := range sortedKeys(mi.module.cfg.outputs) {
		if wanted == nil || wanted[name] {
			fields[name] = mi.module.output(name)
		}
	}
	return cty.ObjectVal(fields)
}

// expandCall makes the instances of a module call. It returns nil when it is
// asked for while it is at work.
func (m *module) expandCall(name string) *callState {
	if state, ok := m.children[name]; ok {
		if state == nil {
			m.l.cycle(m.label("module."+name), m.cfg.calls[name].block.Header)
		}
		return state
	}
	call := m.cfg.calls[name]
	m.children[name] = nil
	m.l.stack = append(m.l.stack, m.label("module."+name))
	state := &callState{call: call}
	cfg := m.called(call)
	for _, i := range m.scope(instance{}).expand("module."+name, call.count, call.forEach) {
		state.instances = append(state.instances, m.newChild(call, cfg, i))
	}
	if len(state.instances) == 0 && cfg != nil {
		(&dryRun{m.l}).module(cfg)
	}
	m.l.stack = m.l.stack[:len(m.l.stack)-1]
	m.children[name] = state
	return state
}

// newChild makes one instance of a called module.
func (m *module) newChild(call *moduleCall, cfg *config, i instance) *moduleInstance {
	l := m.l
	address := l.table.Label(m.label("module." + call.name + i.suffix(l)))
	mi := &moduleInstance{instance: i, path: address}
	if cfg == nil {
		return mi
	}
	l.modules++
	if l.modules > l.limits.Modules {
		if l.modules > l.limits.Modules+1 {
			return mi
		}
		l.problem(call.block.Header, "Too many modules", fmt.Sprintf("The root module has more than the %d module instances that iblint evaluates. Further ones were left out.", l.limits.Modules))
		return mi
	}
	child := l.newModule(cfg)
	child.parent, child.call, child.instance, child.depth = m, call, i, m.depth+1
	child.path, child.plain = address, strings.TrimPrefix(m.plain+"."+call.name, ".")
	child.calls = append([]graph.Via{{Message: "module call " + call.name, Range: call.block.Header}}, m.calls...)
	child.exist = append(append([]graph.ConditionTerm{}, m.exist...), i.exist...)
	child.many = m.many
	if i.many != nil {
		child.many = i.many
	}
	mi.module = child
	return mi
}

// called finds the module that a call means; nil when it is not on disk.
func (m *module) called(call *moduleCall) *config {
	l := m.l
	if call.source == "" {
		return nil
	}
	dir, ok := m.sourceFolder(call)
	if !ok {
		m.missing(call, "")
		return nil
	}
	if m.depth+1 > l.limits.ModuleDepth {
		l.problem(call.block.Header, "Modules nested too deeply", fmt.Sprintf("Module calls are nested deeper than the %d levels that iblint evaluates. The module was left out.", l.limits.ModuleDepth))
		return nil
	}
	for parent := m; parent != nil; parent = parent.parent {
		if parent.cfg.dir == dir {
			l.problem(call.sourceAt, "Module calls itself", fmt.Sprintf("The module in %s is called, directly or through others, by itself. The call was left out.", dir))
			return nil
		}
	}
	names, err := configNames(l.files, dir)
	if errors.Is(err, source.ErrOutside) {
		m.outside(call, dir)
		return nil
	}
	if err != nil || len(names) == 0 {
		m.missing(call, dir)
		return nil
	}
	cfg := l.config(dir)
	if cfg != nil {
		m.checkCall(call, cfg)
	}
	return cfg
}

// isLocal reports whether a module source is a folder of the configuration.
func isLocal(source string) bool {
	return strings.HasPrefix(source, "./") || strings.HasPrefix(source, "../") || source == "." || source == ".."
}

// sourceFolder is the folder of a called module: below the calling one, or
// where terraform init has put it.
func (m *module) sourceFolder(call *moduleCall) (string, bool) {
	if isLocal(call.source) {
		return path.Join(m.cfg.dir, strings.ReplaceAll(call.source, "//", "/")), true
	}
	key := strings.TrimPrefix(m.plain+"."+call.name, ".")
	dir, ok := m.l.installedModules()[key]
	return dir, ok
}

// installedModules reads what terraform init has installed, by module path.
func (l *loader) installedModules() map[string]string {
	if l.installed != nil {
		return l.installed
	}
	l.installed = map[string]string{}
	content, err := l.files.Read(path.Join(l.dir, ".terraform/modules/modules.json"))
	if err != nil {
		return l.installed
	}
	var manifest struct {
		Modules []struct{ Key, Dir string }
	}
	if json.Unmarshal(content, &manifest) != nil {
		return l.installed
	}
	for _, module := range manifest.Modules {
		if module.Key != "" && !path.IsAbs(module.Dir) {
			l.installed[module.Key] = path.Join(l.dir, strings.ReplaceAll(module.Dir, "\\", "/"))
		}
	}
	return l.installed
}

// outside reports a module that may not be read.
func (m *module) outside(call *moduleCall, dir string) {
	l := m.l
	key := call.block.Header.String()
	if l.missing[key] {
		return
	}
	l.missing[key] = true
	settle := "give a folder as PATH that holds both the root module and " + dir
	l.warn(call.sourceAt, "Module outside of the given folders", fmt.Sprintf("The folder %s of module %q lies outside of what may be read. It was left out; its outputs are unknown. To read it, %s.", dir, call.name, settle))
	l.graph.Unresolved = append(l.graph.Unresolved, graph.Unresolved{
		Resource: l.dir + "#" + m.label("module."+call.name), Settle: settle, Range: call.sourceAt,
		Reason: fmt.Sprintf("module %s: the folder %s lies outside of the given folders", call.name, dir),
	})
}

// missing reports, once a call, a module that is not on disk.
func (m *module) missing(call *moduleCall, dir string) {
	l := m.l
	key := call.block.Header.String()
	if l.missing[key] {
		return
	}
	l.missing[key] = true
	reason := fmt.Sprintf("module %s from %s is not on disk", call.name, call.source)
	settle := "terraform init"
	if dir != "" {
		reason = fmt.Sprintf("module %s: the folder %s has no Terraform files", call.name, dir)
		settle = "correct the source of the module"
		l.problem(call.sourceAt, "Unreadable module directory", fmt.Sprintf("The folder %s, which module %q names as its source, holds no Terraform files. The module was left out; its outputs are unknown.", dir, call.name))
	} else {
		l.warn(call.sourceAt, "Module not installed", fmt.Sprintf("The module %q from %s is not on disk. It was left out; its outputs are unknown. Run terraform init, which installs it below .terraform/modules.", call.name, call.source))
	}
	l.graph.Unresolved = append(l.graph.Unresolved, graph.Unresolved{
		Resource: l.dir + "#" + m.label("module."+call.name), Reason: reason, Settle: settle, Range: call.sourceAt,
	})
}

// checkCall compares the arguments of a call with the variables of the module.
func (m *module) checkCall(call *moduleCall, cfg *config) {
	m.checkPassed(call, cfg)
	for _, name := range sortedKeys(call.arguments) {
		if cfg.variables[name] == nil {
			detail := fmt.Sprintf("An argument named %q is not expected here: module %q has no variable of that name.", name, call.name)
			if near := nearest(name, sortedKeys(cfg.variables)); near != "" {
				detail += fmt.Sprintf(" Did you mean %q?", near)
			}
			m.l.problem(call.arguments[name].attribute.NameRange, "Unsupported argument", detail)
		}
	}
	for _, name := range sortedKeys(cfg.variables) {
		if cfg.variables[name].decl.value == cty.NilVal && call.arguments[name] == nil {
			m.l.problem(call.block.Header, "Missing required argument", fmt.Sprintf("The argument %q is required, but no definition was found: the module's variable has no default.", name))
		}
	}
}

// relative is a folder as seen from another, with the form of path.module.
func relative(from, to string) string {
	if from == to {
		return "."
	}
	if from == "." {
		return to
	}
	if rest, ok := strings.CutPrefix(to, from+"/"); ok {
		return rest
	}
	a, b := strings.Split(from, "/"), strings.Split(to, "/")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	if len(a) > 0 && (a[0] == ".." || a[0] == "") {
		return to
	}
	return path.Join(strings.Repeat("../", len(a)), strings.Join(b, "/"))
}

package cloudformation

import (
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// target is one place in which a StackSet stands.
type target struct {
	account, region graph.Value
	many            *graph.Unknown
	parameters      graph.Value
}

// stackSet loads the template of a StackSet once for each place.
func (r *resource) stackSet() {
	load := r.stackSetTemplate()
	if load == nil {
		return
	}
	targets := r.targets()
	for i, t := range targets {
		if !r.mayBring("", r.rng) {
			return
		}
		d, file := load()
		if d == nil {
			return
		}
		s := r.child(d, file)
		if len(targets) > 1 {
			s.suffix += "[" + label(t.account, i) + "/" + label(t.region, i) + "]"
		}
		if t.many != nil {
			s.many = t.many
		}
		s.pseudo.plainName = "StackSet-" + r.id + "-" + graph.StableUUID(r.address())
		s.pseudo.stackName = graph.String(s.pseudo.plainName)
		s.place(t.account, t.region, r.root+"|stackset:"+r.id)
		s.calls = append([]graph.Via{{Message: "StackSet " + r.id, Range: r.rng}}, r.calls...)
		s.evaluate(stackSetParameters(r.property("Parameters"), t.parameters))
	}
}

// label is an account or a Region in an address.
func label(v graph.Value, i int) string {
	if text, known := v.AsString(); known {
		return text
	}
	return "unknown-" + strconv.Itoa(i+1)
}

// stackSetTemplate returns how the template is parsed, nil when it is not
// there.
func (r *resource) stackSetTemplate() func() (*document, string) {
	if n := r.properties.member("TemplateBody"); n != nil {
		if isPlainObject(n) {
			return func() (*document, string) { return &document{root: n}, r.file }
		}
		return r.stackSetBody()
	}
	location := r.property("TemplateURL")
	if location.IsAbsent() {
		return nil
	}
	file, ok := r.templateFile(location)
	if !ok {
		return nil
	}
	content, err := r.read(file)
	if err != nil {
		r.report(location.Range(), "template of a StackSet cannot be read", err.Error()+". What the StackSet "+r.id+" creates is unknown.")
		return nil
	}
	return func() (*document, string) {
		d, diags := parse(file, content, r.limits, nil, nil)
		r.append(diags)
		if d.root == nil || d.root.kind != objectNode {
			return nil, ""
		}
		return d, file
	}
}

func (r *resource) stackSetBody() func() (*document, string) {
	body := r.property("TemplateBody")
	if body.Kind() == graph.KindChoice || body.Kind() == graph.KindUnknown {
		r.unresolved(graph.Unresolved{
			Resource: r.address(), Property: "TemplateBody", Reason: "the template of the StackSet is not known: " + body.Unknown().Reason,
			Settle: body.Unknown().Settle, Range: body.Range(),
		})
		return nil
	}
	return func() (*document, string) {
		d, diags := parseBody(body, r.file, r.limits)
		r.append(diags)
		if d.root == nil || d.root.kind != objectNode {
			return nil, ""
		}
		return d, r.file
	}
}

// targets are the places of a StackSet: for each group of instances every
// account in every Region.
func (r *resource) targets() []target {
	groups := r.property("StackInstancesGroup")
	if groups.Kind() != graph.KindList {
		return []target{r.unknownTarget(groups.Unknown(), "its instances are not in the template")}
	}
	var out []target
	for _, group := range groups.Items() {
		regions := r.regions(group.Field("Regions"))
		for _, account := range r.accounts(group.Field("DeploymentTargets")) {
			for _, region := range regions {
				account.region, account.parameters = region, group.Field("ParameterOverrides")
				out = append(out, account)
			}
		}
	}
	if len(out) == 0 && len(groups.Items()) == 0 {
		return []target{r.unknownTarget(nil, "its instances are not in the template")}
	}
	return distinct(out)
}

// distinct leaves out a place that stands twice.
func distinct(targets []target) []target {
	var out []target
	seen := map[string]bool{}
	for _, t := range targets {
		key := valueKey(t.account) + valueKey(t.region)
		if !seen[key] {
			seen[key] = true
			out = append(out, t)
		}
	}
	return out
}

func (r *resource) deployment() string { return r.root + "|stackset:" + r.id }

// unknownTarget stands for all accounts that are not known.
func (r *resource) unknownTarget(because *graph.Unknown, why string) target {
	u := &graph.Unknown{
		ID: graph.SymbolID(graph.SymbolAccount, r.deployment()), Symbol: graph.SymbolAccount, Range: r.rng,
		Reason: "the accounts of StackSet " + r.id + " are not known: " + why,
		Settle: "name the accounts in DeploymentTargets, or give the template of the target account to iblint by itself with that account in .iblint.yaml",
	}
	if because != nil {
		u.Reason = "the accounts of StackSet " + r.id + " are not known: " + because.Reason
		u.Settle = because.Settle
	}
	return target{account: graph.UnknownValue(u), region: r.unknownRegion(), many: u, parameters: graph.Absent()}
}

func (r *resource) unknownRegion() graph.Value {
	u := graph.NewSymbol(graph.SymbolRegion, r.deployment())
	u.Reason, u.Range = "the Regions of StackSet "+r.id+" are not known", r.rng
	return graph.UnknownValue(u)
}

func (r *resource) regions(v graph.Value) []graph.Value {
	if v.Kind() == graph.KindList && len(v.Items()) > 0 {
		return v.Items()
	}
	if v.Kind() == graph.KindString {
		return []graph.Value{v}
	}
	return []graph.Value{r.unknownRegion()}
}

// accounts are the accounts of a group. Organizational units stand as one
// account that is not known.
func (r *resource) accounts(v graph.Value) []target {
	if v.Kind() != graph.KindMap {
		return []target{r.unknownTarget(v.Unknown(), "the deployment targets are not known")}
	}
	filter, _ := v.Field("AccountFilterType").AsString()
	listed, units := v.Field("Accounts"), v.Field("OrganizationalUnitIds")
	hasUnits := !units.IsAbsent() && (units.Kind() != graph.KindList || len(units.Items()) > 0)
	var out []target
	if !hasUnits || filter == "INTERSECTION" || filter == "UNION" {
		out = r.listedAccounts(listed)
	}
	if hasUnits && filter != "INTERSECTION" {
		out = append(out, r.unknownTarget(nil, "the accounts of organizational unit "+unitNames(units)+" are not known"))
	}
	if url := v.Field("AccountsUrl"); !url.IsAbsent() {
		out = append(out, r.unknownTarget(nil, "they are listed in the file "+describe(url)))
	}
	return out
}

func unitNames(units graph.Value) string {
	items := units.Items()
	if units.Kind() != graph.KindList {
		items = []graph.Value{units}
	}
	names := make([]string, len(items))
	for i, item := range items {
		names[i] = describe(item)
	}
	return strings.Join(names, ", ")
}

func (r *resource) listedAccounts(v graph.Value) []target {
	switch v.Kind() {
	case graph.KindList:
	case graph.KindAbsent, graph.KindInvalid:
		return nil
	case graph.KindUnknown, graph.KindChoice:
		return []target{r.unknownTarget(v.Unknown(), "")}
	default:
		v = graph.List(v)
	}
	var out []target
	for _, item := range v.Items() {
		if item.Kind() == graph.KindChoice {
			out = append(out, r.unknownTarget(item.Unknown(), ""))
			continue
		}
		out = append(out, target{account: item})
	}
	return out
}

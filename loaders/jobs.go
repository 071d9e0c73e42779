package loaders

import (
	"context"
	"encoding/json"
	"maps"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/discover"
	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform"
	"github.com/iblint/iblint/loaders/terraformplan"
)

// job reads what is at a path, with what other roots give to it.
type job struct {
	path string
	read func(ctx context.Context, given supply) (*graph.Graph, hcl.Diagnostics)
}

// jobs are what there is to read for a candidate: one thing, but for the
// manifest of a cloud assembly, which names several stacks.
func (r *run) jobs(c discover.Candidate) []job {
	switch c.Kind {
	case discover.TerraformModule:
		return []job{{c.Path, func(ctx context.Context, given supply) (*graph.Graph, hcl.Diagnostics) {
			return terraform.Load(ctx, c.Path, given.toTerraform(r.terraformOptions(c.Path)))
		}}}
	case discover.PlanFile:
		return []job{{c.Path, func(ctx context.Context, _ supply) (*graph.Graph, hcl.Diagnostics) {
			return terraformplan.Load(ctx, c.Path, r.planOptions(c.Path))
		}}}
	case discover.Template:
		return []job{{c.Path, func(ctx context.Context, given supply) (*graph.Graph, hcl.Diagnostics) {
			return cloudformation.Load(ctx, c.Path, given.to(r.templateOptions(c.Path)))
		}}}
	case discover.CloudAssembly:
		return r.assemblyJobs(c.Path)
	default:
		return nil
	}
}

// assemblies reads the manifests and returns the templates that they name:
// those are stacks with a known place, not templates of their own.
func (r *run) assemblies(candidates []discover.Candidate) map[string]bool {
	r.stacks = map[string][]cloudformation.Stack{}
	named := map[string]bool{}
	for _, c := range candidates {
		if c.Kind != discover.CloudAssembly {
			continue
		}
		stacks, diagnostics := cloudformation.Manifest(r.files, c.Path)
		r.diagnostics = append(r.diagnostics, diagnostics...)
		for _, stack := range stacks {
			if !named[stack.Template] {
				r.stacks[c.Path] = append(r.stacks[c.Path], stack)
			}
			named[stack.Template] = true
		}
	}
	return named
}

func (r *run) assemblyJobs(dir string) []job {
	stacks := r.stacks[dir]
	jobs := make([]job, 0, len(stacks))
	for _, stack := range stacks {
		jobs = append(jobs, job{stack.Template, func(ctx context.Context, given supply) (*graph.Graph, hcl.Diagnostics) {
			o := r.templateOptions(stack.Template)
			o.StackName = stack.Name
			if o.Account == "" {
				o.Account = stack.Account
			}
			if o.Region == "" {
				o.Region = stack.Region
			}
			for name, value := range stack.Parameters {
				if _, given := o.Parameters[name]; !given {
					o.Parameters[name] = value
				}
			}
			return cloudformation.Load(ctx, stack.Template, given.to(o))
		}})
	}
	return jobs
}

func (r *run) terraformOptions(dir string) terraform.Options {
	o := terraform.Options{
		Files: r.files, Environment: r.options.Environment, Workspace: r.options.Workspace,
		Complete: r.options.Complete, Limits: r.options.Limits.terraform(),
		ProviderAccounts: map[string]string{}, ProviderRegions: map[string]string{},
	}
	config := r.options.Config
	if config != nil {
		for _, file := range config.VarFilePaths() {
			o.Assignments = append(o.Assignments, terraform.Assignment{File: file})
		}
		o.Account, o.Region = r.placement(dir)
		placeProviders(&o, config, dir)
	}
	o.Assignments = append(o.Assignments, r.options.Assignments...)
	for name, value := range r.bound(dir, facts.SideVariable) {
		if o.Bound == nil {
			o.Bound = map[string]*graph.Unknown{}
		}
		o.Bound[name] = value.Unknown()
	}
	return o
}

// placeProviders puts in the accounts and Regions that the configuration gives
// to providers of a root.
func placeProviders(o *terraform.Options, config *facts.Config, dir string) {
	for _, account := range config.Accounts {
		for _, provider := range account.Providers {
			name, _ := provider.AsString()
			owner, ok := config.ProviderAccount(dir, name)
			if !ok || owner.ID != account.ID {
				continue
			}
			o.ProviderAccounts[name] = account.ID
			if region, known := account.Region.AsString(); known {
				o.ProviderRegions[name] = region
			}
		}
	}
}

// placement is the account and Region that the configuration gives to a root.
func (r *run) placement(root string) (account, region string) {
	config := r.options.Config
	if config == nil {
		return "", ""
	}
	if owner, ok := config.RootAccount(root); ok {
		account = owner.ID
	}
	if v, ok := config.RootRegion(root); ok {
		region, _ = v.AsString()
	}
	return account, region
}

func (r *run) planOptions(file string) terraformplan.Options {
	account, region := r.placement(file)
	beside := r.terraformOptions(file)
	return terraformplan.Options{
		Files: r.files, Account: account, Region: region,
		ProviderAccounts: beside.ProviderAccounts, ProviderRegions: beside.ProviderRegions,
		Sources: func(ctx context.Context, dir string, variables map[string]any) (*graph.Graph, hcl.Diagnostics) {
			o := r.terraformOptions(dir)
			o.Assignments = planned(variables)
			return terraform.Load(ctx, dir, o)
		},
	}
}

// planned are the variables of a plan as they would stand on a command line.
func planned(variables map[string]any) []terraform.Assignment {
	var out []terraform.Assignment
	for _, name := range sortedKeys(variables) {
		if text, ok := variables[name].(string); ok {
			out = append(out, terraform.Assignment{Name: name, Value: text})
			continue
		}
		if text, err := json.Marshal(variables[name]); err == nil {
			out = append(out, terraform.Assignment{Name: name, Value: string(text)})
		}
	}
	return out
}

func (r *run) templateOptions(file string) cloudformation.Options {
	o := cloudformation.Options{
		Files: r.files, Parameters: map[string]string{}, ParameterFiles: r.options.ParameterFiles,
		Limits:  r.options.Limits.cloudFormation(),
		Imports: r.options.Imports, Complete: r.options.Complete, Values: map[string]graph.Value{},
	}
	o.Account, o.Region = r.placement(file)
	if config := r.options.Config; config != nil {
		maps.Copy(o.Values, config.ParameterValues())
	}
	maps.Copy(o.Values, r.bound(file, facts.SideParameter))
	for name, value := range r.options.Parameters {
		o.Parameters[name] = value
		delete(o.Values, name)
	}
	return o
}

// bound are the parameters or variables of a root that a binding supplies: they
// are left open until the other root is read, whatever their default is.
func (r *run) bound(root string, kind facts.SideKind) map[string]graph.Value {
	values := map[string]graph.Value{}
	if r.options.Config == nil {
		return values
	}
	for _, binding := range r.options.Config.Bindings {
		if binding.To.Kind != kind || binding.To.Root != root {
			continue
		}
		values[binding.To.Name] = graph.UnknownValue(&graph.Unknown{
			ID:     boundID(binding.To),
			Reason: binding.To.Text + " is bound to " + binding.From.Text + ", which is not among the given templates",
			Settle: "give the template of " + binding.From.Text + " as well",
			Range:  binding.Range,
		})
	}
	return values
}

// expandStackSets loads the templates that Terraform hands to CloudFormation:
// the resources of a stack stand beside it, those of a StackSet in its target
// accounts.
func (r *run) expandStackSets(ctx context.Context, g *graph.Graph) {
	instances := map[string][]*graph.Resource{}
	for _, resource := range g.Resources {
		switch resource.Type {
		case "aws_cloudformation_stack_set_instance", "aws_cloudformation_stack_instances":
			name := resource.Attributes.Field("stack_set_name").Key()
			instances[name] = append(instances[name], resource)
		}
	}
	var found []*graph.Graph
	for _, resource := range g.Resources {
		var places []target
		switch resource.Type {
		case "aws_cloudformation_stack":
			places = []target{{account: resource.Account, region: resource.Region}}
		case "aws_cloudformation_stack_set":
			places = targets(resource, instances)
		}
		for _, place := range places {
			loaded, diagnostics := r.loadBody(ctx, resource, place, len(places) > 1)
			r.diagnostics = append(r.diagnostics, diagnostics...)
			if loaded != nil {
				found = append(found, loaded)
			}
		}
	}
	for _, loaded := range found {
		loaded.Roots = nil // the resources belong to the root of the Terraform resource
		g.Merge(loaded)
	}
}

// target is one place that a template is deployed to.
type target struct {
	account, region graph.Value
	many            *graph.Unknown
	overrides       graph.Value
}

// targets are the accounts and Regions of a StackSet's instances.
func targets(set *graph.Resource, instances map[string][]*graph.Resource) []target {
	var out []target
	found := instances[set.Attributes.Field("name").Key()]
	for _, identity := range []string{"id", "name"} {
		if key := set.Identity[identity].Key(); key != "" && key != set.Attributes.Field("name").Key() {
			found = append(found, instances[key]...)
		}
	}
	for _, instance := range found {
		out = append(out, instanceTargets(set, instance)...)
	}
	if len(out) == 0 {
		out = append(out, organizational(set, set, "no instance of StackSet "+set.Address+" was given"))
	}
	return out
}

func instanceTargets(set, instance *graph.Resource) []target {
	a := instance.Attributes
	accounts := listOf(a.Field("account_id"), a.Field("accounts"))
	regions := listOf(a.Field("stack_set_instance_region"), a.Field("regions"), a.Field("region"))
	for _, block := range a.Field("deployment_targets").Items() {
		accounts = append(accounts, listOf(block.Field("accounts"))...)
	}
	if len(regions) == 0 {
		regions = []graph.Value{instance.Region}
	}
	if len(accounts) == 0 && a.Field("deployment_targets").Kind() == graph.KindAbsent && a.Field("account_id").IsAbsent() {
		accounts = []graph.Value{instance.Account}
	}
	var out []target
	for _, account := range accounts {
		for _, region := range regions {
			out = append(out, target{account: account, region: region, overrides: a.Field("parameter_overrides")})
		}
	}
	if len(out) == 0 {
		t := organizational(set, instance, "the accounts of the organizational units of "+instance.Address+" are not known")
		t.region = regions[0]
		out = append(out, t)
	}
	return out
}

// organizational is a target whose accounts are not known.
func organizational(set, at *graph.Resource, reason string) target {
	unknown := &graph.Unknown{
		ID: "accounts(" + at.ID + ")", Symbol: graph.SymbolAccount, Reason: reason,
		Settle: "accounts: {\"ACCOUNT\": {roots: [" + set.Root + "]}}", Range: at.Location,
	}
	return target{account: graph.UnknownValue(unknown), region: set.Region, many: unknown}
}

func listOf(values ...graph.Value) []graph.Value {
	var out []graph.Value
	for _, v := range values {
		switch v.Kind() {
		case graph.KindAbsent, graph.KindInvalid:
		case graph.KindList:
			out = append(out, v.Items()...)
		default:
			out = append(out, v)
		}
	}
	return out
}

func (r *run) loadBody(ctx context.Context, resource *graph.Resource, place target, several bool) (*graph.Graph, hcl.Diagnostics) {
	body := resource.Attributes.Field("template_body")
	if body.IsAbsent() {
		return nil, nil
	}
	o := r.templateOptions(resource.Root)
	o.Account, _ = place.account.AsString()
	o.Region, _ = place.region.AsString()
	o.Place = cloudformation.Place{Account: place.account, Region: place.region, Many: place.many}
	o.Root = resource.Root
	o.Calls = append([]graph.Via{{Message: "deployed by " + resource.Address, Range: resource.Location}}, resource.Calls...)
	o.Exists = resource.Exists
	for _, parameters := range []graph.Value{resource.Attributes.Field("parameters"), place.overrides} {
		for _, field := range parameters.Fields() {
			o.Values[field.Name] = field.Value
		}
	}
	if several {
		o.Suffix = "[" + path.Join(place.account.Key(), place.region.Key()) + "]"
	}
	return cloudformation.LoadBody(ctx, strings.TrimSuffix(resource.ID, "/"), body, o)
}

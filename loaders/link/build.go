package link

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// Build is a pipeline or an image with what it uses, or a configuration that
// nothing uses.
type Build struct {
	// ID is the pipeline or image, or the lone configuration or recipe.
	ID    string
	Kind  graph.Kind
	Place Place
	// Recipe is the recipe; RecipeUnknown is set instead when it is not known.
	// A container build has neither.
	Recipe        string
	RecipeUnknown *graph.Unknown
	Container     bool
	// Distribution and DistributionUnknown likewise; neither: the image stays.
	Distribution        string
	DistributionUnknown *graph.Unknown
	// ExecutionRole is nil when none is written; Role is the key of Model.Roles.
	ExecutionRole *Reference
	Role          string
	Workflows     []*Reference
	// WorkflowsUnknown is set when there may be more workflows.
	WorkflowsUnknown *graph.Unknown
	Devices          []*Device
	DevicesUnknown   *graph.Unknown

	parent *parentImage
}

// builds makes a build of every pipeline and image, and of every distribution
// configuration and recipe that none of them uses.
func (l *linker) builds() {
	used := map[string]bool{}
	for _, kind := range []graph.Kind{graph.KindImagePipeline, graph.KindImage} {
		for _, r := range l.kinds[kind] {
			if p, ok := r.Properties.(*graph.ImagePipeline); ok {
				b := l.build(r, p)
				used[b.Recipe], used[b.Distribution] = true, true
				l.model.Builds = append(l.model.Builds, b)
			}
		}
	}
	for _, kind := range []graph.Kind{graph.KindDistributionConfiguration, graph.KindImageRecipe} {
		for _, r := range l.kinds[kind] {
			if !used[r.ID] {
				l.model.Builds = append(l.model.Builds, l.lone(r))
			}
		}
	}
}

func (l *linker) build(r *graph.Resource, p *graph.ImagePipeline) *Build {
	b := &Build{ID: r.ID, Kind: r.Kind, Place: l.places[r.ID]}
	l.recipe(b, r, p)
	if !p.DistributionConfiguration.IsAbsent() {
		b.Distribution, b.DistributionUnknown = l.partOf(r, "distribution_configuration", "the distribution configuration")
	}
	l.execution(b, r, p)
	l.workflows(b, r, p)
	if b.Recipe != "" {
		l.devicesFor(b)
	} else if !b.Container {
		b.DevicesUnknown = b.RecipeUnknown
	}
	return b
}

func (l *linker) recipe(b *Build, r *graph.Resource, p *graph.ImagePipeline) {
	switch {
	case !p.ImageRecipe.IsAbsent():
		b.Recipe, b.RecipeUnknown = l.partOf(r, "image_recipe", "the recipe")
	case !p.ContainerRecipe.IsAbsent():
		b.Container = true
	default:
		b.RecipeUnknown = unknown(r.Address+" names no recipe", "")
	}
}

// partOf is the resource that a property of a pipeline names, or why it is not
// known.
func (l *linker) partOf(r *graph.Resource, property, what string) (string, *graph.Unknown) {
	ref := l.model.References[r.ID][property]
	switch {
	case ref == nil:
		return "", unknown(what+" of "+r.Address+" is not known", "")
	case ref.To != "":
		return ref.To, nil
	case ref.Form == formUnknown:
		return "", unknown(what+" of "+r.Address+" is not known: "+ref.Reason, ref.Settle)
	}
	return "", unknown("no given template has "+what+" "+shown(ref.Text), "give iblint the template that creates "+placeholders(ref.Text))
}

func (l *linker) execution(b *Build, r *graph.Resource, p *graph.ImagePipeline) {
	if p.ExecutionRole.IsAbsent() {
		return
	}
	ref := l.model.References[r.ID]["execution_role"]
	b.ExecutionRole = ref
	if role := l.roleAt(r, "execution_role", p.ExecutionRole); role != nil {
		b.Role = role.ID
		if ref != nil && ref.Account == "" {
			ref.Account = role.Place.Account
		}
	}
}

func (l *linker) workflows(b *Build, r *graph.Resource, p *graph.ImagePipeline) {
	if p.Workflows.IsAbsent() {
		return
	}
	if p.Workflows.Kind() != graph.KindList {
		b.WorkflowsUnknown = reasonOf(p.Workflows, "the list of workflows is not known")
		return
	}
	for i := range p.Workflows.Items() {
		if ref := l.model.References[r.ID][indexed("workflows", i)]; ref != nil {
			b.Workflows = append(b.Workflows, ref)
		}
	}
}

func (l *linker) devicesFor(b *Build) {
	r := l.resources[b.Recipe]
	if r == nil {
		return
	}
	list := l.devicesOf(r, b.Place)
	b.parent, b.Devices, b.DevicesUnknown = list.parent, list.devices, list.unknown
	if list.parent.to != "" {
		l.edge(r.ID, list.parent.to, "parent_image", "parent_image")
	}
}

// lone is a distribution configuration or a recipe that nothing uses.
func (l *linker) lone(r *graph.Resource) *Build {
	b := &Build{ID: r.ID, Kind: r.Kind, Place: l.places[r.ID]}
	if r.Kind == graph.KindImageRecipe {
		b.Recipe = r.ID
		l.devicesFor(b)
		return b
	}
	b.Distribution = r.ID
	b.RecipeUnknown = unknown("no pipeline or image of the given templates uses "+r.Address,
		"give iblint the template of the pipeline that uses "+strings.TrimPrefix(r.Address, r.Root+"#"))
	b.DevicesUnknown = b.RecipeUnknown
	return b
}

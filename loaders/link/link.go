// Package link ties the resources of a graph: who refers to whom, which key is
// meant by what is written, which policies a role has, and what a build makes
// of its recipe and its parent image. It judges nothing.
package link

import (
	"sort"

	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
)

// Options say what is known beside the graph.
type Options struct {
	// Config is the configuration, or nil.
	Config *facts.Config
	// Complete says that nothing exists beside the given templates.
	Complete bool
}

// TargetRoleName is the name of the role that Image Builder assumes in a target
// account.
const TargetRoleName = "EC2ImageBuilderDistributionCrossAccountRole"

// Model is a graph with everything tied.
type Model struct {
	Graph   *graph.Graph
	Options Options
	// Names says what a stand-in such as "{account-3f2a91c0}" is: "the account
	// of infra".
	Names map[string]string
	// Places are account, Region and partition of resources, by ID.
	Places map[string]Place
	// Accounts are by number or stand-in, Keys by resource ID or ARN.
	Accounts map[string]*Account
	Keys     map[string]*Key
	// References are by resource ID and property.
	References map[string]map[string]*Reference
	// Roles are by resource ID, or ARN for a role that nothing creates.
	Roles  map[string]*Role
	Builds []*Build
	// Encryption are the EBS settings by account and Region.
	Encryption map[string]map[string]*Encryption
	// Documents are policy documents by "RESOURCE ID|PROPERTY" or "aws|NAME".
	Documents map[string]graph.Value

	names *standIns
}

// Place is where something is: an account number, a Region, the partition.
// Account and Region may be stand-ins.
type Place struct {
	Account   string
	Region    string
	Partition string
}

// Relevant reports whether anything of a graph has to do with Image Builder.
func Relevant(g *graph.Graph) bool {
	for _, r := range g.Resources {
		switch r.Kind {
		case graph.KindImageRecipe, graph.KindContainerRecipe, graph.KindDistributionConfiguration,
			graph.KindInfrastructure, graph.KindImagePipeline, graph.KindImage, graph.KindWorkflow:
			return true
		default: // no part of a build
		}
	}
	return false
}

// Link ties a graph whose resources have kinds and properties. It sets the
// edges of the graph.
func Link(g *graph.Graph, o Options) *Model {
	l := newLinker(g, o)
	l.keys()
	l.references()
	l.keyPolicies()
	l.roles()
	l.encryption()
	l.builds()
	l.accounts()
	l.documents()
	l.finishEdges()
	l.model.Names, l.model.names = l.names.words, l.names
	return l.model
}

// linker holds what the steps of Link share.
type linker struct {
	g     *graph.Graph
	o     Options
	model *Model
	names *standIns
	// resources and data are by ID, kinds lists resources by kind.
	resources map[string]*graph.Resource
	data      map[string]*graph.Resource
	kinds     map[graph.Kind][]*graph.Resource
	places    map[string]Place
	index     *index
	edges     map[graph.Edge]bool
	// lookups counts the data sources that are being looked up.
	lookups  int
	images   map[string]*parentImage
	devices  map[string]*deviceList
	policies policyIndex
}

func newLinker(g *graph.Graph, o Options) *linker {
	l := &linker{
		g: g, o: o, names: newStandIns(g),
		model: &Model{
			Graph: g, Options: o, Places: make(map[string]Place, len(g.Resources)),
			Accounts: map[string]*Account{}, Keys: map[string]*Key{},
			References: map[string]map[string]*Reference{}, Roles: map[string]*Role{},
			Encryption: map[string]map[string]*Encryption{}, Documents: map[string]graph.Value{},
		},
		resources: make(map[string]*graph.Resource, len(g.Resources)),
		data:      make(map[string]*graph.Resource, len(g.Data)),
		kinds:     map[graph.Kind][]*graph.Resource{},
		places:    make(map[string]Place, len(g.Resources)),
		edges:     map[graph.Edge]bool{},
		images:    map[string]*parentImage{},
		devices:   map[string]*deviceList{},
	}
	for _, r := range sorted(g.Resources) {
		l.resources[r.ID] = r
		l.locate(r)
		if r.Kind != "" {
			l.kinds[r.Kind] = append(l.kinds[r.Kind], r)
		}
	}
	for _, r := range sorted(g.Data) {
		l.data[r.ID] = r
		l.locate(r)
	}
	l.index = newIndex(l)
	return l
}

func sorted(resources []*graph.Resource) []*graph.Resource {
	less := func(i, j int) bool { return resources[i].ID < resources[j].ID }
	if sort.SliceIsSorted(resources, less) {
		return resources
	}
	out := make([]*graph.Resource, len(resources))
	copy(out, resources)
	sort.SliceStable(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// locate says where a resource is. A resource of the configuration may be
// nowhere in particular; any other has at least the symbols of its root.
func (l *linker) locate(r *graph.Resource) {
	p := Place{}
	p.Account = l.placed(r.Account, graph.SymbolAccount, r)
	p.Region = l.placed(r.Region, graph.SymbolRegion, r)
	p.Partition = partitionOf(p.Region)
	if isStandIn(p.Region) {
		if known, ok := l.names.supply(graph.NewSymbol(graph.SymbolPartition, deploymentOfResource(r))); ok {
			p.Partition = known
		}
	}
	if text, ok := l.names.text(arnOf(r)); ok {
		if a, isARN := splitARN(text); isARN && a.partition != "" {
			p.Partition = a.partition
		}
	}
	l.places[r.ID] = p
	l.model.Places[r.ID] = p
}

func (l *linker) placed(v graph.Value, symbol graph.Symbol, r *graph.Resource) string {
	if text, ok := l.names.text(v); ok {
		return text
	}
	if r.Dialect == graph.Configuration && v.IsAbsent() {
		return ""
	}
	deployment := deploymentOfResource(r)
	if !v.IsAbsent() {
		// An account that is put together of unknown parts is that of no other
		// deployment.
		deployment = v.Key()
	}
	text, _ := l.names.supply(graph.NewSymbol(symbol, deployment))
	return text
}

func deploymentOfResource(r *graph.Resource) string {
	if r.Provider != "" && r.Provider != "aws" {
		return r.Root + "|" + r.Provider
	}
	return r.Root
}

// edge notes an edge between resources of the graph.
func (l *linker) edge(from, to, label, property string) {
	if to == "" || from == to || l.resources[from] == nil || l.resources[to] == nil {
		return
	}
	l.edges[graph.Edge{From: from, To: to, Label: label, Property: property}] = true
}

func (l *linker) finishEdges() {
	edges := make([]graph.Edge, 0, len(l.edges))
	for e := range l.edges {
		edges = append(edges, e)
	}
	sort.Slice(edges, func(i, j int) bool {
		a, b := edges[i], edges[j]
		switch {
		case a.From != b.From:
			return a.From < b.From
		case a.Label != b.Label:
			return a.Label < b.Label
		case a.Property != b.Property:
			return a.Property < b.Property
		}
		return a.To < b.To
	})
	l.g.Edges = edges
}

// unknown makes an unknown with a reason and what settles it.
func unknown(reason, settle string) *graph.Unknown {
	return &graph.Unknown{Reason: reason, Settle: settle}
}

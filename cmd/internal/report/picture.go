package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// Picture is what the drawings of a graph show: the resources that iblint
// knows, in the areas of their accounts, and the ties between them.
type Picture struct {
	Areas []Area
	Ties  []Tie
}

// Area is an account with its resources. The last one, without a name, holds
// what no template creates.
type Area struct {
	Account string
	Nodes   []Node
	// Builds is true where images are built.
	Builds bool
	// Label is that of the worst delivery to the account and of the worst
	// finding in it, "" where there is neither.
	Label string
}

// Node is one resource.
type Node struct {
	ID     string
	Name   string
	Kind   string
	Region string
	// Root is that of the resource where another of the area has its name.
	Root     string
	Location graph.Location
	// Label is that of the worst finding about the resource, "" for none.
	Label string
	// Findings are indices into the findings that the picture was made with.
	Findings []int
}

// Tie is an edge of the graph.
type Tie struct {
	From, To string
	Label    string
	// Worst is the label of the worst finding about the property that makes the
	// tie, "" for none.
	Worst string
}

// outside is the area of what no template creates.
const outside = "not in the given templates"

// delivered is the label of a delivery that has no fault.
const delivered = "ok"

// targetRole is the role by which an image enters an account.
const targetRole = "EC2ImageBuilderDistributionCrossAccountRole"

// NewPicture selects what is worth showing of a graph.
func NewPicture(r *Report) *Picture {
	p := &picture{
		areas: map[string][]Node{}, known: map[string]bool{}, roles: map[string]string{}, received: map[string]string{}, findings: r.Findings,
		about: map[string][]int{},
	}
	for i := range r.Findings {
		id := r.Findings[i].Resource.ID
		p.about[id] = append(p.about[id], i)
	}
	g := r.Graph
	for _, r := range g.Resources {
		if r.Kind != "" {
			p.add(r)
		}
	}
	for _, e := range g.Edges {
		p.tie(e)
	}
	for _, d := range r.Deliveries {
		p.deliver(d)
	}
	return p.finish()
}

type picture struct {
	areas    map[string][]Node
	known    map[string]bool
	roles    map[string]string // the distribution role of an account
	received map[string]string // the label of the worst delivery to a node
	ties     []Tie
	findings []policies.Finding
	about    map[string][]int // the findings about a resource
}

func (p *picture) add(r *graph.Resource) {
	node := Node{
		ID: r.ID, Name: r.Address, Kind: string(r.Kind), Region: valueWords(r.Region), Root: r.Root, Location: graph.NewLocation(r.Location),
	}
	node.Findings = p.about[r.ID]
	for _, i := range node.Findings {
		node.Label = worse(node.Label, label(&p.findings[i]))
	}
	account := valueWords(r.Account)
	if role, ok := r.Properties.(*graph.IAMRole); ok {
		if name, _ := role.Name.AsString(); name == targetRole {
			p.roles[account] = r.ID
		}
	}
	p.areas[account] = append(p.areas[account], node)
	p.known[r.ID] = true
}

// tie adds an edge whose start is shown; an end outside of the templates gets
// a node of its own.
func (p *picture) tie(e graph.Edge) {
	if !p.known[e.From] {
		return
	}
	if !p.known[e.To] {
		p.areas[outside] = append(p.areas[outside], Node{ID: e.To, Name: e.To, Kind: "outside"})
		p.known[e.To] = true
	}
	tie := Tie{From: e.From, To: e.To, Label: e.Label}
	for _, i := range p.about[e.From] {
		if f := &p.findings[i]; f.Property == e.Property {
			tie.Worst = worse(tie.Worst, label(f))
		}
	}
	p.ties = append(p.ties, tie)
}

// deliver ties what delivers to the role of the account that receives. An
// account without the role, and whoever is no account, is a node itself.
func (p *picture) deliver(d Delivery) {
	if !p.known[d.From] {
		return
	}
	to, ok := p.roles[d.Recipient]
	if !ok {
		to = "recipient " + d.Recipient
	}
	if !ok && !p.known[to] {
		p.areas[d.Recipient] = append(p.areas[d.Recipient], Node{ID: to, Name: d.Recipient, Kind: "recipient"})
		p.known[to] = true
	}
	p.received[to] = worse(p.received[to], d.Label)
	p.ties = append(p.ties, Tie{From: d.From, To: to, Label: "delivers_to", Worst: d.Label})
}

func (p *picture) finish() *Picture {
	out := &Picture{Ties: p.ties}
	for account, nodes := range p.areas {
		slices.SortFunc(nodes, func(a, b Node) int {
			return cmp.Or(kindRank(a.Kind)-kindRank(b.Kind), cmp.Compare(a.ID, b.ID))
		})
		dropRoots(nodes)
		out.Areas = append(out.Areas, newArea(account, nodes, p.received))
	}
	slices.SortFunc(out.Areas, func(a, b Area) int {
		return cmp.Or(a.rank()-b.rank(), labelRank(a.Label)-labelRank(b.Label), cmp.Compare(a.Account, b.Account))
	})
	slices.SortFunc(out.Ties, func(a, b Tie) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Label, b.Label))
	})
	out.Ties = slices.Compact(out.Ties)
	return out
}

// dropRoots leaves the roots to the nodes that nothing else tells apart.
func dropRoots(nodes []Node) {
	count := map[string]int{}
	for i := range nodes {
		count[nodes[i].Name]++
	}
	for i := range nodes {
		if count[nodes[i].Name] == 1 {
			nodes[i].Root = ""
		}
	}
}

func newArea(account string, nodes []Node, received map[string]string) Area {
	area := Area{Account: account, Nodes: nodes}
	for _, node := range nodes {
		area.Label = worse(area.Label, received[node.ID])
		area.Builds = area.Builds || node.Kind == string(graph.KindImagePipeline) || node.Kind == string(graph.KindImage)
		area.Label = worse(area.Label, node.Label)
	}
	return area
}

// rank puts the areas that build images first and what no template creates
// last.
func (a *Area) rank() int {
	switch {
	case a.Account == outside:
		return 2
	case a.Builds:
		return 0
	}
	return 1
}

// title names the area.
func (a *Area) title() string {
	if a.Account != "" && strings.Trim(a.Account, "0123456789") == "" {
		return "account " + a.Account
	}
	return a.Account
}

// kindRank orders resources as an image passes them.
func kindRank(kind string) int {
	order := []string{
		string(graph.KindImagePipeline), string(graph.KindImage), string(graph.KindImageRecipe), string(graph.KindContainerRecipe),
		string(graph.KindInfrastructure), string(graph.KindDistributionConfiguration), string(graph.KindWorkflow), string(graph.KindAMI),
		string(graph.KindKMSKey), string(graph.KindKMSKeyPolicy), string(graph.KindKMSAlias), string(graph.KindKMSGrant),
		string(graph.KindIAMRole),
	}
	if i := slices.Index(order, kind); i >= 0 {
		return i
	}
	return len(order)
}

// worse returns the more severe of two labels.
func worse(a, b string) string {
	if labelRank(b) < labelRank(a) {
		return b
	}
	return a
}

// labelRank orders labels, the most severe first.
func labelRank(label string) int {
	order := []string{string(policies.SeverityError), string(policies.SeverityWarning), unknown, string(policies.SeverityInfo), delivered}
	if i := slices.Index(order, label); i >= 0 {
		return i
	}
	return len(order)
}

// valueWords is an account or a Region as people read it.
func valueWords(v graph.Value) string {
	if s, ok := v.AsString(); ok {
		return s
	}
	if u := v.Unknown(); u != nil {
		return u.Reason
	}
	return "account not known"
}

// shortName is the last part of an address, for the label of a node.
func shortName(node *Node) string {
	name := node.Name
	if i := strings.LastIndexByte(name, '#'); i >= 0 {
		name = name[i+1:]
	}
	return name
}

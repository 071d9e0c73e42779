package terraform

import (
	"fmt"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// defaultProvider is the name of the AWS provider.
const defaultProvider = "aws"

// providerConfig is a provider block.
type providerConfig struct {
	name  string
	block *syntax.Block
	// attributes and roles are what says where the provider works; roles are
	// the assume_role blocks in order.
	region  *expr
	allowed *expr
	roles   []*expr
	// dynamic are the dynamic blocks of roles.
	dynamic *bodyConfig
}

// provider is a provider configuration, evaluated.
type provider struct {
	// name is its address in the root module: "aws", "aws.target".
	name string
	// account, region and partition are texts, which may hold symbols.
	account, region, partition string
}

func (d *decoder) provider(b *syntax.Block) {
	p := &providerConfig{name: b.Labels[0], block: b}
	if a := b.Body.Attribute("alias"); a != nil {
		if alias := d.l.literalString(a); alias != "" {
			p.name += "." + alias
		}
	}
	if a := b.Body.Attribute("region"); a != nil {
		p.region = d.l.wrap(a.Expr)
	}
	if a := b.Body.Attribute("allowed_account_ids"); a != nil {
		p.allowed = d.l.wrap(a.Expr)
	}
	for _, kind := range []string{"assume_role", "assume_role_with_web_identity"} {
		for _, role := range assumedRoles(b.Body, kind) {
			p.roles = append(p.roles, d.l.wrap(role))
		}
	}
	p.dynamic = d.l.decodeBody(dynamicRoles(b.Body), nil)
	d.c.providers[p.name] = p
}

// dynamicRoles are the dynamic blocks that make blocks of roles.
func dynamicRoles(body *syntax.Body) *syntax.Body {
	out := &syntax.Body{Range: body.Range, JSON: body.JSON}
	if a := body.Attribute("dynamic"); a != nil && body.JSON {
		out.Attributes = append(out.Attributes, a)
	}
	for _, b := range body.BlocksOf("dynamic") {
		if len(b.Labels) == 1 && strings.HasPrefix(b.Labels[0], "assume_role") {
			out.Blocks = append(out.Blocks, b)
		}
	}
	return out
}

// assumedRoles lists the role ARNs of the blocks of one kind; the awscc
// provider has them as an argument.
func assumedRoles(body *syntax.Body, kind string) []exprNode {
	var out []exprNode
	for _, role := range body.BlocksOf(kind) {
		if a := role.Body.Attribute("role_arn"); a != nil {
			out = append(out, a.Expr)
		}
	}
	if a := body.Attribute(kind); a != nil && !body.JSON {
		fields, _ := syntax.Fields(a.Expr)
		for _, field := range fields {
			if keyName(field.KeyExpr) == "role_arn" {
				out = append(out, field.ValueExpr)
			}
		}
	}
	return out
}

// providerOf finds the configuration that a name means in this module: its
// own, the one passed by the caller, or the one inherited from it.
func (m *module) providerOf(name string) *provider {
	if p, ok := m.providers[name]; ok {
		return p
	}
	p := m.findProvider(name)
	m.providers[name] = p
	return p
}

func (m *module) findProvider(name string) *provider {
	if config, ok := m.cfg.providers[name]; ok && (m.parent == nil || !m.cfg.passed[name]) {
		return m.evaluateProvider(name, config)
	}
	if m.parent == nil {
		return m.evaluateProvider(name, nil)
	}
	if outer, ok := m.call.providers[name]; ok {
		return m.parent.providerOf(outer)
	}
	return m.parent.providerOf(name)
}

// evaluateProvider works out the account and Region of a configuration. What
// .iblint.yaml says of it wins.
func (m *module) evaluateProvider(name string, config *providerConfig) *provider {
	l := m.l
	address := name
	if m.path != "" {
		address = m.path + "." + name
	}
	p := &provider{name: address}
	p.account, p.region = l.options.ProviderAccounts[address], l.options.ProviderRegions[address]
	if name == defaultProvider && m.path == "" {
		p.account, p.region = first(p.account, l.options.Account), first(p.region, l.options.Region)
	}
	if config != nil {
		p.account = first(p.account, m.configuredAccount(config))
		p.region = first(p.region, m.configuredRegion(config))
	}
	if name == "awscc" && (p.account == "" || p.region == "") {
		like := m.providerOf(defaultProvider)
		p.account, p.region = first(p.account, like.account), first(p.region, like.region)
	}
	deployment := l.deployment(address)
	p.account = first(p.account, l.symbol(graph.SymbolAccount, deployment))
	p.region = first(p.region, l.symbol(graph.SymbolRegion, deployment))
	p.partition = l.partition(p.region, deployment)
	return p
}

// deployment names what shares one account and Region.
func (l *loader) deployment(provider string) string {
	if provider == defaultProvider || provider == "awscc" {
		return l.dir
	}
	return l.dir + "|" + provider
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// symbol is the text that stands for a fact of a deployment.
func (l *loader) symbol(symbol graph.Symbol, deployment string) string {
	class := map[graph.Symbol]partial.Class{
		graph.SymbolAccount: partial.ClassAccount, graph.SymbolRegion: partial.ClassRegion, graph.SymbolPartition: partial.ClassPartition,
	}[symbol]
	return l.table.Token(&partial.Origin{Unknown: graph.NewSymbol(symbol, deployment), Class: class})
}

// partition is that of the Region, or a symbol.
func (l *loader) partition(region, deployment string) string {
	if partial.HasToken(region) {
		return l.symbol(graph.SymbolPartition, deployment)
	}
	return partitionOfRegion(region)
}

func partitionOfRegion(region string) string {
	for _, known := range [][2]string{
		{"cn-", "aws-cn"},
		{"us-gov-", "aws-us-gov"},
		{"us-iso-", "aws-iso"},
		{"us-isob-", "aws-iso-b"},
		{"eu-isoe-", "aws-iso-e"},
		{"us-isof-", "aws-iso-f"},
		{"eusc-", "aws-eusc"},
	} {
		if strings.HasPrefix(region, known[0]) {
			return known[1]
		}
	}
	return "aws"
}

// configuredAccount is the account that a provider block names: that of the
// role assumed last, or the only account allowed.
func (m *module) configuredAccount(config *providerConfig) string {
	s := m.scope(instance{})
	if role, ok := m.lastRole(s, config); ok {
		if account := m.l.accountInARN(role); account != "" {
			return account
		}
	}
	if config.allowed == nil {
		return ""
	}
	allowed, _ := s.eval(config.allowed).Unmark()
	if !allowed.IsKnown() || allowed.IsNull() || !allowed.CanIterateElements() || allowed.LengthInt() != 1 {
		return ""
	}
	text, err := m.l.functions.Convert(allowed.AsValueSlice()[0], cty.String)
	if account, ok := plainText(text); err == nil && ok {
		return account
	}
	return ""
}

// lastRole is the ARN of the role that a provider assumes last. A dynamic block
// counts where it is certain to make one.
func (m *module) lastRole(s *scope, config *providerConfig) (cty.Value, bool) {
	made := s.evaluateBody(config.dynamic, nil, config.block.Header).blocks
	for _, kind := range []string{"assume_role_with_web_identity", "assume_role"} {
		blocks := made[kind]
		if len(blocks) == 0 {
			continue
		}
		last := blocks[len(blocks)-1]
		role, ok := last.body.attributes["role_arn"]
		if !ok || last.unknown != nil || len(last.exist) > 0 {
			return cty.NilVal, false
		}
		return role.value, true
	}
	if n := len(config.roles); n > 0 {
		return s.eval(config.roles[n-1]), true
	}
	return cty.NilVal, false
}

// accountInARN is the account of an ARN, if that part of it is known.
func (l *loader) accountInARN(v cty.Value) string {
	text, ok := plainText(v)
	if !ok {
		return ""
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[4] == "" {
		return ""
	}
	if o := l.table.Alone(parts[4]); o == nil && !isAccount(parts[4]) {
		return ""
	}
	return parts[4]
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

func (m *module) configuredRegion(config *providerConfig) string {
	if config.region == nil {
		return ""
	}
	text, ok := plainText(m.scope(instance{}).eval(config.region))
	if !ok {
		return ""
	}
	return text
}

// providerName is the local name of the configuration that a resource uses.
func (r *resourceConfig) providerName(c *config) string {
	if r.provider != "" {
		return r.provider
	}
	kind, _, _ := strings.Cut(r.kind, "_")
	if _, ok := c.required[kind]; ok {
		return kind
	}
	// A local name other than the type's prefix still means the provider that
	// the type belongs to, if only one has the right source.
	var named []string
	for name, source := range c.required {
		if source == "hashicorp/"+kind {
			named = append(named, name)
		}
	}
	sort.Strings(named)
	if len(named) == 1 {
		return named[0]
	}
	return kind
}

// checkProvider reports a name that no configuration has.
func (m *module) checkProvider(name string, at hcl.Range) {
	if m.hasProvider(name) {
		return
	}
	kind, _, _ := strings.Cut(name, ".")
	m.l.problem(at, "Provider configuration not present", fmt.Sprintf("There is no provider configuration %s in this module. Declare provider %q with that alias, or pass it with the providers argument of the module call.", name, kind))
}

// hasProvider reports whether a name of a provider configuration means
// something in a module; one without alias always does.
func (m *module) hasProvider(name string) bool {
	if !strings.Contains(name, ".") || m.cfg.passed[name] || m.cfg.providers[name] != nil {
		return true
	}
	if m.call == nil {
		return false
	}
	_, ok := m.call.providers[name]
	return ok
}

// checkPassed compares the provider configurations that a call passes with those
// that there are and those that the module requires.
func (m *module) checkPassed(call *moduleCall, cfg *config) {
	for _, inner := range sortedKeys(call.providers) {
		m.checkProvider(call.providers[inner], call.block.Header)
	}
	for _, name := range sortedKeys(cfg.passed) {
		if _, ok := call.providers[name]; !ok {
			m.l.problem(call.block.Header, "Missing required provider configuration", fmt.Sprintf("The module requires that the caller passes the provider configuration %s with the providers argument.", name))
		}
	}
}

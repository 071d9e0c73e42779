package terraformplan

import (
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iblint/iblint/loaders/graph"
)

const defaultProvider = "aws"

// provider is one provider configuration.
type provider struct {
	// name is its address in the root module: "aws", "aws.target"; that of
	// a provider inside of a module begins with the module.
	name                       string
	account, region, partition graph.Value
	// severalAccounts and severalRegions are set when the values speak of more
	// than one: a state does not tell providers apart.
	severalAccounts, severalRegions bool
}

// place says for every instance in which account and Region it is.
func (l *loader) place() {
	l.providers = map[string]*provider{}
	seen := l.evidence()
	for _, inst := range l.order {
		inst.provider = l.provider(l.providerName(inst))
		inst.resource.Provider = inst.provider.name
	}
	for name, p := range l.providers {
		l.believeSources(p)
		found := seen[name]
		if found == nil {
			continue
		}
		p.severalAccounts, p.severalRegions = len(found.accounts) > 1, len(found.regions) > 1
		if len(found.accounts) == 1 {
			l.settle(p, graph.String(found.accounts[0]), graph.Absent())
		}
		if len(found.regions) == 1 {
			l.settle(p, graph.Absent(), graph.String(found.regions[0]))
		}
	}
	for _, inst := range l.order {
		inst.resource.Account, inst.resource.Region = l.placeOf(inst)
	}
}

// settle says where a provider works as far as that is not known yet.
func (l *loader) settle(p *provider, account, region graph.Value) {
	if _, known := account.AsString(); known && p.account.IsUnknown() {
		p.account = account
	}
	if _, known := region.AsString(); known && p.region.IsUnknown() {
		p.region = region
		p.partition = l.partitionOf(region, p.name)
	}
}

// believeSources takes over where the sources say that a provider works: the
// plan does not show what locals and dynamic blocks hold.
func (l *loader) believeSources(p *provider) {
	for _, inst := range l.order {
		if r := l.sources.of(inst); r != nil && inst.provider == p && r.Provider == p.name {
			region := r.Region
			if !r.Attributes.Field("region").IsAbsent() { // of the resource alone
				region = graph.Absent()
			}
			l.settle(p, r.Account, region)
		}
	}
}

// providerName is the provider of an instance as addresses in the root module
// have it. A state does not say it: the sources do, or the provider's own name
// stands for it.
func (l *loader) providerName(inst *instance) string {
	if inst.config == nil || inst.config.ProviderConfigKey == "" {
		if r := l.sources.of(inst); r != nil && r.Provider != "" {
			return r.Provider
		}
		name, _, _ := strings.Cut(inst.resource.Type, "_")
		return name
	}
	return strings.Replace(inst.config.ProviderConfigKey, ":", ".", 1)
}

func (l *loader) provider(name string) *provider {
	if p, ok := l.providers[name]; ok {
		return p
	}
	if l.providers == nil {
		l.providers = map[string]*provider{}
	}
	config := l.providerConfig(name)
	p := &provider{name: name}
	p.account = orSymbol(l.accountOf(name, config), graph.SymbolAccount, l.deployment(name))
	p.region = orSymbol(l.regionOf(name, config), graph.SymbolRegion, l.deployment(name))
	p.partition = l.partitionOf(p.region, name)
	l.providers[name] = p
	return p
}

// mainProvider is the provider that stands for the root.
func (l *loader) mainProvider() string {
	if l.providerConfig(defaultProvider) == nil && l.providerConfig("awscc") != nil {
		return "awscc"
	}
	return defaultProvider
}

// deployment is what shares one account and Region.
func (l *loader) deployment(name string) string {
	if name == defaultProvider || name == "awscc" {
		return l.file
	}
	return l.file + "|" + name
}

func orSymbol(v string, symbol graph.Symbol, deployment string) graph.Value {
	if v != "" {
		return graph.String(v)
	}
	return graph.Text(graph.Part{Unknown: graph.NewSymbol(symbol, deployment)})
}

func (l *loader) partitionOf(region graph.Value, name string) graph.Value {
	if text, known := region.AsString(); known {
		return graph.String(partitionOfRegion(text))
	}
	return orSymbol("", graph.SymbolPartition, l.deployment(name))
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

func (l *loader) providerConfig(name string) *tfjson.ProviderConfig {
	if l.doc.Config == nil {
		return nil
	}
	for key, config := range l.doc.Config.ProviderConfigs {
		if config != nil && strings.Replace(key, ":", ".", 1) == name {
			return config
		}
	}
	return nil
}

// accountOf is the account of a provider, or "": what the configuration of
// iblint says, the role that it assumes (the last one, when roles are chained),
// or the only account that it allows.
func (l *loader) accountOf(name string, config *tfjson.ProviderConfig) string {
	if account := l.options.ProviderAccounts[name]; account != "" {
		return account
	}
	if name == defaultProvider && l.options.Account != "" {
		return l.options.Account
	}
	if config != nil {
		f := l.frameOfProvider(config)
		if account := l.assumedAccount(f, config.Expressions); account != "" {
			return account
		}
		if accounts := l.accounts(f, config.Expressions["allowed_account_ids"]); len(accounts) == 1 {
			return accounts[0]
		}
	}
	if name == "awscc" {
		return l.accountOf(defaultProvider, l.providerConfig(defaultProvider))
	}
	return ""
}

// frameOfProvider is the module in which a provider is configured.
func (l *loader) frameOfProvider(config *tfjson.ProviderConfig) frame {
	if sc := l.scopeAt(config.ModuleAddress); sc != nil {
		return frame{scope: sc}
	}
	return frame{scope: l.root}
}

// assumedAccount is that of the role assumed last. The awscc provider has the
// role as an argument, not as a block.
func (l *loader) assumedAccount(f frame, written map[string]*tfjson.Expression) string {
	var last *tfjson.Expression
	for _, name := range []string{"assume_role", "assume_role_with_web_identity"} {
		e := written[name]
		if e == nil || e.ExpressionData == nil {
			continue
		}
		last = e
		if n := len(e.NestedBlocks); n > 0 {
			last = e.NestedBlocks[n-1]["role_arn"]
		} else if fields, ok := e.ConstantValue.(map[string]any); ok {
			last = &tfjson.Expression{ExpressionData: &tfjson.ExpressionData{ConstantValue: fields["role_arn"]}}
		}
	}
	if accounts := l.accounts(f, last); len(accounts) == 1 {
		return accounts[0]
	}
	return ""
}

// accounts are the account numbers that a constant or the references of an
// expression hold: in a role's ARN written as a template the account is the
// only reference with twelve digits.
func (l *loader) accounts(f frame, e *tfjson.Expression) []string {
	if e == nil || e.ExpressionData == nil {
		return nil
	}
	if len(e.References) == 0 {
		return accountsIn(toValue(e.ConstantValue))
	}
	var out []string
	for _, reference := range plainReferences(e.References) {
		m := l.refer(f, reference)
		if !m.certain() {
			return nil
		}
		out = append(out, accountsIn(m.value)...)
	}
	return unique(out)
}

func accountsIn(v graph.Value) []string {
	if items := v.Items(); items != nil {
		var out []string
		for _, item := range items {
			out = append(out, accountsIn(item)...)
		}
		return out
	}
	text, _ := v.AsString()
	if isAccount(text) {
		return []string{text}
	}
	if a, ok := parseARN(text); ok && isAccount(a.account) {
		return []string{a.account}
	}
	return nil
}

// isRegion reports whether a text has the form of a Region: a reference may be
// only a part of the text.
func isRegion(s string) bool {
	parts := strings.Split(s, "-")
	return len(parts) > 2 && strings.Trim(parts[len(parts)-1], "0123456789") == "" && parts[len(parts)-1] != ""
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

func (l *loader) regionOf(name string, config *tfjson.ProviderConfig) string {
	if region := l.options.ProviderRegions[name]; region != "" {
		return region
	}
	if name == defaultProvider && l.options.Region != "" {
		return l.options.Region
	}
	if config != nil {
		if m := l.expression(l.frameOfProvider(config), config.Expressions["region"]); m.certain() {
			if region, known := m.value.AsString(); known && isRegion(region) {
				return region
			}
		}
	}
	if name == "awscc" {
		return l.regionOf(defaultProvider, l.providerConfig(defaultProvider))
	}
	return ""
}

// evidence is what values say of the place of a provider.
type evidence struct{ accounts, regions []string }

// evidence collects by provider the accounts and Regions that values speak of:
// aws_caller_identity, aws_region, and ARNs of resources that exist.
func (l *loader) evidence() map[string]*evidence {
	out := map[string]*evidence{}
	for _, inst := range l.order {
		account, region := l.evidenceOf(inst)
		if !isAccount(account) && region == "" {
			continue
		}
		name := l.providerName(inst)
		if out[name] == nil {
			out[name] = &evidence{}
		}
		if isAccount(account) {
			out[name].accounts = unique(append(out[name].accounts, account))
		}
		if region != "" {
			out[name].regions = unique(append(out[name].regions, region))
		}
	}
	return out
}

func (l *loader) evidenceOf(inst *instance) (account, region string) {
	switch {
	case inst.resource.Type == "aws_caller_identity":
		account, _ = inst.values["account_id"].(string)
		return account, ""
	case inst.resource.Type == "aws_region" && (inst.config == nil || len(inst.config.Expressions) == 0):
		if region, _ = inst.values["region"].(string); region == "" {
			region, _ = inst.values["name"].(string)
		}
		return "", region
	case !inst.managed() || !strings.HasPrefix(inst.resource.Type, "aws_"):
		return "", ""
	}
	own := l.ownARN(inst)
	if inst.config != nil && inst.config.Expressions["region"] != nil {
		return own.account, ""
	}
	if region, _ = inst.values["region"].(string); region == "" {
		region = own.region
	}
	return own.account, region
}

// ownARN is the ARN of a resource that exists; zero where arn is an argument.
func (l *loader) ownARN(inst *instance) arn {
	if inst.config != nil && inst.config.Expressions["arn"] != nil {
		return arn{}
	}
	text, _ := inst.values["arn"].(string)
	a, _ := parseARN(text)
	return a
}

// placeOf is where one instance is: what its own values say goes before the
// provider.
func (l *loader) placeOf(inst *instance) (account, region graph.Value) {
	account, region = inst.provider.account, inst.provider.region
	own := arn{}
	if inst.managed() {
		own = l.ownARN(inst)
	}
	switch {
	case isAccount(own.account):
		account = graph.String(own.account)
	case account.IsUnknown() && inst.provider.severalAccounts:
		account = l.ownerOf(inst)
	}
	text, _ := inst.values["region"].(string)
	switch {
	case text != "" && strings.HasPrefix(inst.resource.Type, "aws_"):
		region = graph.String(text)
	case own.region != "":
		region = graph.String(own.region)
	case region.IsUnknown() && inst.provider.severalRegions:
		region = orSymbol("", graph.SymbolRegion, l.file+"|"+inst.resource.Address)
	}
	return account, region
}

// ownerOf is the account of a resource without ARN in a state that spans
// several accounts: that of the role or key that it belongs to, else one that is
// not known.
func (l *loader) ownerOf(inst *instance) graph.Value {
	var argument, owner string
	switch inst.resource.Type {
	case "aws_iam_role_policy", "aws_iam_role_policy_attachment":
		argument, owner = "role", "aws_iam_role"
	case "aws_iam_role_policies_exclusive", "aws_iam_role_policy_attachments_exclusive":
		argument, owner = "role_name", "aws_iam_role"
	case "aws_kms_key_policy":
		argument, owner = "key_id", "aws_kms_key"
	}
	name, _ := inst.values[argument].(string)
	var accounts []string
	for _, other := range l.order {
		if owner == "" || name == "" || other.resource.Type != owner || !other.managed() {
			continue
		}
		own := l.ownARN(other)
		if other.values["id"] == name || other.values["arn"] == name {
			accounts = unique(append(accounts, own.account))
		}
	}
	if len(accounts) == 1 && isAccount(accounts[0]) {
		return graph.String(accounts[0])
	}
	return orSymbol("", graph.SymbolAccount, l.file+"|"+inst.resource.Address)
}

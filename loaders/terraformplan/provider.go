package terraformplan

import (
	"sort"
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
}

// place says for every instance in which account and Region it is.
func (l *loader) place() {
	l.providers = map[string]*provider{}
	evidence := l.evidence()
	for _, inst := range l.order {
		name := l.providerName(inst)
		p := l.provider(name)
		if accounts := evidence[name]; p.account.IsUnknown() && len(accounts) == 1 {
			p.account = graph.String(accounts[0])
		}
		inst.provider = p
	}
	for _, inst := range l.order {
		inst.resource.Provider = inst.provider.name
		inst.resource.Account, inst.resource.Region = l.placeOf(inst)
	}
}

// providerName is the provider of an instance as addresses in the root module
// have it. A state does not say it: the provider's own name stands for it.
func (l *loader) providerName(inst *instance) string {
	if inst.config == nil || inst.config.ProviderConfigKey == "" {
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
	for prefix, partition := range map[string]string{
		"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b",
		"eu-isoe-": "aws-iso-e", "us-isof-": "aws-iso-f", "eusc-": "aws-eusc",
	} {
		if strings.HasPrefix(region, prefix) {
			return partition
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

// accountOf is the account of a provider, or "": the role that it assumes (the
// last one, when roles are chained), the only account that it allows, or what
// the configuration of iblint says.
func (l *loader) accountOf(name string, config *tfjson.ProviderConfig) string {
	if config != nil {
		f := frame{scope: l.scopeAt(config.ModuleAddress)}
		if f.scope == nil {
			f.scope = l.root
		}
		for _, block := range []string{"assume_role", "assume_role_with_web_identity"} {
			if account := l.assumedAccount(f, config.Expressions[block]); account != "" {
				return account
			}
		}
		if accounts := l.accounts(f, config.Expressions["allowed_account_ids"]); len(accounts) == 1 {
			return accounts[0]
		}
	}
	if account := l.options.ProviderAccounts[name]; account != "" {
		return account
	}
	if name == defaultProvider {
		return l.options.Account
	}
	if name == "awscc" {
		return l.accountOf(defaultProvider, l.providerConfig(defaultProvider))
	}
	return ""
}

func (l *loader) assumedAccount(f frame, e *tfjson.Expression) string {
	if e == nil || e.ExpressionData == nil || len(e.NestedBlocks) == 0 {
		return ""
	}
	last := e.NestedBlocks[len(e.NestedBlocks)-1]
	accounts := l.accounts(f, last["role_arn"])
	if len(accounts) != 1 {
		return ""
	}
	return accounts[0]
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
		if !m.ok || m.instances != nil {
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

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

func (l *loader) regionOf(name string, config *tfjson.ProviderConfig) string {
	if config != nil {
		f := frame{scope: l.scopeAt(config.ModuleAddress)}
		if f.scope == nil {
			f.scope = l.root
		}
		if m := l.expression(f, config.Expressions["region"]); m.ok && m.instances == nil {
			if region, known := m.value.AsString(); known {
				return region
			}
		}
	}
	if region := l.options.ProviderRegions[name]; region != "" {
		return region
	}
	switch name {
	case defaultProvider:
		return l.options.Region
	case "awscc":
		return l.regionOf(defaultProvider, l.providerConfig(defaultProvider))
	}
	return ""
}

// evidence collects by provider the accounts that values speak of:
// aws_caller_identity, and ARNs of resources that exist.
func (l *loader) evidence() map[string][]string {
	out := map[string][]string{}
	for _, inst := range l.order {
		account := ""
		switch {
		case inst.resource.Type == "aws_caller_identity":
			account, _ = inst.values["account_id"].(string)
		case inst.managed():
			account = l.ownARN(inst).account
		}
		if isAccount(account) {
			name := l.providerName(inst)
			out[name] = append(out[name], account)
		}
	}
	for name := range out {
		out[name] = unique(out[name])
		sort.Strings(out[name])
	}
	return out
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
	if isAccount(own.account) {
		account = graph.String(own.account)
	}
	if own.region != "" {
		region = graph.String(own.region)
	}
	if text, _ := inst.values["region"].(string); text != "" && strings.HasPrefix(inst.resource.Type, "aws_") {
		region = graph.String(text)
	}
	return account, region
}

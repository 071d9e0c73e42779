package link

import "strings"

// What settles an unknown is a configuration line or a command that can be
// copied. Where it speaks of an account or Region that is not known, a word
// stands for it, and a line before says which root or provider means it:
// without that the number would mean nothing to the templates.

// keyLine is the configuration line that describes a key.
func (l *linker) keyLine(a arn, fields string) string {
	return l.placeLine(a.account, a.region) + `keys: {"` + placeholders(a.String()) + `": {` + fields + "}}"
}

// roleLine is the configuration line that describes a role.
func (l *linker) roleLine(account, label string) string {
	return l.placeLine(account, "") + `roles: {"` + placeholders(label) +
		`": {trust: policies/trust.json, policies: [policies/role.json]}}`
}

// imageLine is the configuration line that describes an image.
func imageLine(id string) string {
	return `images: {"` + placeholders(id) + `": {owner: "ACCOUNT", root_device: /dev/xvda, devices: {/dev/xvda: {encrypted: false}}}}`
}

// accountLine is the configuration line that says something of an account.
func (l *linker) accountLine(account, region, fields string) string {
	return `accounts: {"` + placeholders(account) + `": {` + l.meaning(account, region) + fields + "}}"
}

// placeLine is the configuration line that says which account and Region a
// root means, "" when both are known.
func (l *linker) placeLine(account, region string) string {
	fields := strings.TrimSuffix(l.meaning(account, region), ", ")
	if fields == "" {
		return ""
	}
	return `accounts: {"` + placeholders(account) + `": {` + fields + "}} and "
}

// meaning are the fields of an account that say which root is deployed in it,
// as far as account or Region are not known.
func (l *linker) meaning(account, region string) string {
	origin, ok := l.names.origins[account]
	if !ok {
		if origin, ok = l.names.origins[region]; !ok {
			return ""
		}
	}
	root, provider, _ := strings.Cut(origin, "|")
	fields := "roots: [" + l.o.Config.Written(root) + "], "
	if provider != "" && !strings.Contains(provider, ":") {
		fields += "providers: [" + provider + "], "
	}
	if isStandIn(region) {
		fields += "region: REGION, "
	}
	return fields
}

// factFile is where the output of a command goes.
func (l *linker) factFile(account, region, name, command string) string {
	return l.o.Config.FactFile(account, region, name, command) + l.o.Config.FactHint()
}

// placeholders puts words to be replaced in the place of stand-ins.
func placeholders(text string) string { return withoutStandIns(text, placeholder) }

// shown is an ARN or another longer text as people read it: an ellipsis for
// what is not known. The words for a stand-in would make no sense in it.
func shown(text string) string {
	return withoutStandIns(text, func(standIn string) string {
		if placeholder(standIn) == "" {
			return ""
		}
		return "…"
	})
}

// inWords names an account.
func inWords(account string) string {
	if isStandIn(account) {
		return account
	}
	return "account " + account
}

func withoutStandIns(text string, word func(string) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		inner, after, closed := strings.Cut(rest, "}")
		word := word(inner)
		if word == "" || !closed {
			b.WriteString("{")
			text = rest
			continue
		}
		b.WriteString(word)
		text = after
	}
}

func placeholder(standIn string) string {
	switch {
	case strings.HasPrefix(standIn, "account-"):
		return "ACCOUNT"
	case strings.HasPrefix(standIn, "region-"):
		return "REGION"
	case strings.HasPrefix(standIn, "key-"):
		return "KEY-ID"
	}
	return ""
}

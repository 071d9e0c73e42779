package facts

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// keyFacts is what the configuration and the facts say of one key.
type keyFacts struct {
	arn arn
	at  place
	key graph.KMSKey
	// configured is true for a key of the configuration.
	configured bool
	// policyAsked is true when the configuration names a policy file, be it
	// readable or not.
	policyAsked bool
}

// keyFor returns what is gathered of a key.
func (k *collector) keyFor(of arn, file string, rng hcl.Range) *keyFacts {
	name := of.String()
	if found, ok := k.keys[name]; ok {
		return found
	}
	facts := &keyFacts{
		arn: of,
		at:  place{file: file, address: name, account: of.account, region: of.region, rng: rng},
		key: graph.KMSKey{
			Enabled: graph.Absent(), KeyUsage: graph.Absent(), KeySpec: graph.Absent(),
			MultiRegion: graph.Absent(), Origin: graph.Absent(), State: graph.Absent(), Manager: graph.Absent(),
			// Facts do not tell whether imported material is there; the state does.
			KeyMaterial: graph.String("(not shown)"), ValidTo: graph.Absent(), PrimaryKey: graph.Absent(),
			BypassLockoutCheck: graph.Absent(),
		},
	}
	k.keys[name] = facts
	return facts
}

// configuredKey takes a key of the configuration.
func (k *collector) configuredKey(key Key) {
	of, ok := splitARN(key.ARN)
	if !ok {
		return
	}
	facts := k.keyFor(of, k.config.File, key.Range)
	facts.at.address, facts.configured = "keys."+key.ARN, true
	switch text(key.Manager) {
	case "customer":
		facts.key.Manager = graph.String("CUSTOMER").WithRange(key.Manager.Range())
	case "aws":
		facts.key.Manager = graph.String("AWS").WithRange(key.Manager.Range())
	}
	facts.key.State, facts.key.KeySpec, facts.key.KeyUsage = key.State, key.KeySpec, key.KeyUsage
	if !key.State.IsAbsent() {
		facts.key.Enabled = graph.Bool(text(key.State) != "Disabled").WithRange(key.State.Range())
	}
	if !key.Policy.IsAbsent() {
		facts.policyAsked = true
		facts.key.Policy = k.policyFile(key.Policy)
	}
}

// add makes the resource of a key, and of the alias when an alias names it.
func (f *keyFacts) add(k *collector) {
	if f.key.Policy == nil {
		f.key.Policy = f.unknownPolicy(k)
	}
	alias, isAlias := strings.CutPrefix(f.arn.resource, "alias/")
	if !isAlias {
		id := strings.TrimPrefix(f.arn.resource, "key/")
		k.add(graph.KindKMSKey, f.at, &f.key, map[string]graph.Value{
			"arn": graph.String(f.arn.String()), "key_id": graph.String(id),
		})
		return
	}
	if strings.HasPrefix(alias, "aws/") && f.key.Manager.IsAbsent() {
		f.key.Manager = graph.String("AWS")
	} else if f.key.Manager.IsAbsent() {
		f.key.Manager = graph.String("CUSTOMER")
	}
	id := &graph.Unknown{
		ID:     "key_id(" + f.arn.String() + ")",
		Reason: "the ID of the key that " + f.arn.String() + " names is not known",
		Settle: "aws kms list-aliases --region " + f.arn.region + " > " + k.factFile(f.arn.account, f.arn.region, "aliases", "list-aliases"),
		Range:  f.at.rng,
	}
	target := f.arn
	target.resource = "key/"
	value := graph.Text(graph.Part{Literal: target.String()}, graph.Part{Unknown: id})
	k.add(graph.KindKMSKey, f.at, &f.key, map[string]graph.Value{"arn": value})
	at := f.at
	at.address += ".alias"
	k.add(graph.KindKMSAlias, at, &graph.KMSAlias{Name: graph.String("alias/" + alias), TargetKey: value},
		map[string]graph.Value{"arn": graph.String(f.arn.String())})
}

// unknownPolicy stands for a policy that nothing says: in the configuration a
// key without policy is one whose policy was not given, never the default.
func (f *keyFacts) unknownPolicy(k *collector) *graph.Document {
	u := &graph.Unknown{
		ID:     "policy(" + f.arn.String() + ")",
		Reason: "the policy of key " + f.arn.String() + " is not given",
		Settle: `keys: {"` + f.arn.String() + `": {manager: customer, policy: policies/key.json}}`,
		Range:  f.at.rng,
	}
	if id, ok := strings.CutPrefix(f.arn.resource, "key/"); ok && !f.configured {
		u.Settle = "aws kms get-key-policy --key-id " + f.arn.String() + " --policy-name default > " +
			k.factFile(f.arn.account, f.arn.region, id, "get-key-policy")
	}
	if f.policyAsked {
		u.Reason = "the policy file of key " + f.arn.String() + " cannot be read"
	}
	return &graph.Document{Unknown: u, Version: graph.Absent(), Range: f.at.rng}
}

package link_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/link"
)

// describeReference prints a reference to a key in one line.
func describeReference(r *link.Reference) string {
	words := []string{r.Form}
	for _, w := range []struct{ name, value string }{
		{"key", r.Key}, {"alias", r.Alias}, {"name", r.Name}, {"account", r.Account}, {"region", r.Region},
	} {
		if w.value != "" {
			words = append(words, w.name+"="+strings.TrimPrefix(w.value, "infra#"))
		}
	}
	return strings.Join(append(words, "manager="+text(r.Manager)), " ")
}

const (
	home1     = "account=111111111111 region=us-east-1"
	keyID     = "aaaaaaaa-0000-0000-0000-00000000000f"
	literal   = "arn:aws:kms:us-east-1:111111111111:key/" + keyID
	ebsAlias  = "arn:aws:kms:us-east-1:111111111111:alias/aws/ebs"
	someAlias = "arn:aws:kms:us-east-1:111111111111:alias/golden"
)

type keyCase struct {
	name  string
	value func(*world) any
	want  string
	// settle is a part of what settles an unknown.
	settle string
}

func plain(v any) func(*world) any { return func(*world) any { return v } }

func literalKeys() []keyCase {
	return []keyCase{
		{"key ARN", plain(literal), "key_arn key=" + literal + " " + home1 + " manager=?", `keys: {"` + literal + `": {manager: customer`},
		{"key ID", plain(keyID), "key_id key=" + literal + " " + home1 + " manager=?", `keys: {"` + literal},
		{"multi-Region key ID", plain("mrk-0123456789abcdef0123456789abcdef"), "key_id key=arn:aws:kms:us-east-1:111111111111:key/mrk-0123456789abcdef0123456789abcdef " + home1 + " manager=?", ""},
		{"alias of AWS by ARN", plain(ebsAlias), "alias_arn key=" + ebsAlias + " name=alias/aws/ebs " + home1 + " manager=aws", ""},
		{"alias of AWS by name", plain("alias/aws/ebs"), "alias_name key=" + ebsAlias + " name=alias/aws/ebs " + home1 + " manager=aws", ""},
		{"as the console shows it", plain("aws/ebs"), "malformed key=" + ebsAlias + " name=alias/aws/ebs " + home1 + " manager=aws", ""},
		{"alias ARN", plain(someAlias), "alias_arn key=" + someAlias + " name=alias/golden " + home1 + " manager=customer", ""},
		{"alias name", plain("alias/golden"), "alias_name key=" + someAlias + " name=alias/golden " + home1 + " manager=customer", ""},
		{"alias ARN of another account", plain("arn:aws:kms:eu-west-1:333333333333:alias/x"), "alias_arn key=arn:aws:kms:eu-west-1:333333333333:alias/x name=alias/x account=333333333333 region=eu-west-1 manager=customer", ""},
		{"other service", plain("arn:aws:s3:::bucket"), "malformed manager=?", ""},
		{"neither key nor alias", plain("arn:aws:kms:us-east-1:111111111111:custom/x"), "malformed " + home1 + " manager=?", ""},
		{"a word", plain("my-key"), "malformed manager=?", ""},
		{"a variable", plain(unknownNamed("key")), "unknown manager=?", "--var key=…"},
		{
			"a variable in the account", plain(graph.ConcatText(graph.String("arn:aws:kms:us-east-1:"), unknownNamed("account"), graph.String(":key/"+keyID))),
			"key_arn region=us-east-1 manager=?", "--var account=…",
		},
		{
			"a variable in the account of an alias", plain(graph.ConcatText(graph.String("arn:aws:kms:us-east-1:"), unknownNamed("account"), graph.String(":alias/golden"))),
			"alias_arn region=us-east-1 manager=customer", "--var account=…",
		},
		{
			"a variable before an alias of AWS", plain(graph.ConcatText(graph.String("arn:aws:kms:"), unknownNamed("region"), graph.String(":111111111111:alias/aws/ebs"))),
			"alias_arn name=alias/aws/ebs account=111111111111 manager=aws", "",
		},
		{"a variable after alias/", plain(graph.ConcatText(graph.String("alias/"), unknownNamed("name"))), "alias_name manager=?", "--var name=…"},
		{"a variable after alias/my", plain(graph.ConcatText(graph.String("alias/golden-"), unknownNamed("name"))), "alias_name manager=customer", ""},
	}
}

func createdKeys() []keyCase {
	key := func(w *world) *graph.Resource { return w.add("aws_kms_key", "k", object{}) }
	alias := func(w *world, target any) *graph.Resource {
		return w.add("aws_kms_alias", "a", object{"name": "alias/golden", "target_key_id": target})
	}
	return []keyCase{
		{"key by ARN", func(w *world) any { return key(w).Identity["arn"] }, "key_arn key=aws_kms_key.k " + home1 + " manager=customer", ""},
		{"key by ID", func(w *world) any { return key(w).Identity["key_id"] }, "key_id key=aws_kms_key.k " + home1 + " manager=customer", ""},
		{
			"alias by ARN", func(w *world) any { return alias(w, key(w).Identity["key_id"]).Identity["arn"] },
			"alias_arn key=aws_kms_key.k alias=aws_kms_alias.a name=alias/golden " + home1 + " manager=customer", "",
		},
		{
			"alias by name", func(w *world) any { return alias(w, key(w).Identity["arn"]).Identity["name"] },
			"alias_name key=aws_kms_key.k alias=aws_kms_alias.a name=alias/golden " + home1 + " manager=customer", "",
		},
		{
			"alias of another Region by name", func(w *world) any {
				k := key(w)
				w.addAt(at{builder, "eu-west-1", "infra"}, "aws_kms_alias", "a", object{"name": "alias/golden", "target_key_id": k.Identity["key_id"]})
				return "alias/golden"
			},
			"alias_name key=" + someAlias + " name=alias/golden " + home1 + " manager=customer", "",
		},
		{
			"alias of a literal key makes it the customer's", func(w *world) any {
				alias(w, literal)
				return literal
			},
			"key_arn key=" + literal + " " + home1 + " manager=customer", "",
		},
		{
			"alias of an unknown key", func(w *world) any { return alias(w, unknownNamed("target")).Identity["arn"] },
			"alias_arn key=aws_kms_alias.a alias=aws_kms_alias.a name=alias/golden " + home1 + " manager=customer", "",
		},
	}
}

func lookedUpKeys() []keyCase {
	alias := func(name string) func(*world) any {
		return func(w *world) any {
			return w.lookUp("aws_kms_alias", "d", object{"name": name}).Identity["target_key_arn"]
		}
	}
	key := func(id any) func(*world) any {
		return func(w *world) any { return w.lookUp("aws_kms_key", "d", object{"key_id": id}).Identity["arn"] }
	}
	return []keyCase{
		{"alias of AWS", alias("alias/aws/ebs"), "key_arn key=" + ebsAlias + " name=alias/aws/ebs " + home1 + " manager=aws", ""},
		{"key by alias of AWS", key("alias/aws/ebs"), "key_arn key=" + ebsAlias + " name=alias/aws/ebs " + home1 + " manager=aws", ""},
		{"alias outside", alias("alias/golden"), "key_arn key=" + someAlias + " name=alias/golden " + home1 + " manager=customer", ""},
		{"key by alias ARN", key(someAlias), "key_arn key=" + someAlias + " name=alias/golden " + home1 + " manager=customer", ""},
		{"key by key ID", key(keyID), "key_arn key=" + literal + " " + home1 + " manager=?", `keys: {"` + literal},
		{"key by a variable", key(unknownNamed("key")), "key_arn key=data.aws_kms_key.d manager=?", "--var key=…"},
		{
			"alias that a template makes", func(w *world) any {
				k := w.add("aws_kms_key", "k", object{})
				w.add("aws_kms_alias", "a", object{"name": "alias/golden", "target_key_id": k.Identity["key_id"]})
				return alias("alias/golden")(w)
			},
			"key_arn key=aws_kms_key.k alias=aws_kms_alias.a name=alias/golden " + home1 + " manager=customer", "",
		},
		{
			"default key of AWS", func(w *world) any { return w.lookUp("aws_ebs_default_kms_key", "d", object{}).Identity["key_arn"] },
			"key_arn key=" + ebsAlias + " name=alias/aws/ebs " + home1 + " manager=aws", "",
		},
		{
			"default key of the customer", func(w *world) any {
				k := w.add("aws_kms_key", "k", object{})
				w.add("aws_ebs_default_kms_key", "this", object{"key_arn": k.Identity["arn"]})
				return w.lookUp("aws_ebs_default_kms_key", "d", object{}).Identity["key_arn"]
			},
			"key_arn key=aws_kms_key.k " + home1 + " manager=customer", "",
		},
		{
			"default key that is looked up in itself", func(w *world) any {
				d := w.lookUp("aws_ebs_default_kms_key", "d", object{})
				w.add("aws_ebs_default_kms_key", "this", object{"key_arn": d.Identity["key_arn"]})
				return d.Identity["key_arn"]
			},
			"key_arn key=data.aws_ebs_default_kms_key.d manager=?", "",
		},
	}
}

func TestKeyReferences(t *testing.T) {
	t.Parallel()
	for _, c := range append(append(literalKeys(), createdKeys()...), lookedUpKeys()...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			r := w.add("aws_imagebuilder_image_recipe", "base", object{
				"name": "base", "version": "1.0.0", "parent_image": amazon,
				"block_device_mapping": array{device("/dev/xvda", c.value(w))},
			})
			m := w.link()
			ref := m.References[r.ID]["block_devices[0].kms_key"]
			if diff := cmp.Diff(c.want, describeReference(ref)); diff != "" {
				t.Error(diff)
			}
			if ref.Manager.IsUnknown() && ref.Reason == "" {
				t.Error("the manager is not known, without a reason")
			}
			if !strings.Contains(ref.Settle, c.settle) {
				t.Errorf("settled by %q, want %q", ref.Settle, c.settle)
			}
			if ref.Key != "" && m.Keys[ref.Key] == nil {
				t.Errorf("key %s is not in the model", ref.Key)
			}
		})
	}
}

// TestKeyOfEntryIsOfItsRegion: a name in an entry means the alias of the
// Region that the image goes to.
func TestKeyOfEntryIsOfItsRegion(t *testing.T) {
	t.Parallel()
	w := newWorld()
	r := w.add("aws_imagebuilder_distribution_configuration", "base", object{"name": "base", "distribution": array{
		object{"region": "eu-west-1", "ami_distribution_configuration": array{object{"kms_key_id": "alias/golden"}}},
		object{"region": "cn-north-1", "ami_distribution_configuration": array{object{"kms_key_id": keyID}}},
		object{"region": unknownNamed("region"), "ami_distribution_configuration": array{object{"kms_key_id": keyID}}},
	}})
	m := w.link()
	got := []string{}
	for _, property := range []string{"distributions[0].ami.kms_key", "distributions[1].ami.kms_key"} {
		got = append(got, m.References[r.ID][property].Key)
	}
	want := []string{"arn:aws:kms:eu-west-1:111111111111:alias/golden", "arn:aws-cn:kms:cn-north-1:111111111111:key/" + keyID}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	ref := m.References[r.ID]["distributions[2].ami.kms_key"]
	if !strings.HasPrefix(ref.Region, "{region-") || m.Names[ref.Region] == "" {
		t.Errorf("region %q is called %q", ref.Region, m.Names[ref.Region])
	}
}

// TestSymbolsAreStandIns: two uses of the account of one root are the same key,
// without its number.
func TestSymbolsAreStandIns(t *testing.T) {
	t.Parallel()
	w := newWorld()
	here := at{"", "", "infra"}
	account := graph.Text(graph.Part{Unknown: graph.NewSymbol(graph.SymbolAccount, "infra")})
	region := graph.Text(graph.Part{Unknown: graph.NewSymbol(graph.SymbolRegion, "infra")})
	partition := graph.Text(graph.Part{Unknown: graph.NewSymbol(graph.SymbolPartition, "infra")})
	spelled := graph.ConcatText(graph.String("arn:"), partition, graph.String(":kms:"), region, graph.String(":"), account, graph.String(":alias/golden"))
	key := w.addAt(here, "aws_kms_key", "k", object{})
	w.addAt(here, "aws_kms_alias", "a", object{"name": "alias/golden", "target_key_id": key.Identity["key_id"]})
	r := w.addAt(here, "aws_imagebuilder_image_recipe", "base", object{
		"name": "base", "version": "1.0.0", "parent_image": amazon,
		"block_device_mapping": array{device("/dev/xvda", spelled)},
	})
	m := w.link()
	ref := m.References[r.ID]["block_devices[0].kms_key"]
	if ref.Key != key.ID || ref.Form != "alias_arn" {
		t.Errorf("got %s", describeReference(ref))
	}
	if got := m.Names[ref.Account]; got != "the account of infra" {
		t.Errorf("the account is called %q", got)
	}
	if got := m.Names[ref.Region]; got != "the Region of infra" {
		t.Errorf("the Region is called %q", got)
	}
}

// TestDescribedKeys: the configuration and facts say who manages a key and what
// its policy is, by ARN, by alias, and where the account is not known.
func TestDescribedKeys(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.config(t, `
keys:
  "`+literal+`": {manager: aws}
  "arn:aws:kms:us-east-1:333333333333:alias/shared": {manager: customer}
`)
	here := at{"", home, "other"}
	account := graph.Text(graph.Part{Unknown: graph.NewSymbol(graph.SymbolAccount, "other")})
	values := []any{
		literal,
		"arn:aws:kms:us-east-1:333333333333:alias/shared",
		graph.ConcatText(graph.String("arn:aws:kms:us-east-1:"), account, graph.String(":key/"+keyID)),
		keyID,
	}
	var mappings array
	for _, v := range values {
		mappings = append(mappings, device("/dev/x", v))
	}
	r := w.addAt(here, "aws_imagebuilder_image_recipe", "base", object{"name": "b", "version": "1.0.0", "parent_image": amazon, "block_device_mapping": mappings})
	w.facts(t)
	m := w.link()
	var got []string
	for i := range values {
		ref := m.References[r.ID][[]string{"block_devices[0].kms_key", "block_devices[1].kms_key", "block_devices[2].kms_key", "block_devices[3].kms_key"}[i]]
		got = append(got, ref.Form+" "+ref.Key+" "+text(ref.Manager))
	}
	const described = ".iblint.yaml#keys." + literal + " aws"
	want := []string{
		"key_arn " + described,
		"alias_arn .iblint.yaml#keys.arn:aws:kms:us-east-1:333333333333:alias/shared customer",
		"key_arn " + described,
		"key_id " + described,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	shared := m.Keys[".iblint.yaml#keys.arn:aws:kms:us-east-1:333333333333:alias/shared"]
	if !strings.Contains(shared.ARN, ":333333333333:key/{key-") {
		t.Errorf("the ARN of a key that only an alias names is %s", shared.ARN)
	}
}

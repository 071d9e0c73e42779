package terraform

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/internal/awsidentity"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// identify works out the computed attributes of an instance that have a known
// shape.
func (m *module) identify(cfg *resourceConfig, r *resourceInstance, fields map[string]cty.Value) map[string]cty.Value {
	s := shape{l: m.l, id: r.id, kind: cfg.kind, place: r.place, fields: fields}
	switch {
	case cfg.mode == "data.":
		return m.dataIdentity(cfg, r, s)
	case cfg.mode != "":
		return nil
	case cfg.kind == "terraform_data":
		return map[string]cty.Value{"output": outputOf(fields)}
	}
	out := texts(s.resource().Managed())
	if cfg.kind == "aws_kms_alias" {
		s.addTarget(out)
	}
	return out
}

// outputOf is what a terraform_data resource outputs: its input, once applied.
func outputOf(fields map[string]cty.Value) cty.Value {
	if v, ok := fields["input"]; ok {
		return v
	}
	return cty.NullVal(cty.DynamicPseudoType)
}

// shape is what the identifiers of a resource are made of.
type shape struct {
	l      *loader
	id     string
	kind   string
	place  *provider
	fields map[string]cty.Value
}

// resource is the shape for the table of identifiers; its tokens are those of
// the loader.
func (s shape) resource() awsidentity.Resource {
	return awsidentity.Resource{
		Seed: s.id, Type: s.kind,
		Partition: s.place.partition, Region: s.place.region, Account: s.place.account,
		Argument: s.text, IsTrue: s.isTrue, Lower: s.l.lower,
		BeginsUnknown: func(text string) bool { return s.l.table.Split(text)[0].Origin != nil },
	}
}

func texts(attributes map[string]string) map[string]cty.Value {
	if attributes == nil {
		return nil
	}
	out := make(map[string]cty.Value, len(attributes))
	for name, text := range attributes {
		out[name] = cty.StringVal(text)
	}
	return out
}

// addTarget adds the ARN of the key of an alias where nothing but the key says
// whether it is given by ARN or ID.
func (s shape) addTarget(out map[string]cty.Value) {
	if target, _ := s.text("target_key_id"); s.l.table.Alone(target) != nil {
		out["target_key_arn"] = s.l.table.Value(cty.String, s.l.table.Derive("key_arn", cty.StringVal(target)))
	}
}

// text is an argument that is a string and set.
func (s shape) text(name string) (string, bool) {
	v, ok := s.fields[name]
	if !ok {
		return "", false
	}
	text, ok := plainText(v)
	return text, ok && text != ""
}

// isTrue reports whether an argument is certainly true.
func (s shape) isTrue(name string) bool {
	v, ok := s.fields[name]
	if !ok {
		return false
	}
	v, _ = v.Unmark()
	return v.Type() == cty.Bool && v.IsKnown() && !v.IsNull() && v.True()
}

// lower writes a text in lower case; so are its unknown parts.
func (l *loader) lower(text string) string {
	if !partial.HasToken(text) {
		return strings.ToLower(text)
	}
	out, err := l.functions.Functions()["lower"].Call([]cty.Value{cty.StringVal(text)})
	if err != nil {
		return text
	}
	lowered, _ := plainText(out)
	return lowered
}

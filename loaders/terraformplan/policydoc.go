package terraformplan

import (
	"encoding/json"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/jsontext"
)

// policyDocument is the JSON of a data source aws_iam_policy_document that is
// read during apply. Its arguments are in the plan; what of them is not known
// stays a part of the text. It is false when a document that it builds on is
// not known.
func policyDocument(a graph.Value) (graph.Value, bool) {
	d := &documentBuilder{version: graph.String("2012-10-17"), id: a.Field("policy_id"), bySid: map[string]int{}}
	if v := a.Field("version"); !v.IsAbsent() {
		d.version = v
	}
	if !d.others(a.Field("source_policy_documents"), false) || !d.others(a.Field("source_json"), false) {
		return graph.Absent(), false
	}
	statements := a.Field("statement")
	if statements.Kind() == graph.KindUnknown {
		return graph.Absent(), false
	}
	for _, s := range statements.Items() {
		d.put(statement(s), true)
	}
	if !d.others(a.Field("override_policy_documents"), true) || !d.others(a.Field("override_json"), true) {
		return graph.Absent(), false
	}
	return d.text(), true
}

// documentBuilder collects the statements of a document by sid.
type documentBuilder struct {
	version, id graph.Value
	statements  []graph.Value
	bySid       map[string]int
}

// others adds the statements of documents given as JSON text.
func (d *documentBuilder) others(documents graph.Value, override bool) bool {
	texts := documents.Items()
	if isText(documents) {
		texts = []graph.Value{documents}
	}
	if documents.Kind() == graph.KindUnknown {
		return false
	}
	for _, text := range texts {
		if s, known := text.AsString(); known && s == "" || text.IsAbsent() {
			continue
		}
		parsed, err := jsontext.Parse(text)
		if err != nil || parsed.Kind() != graph.KindMap {
			return false
		}
		statements := parsed.Field("Statement")
		switch statements.Kind() {
		case graph.KindMap:
			d.put(statements, override)
		case graph.KindList:
			for _, s := range statements.Items() {
				d.put(s, override)
			}
		default:
			return false
		}
	}
	return true
}

// put adds a statement; one with the sid of an earlier one takes its place.
func (d *documentBuilder) put(s graph.Value, override bool) {
	sid, known := s.Field("Sid").AsString()
	if at, ok := d.bySid[sid]; ok && known && sid != "" && override {
		d.statements[at] = s
		return
	}
	if known && sid != "" {
		d.bySid[sid] = len(d.statements)
	}
	d.statements = append(d.statements, s)
}

func (d *documentBuilder) text() graph.Value {
	fields := []graph.Field{{Name: "Version", Value: d.version}, {Name: "Statement", Value: graph.List(d.statements...)}}
	if !d.id.IsAbsent() {
		fields = append(fields, graph.Field{Name: "Id", Value: d.id})
	}
	var parts []graph.Part
	writeJSON(&parts, graph.Map(fields...))
	return graph.Text(parts...)
}

// statement turns the arguments of a statement block into a statement.
func statement(s graph.Value) graph.Value {
	fields := []graph.Field{{Name: "Effect", Value: graph.String("Allow")}}
	set := func(name string, v graph.Value) {
		if !empty(v) {
			fields = append(fields, graph.Field{Name: name, Value: v})
		}
	}
	set("Sid", s.Field("sid"))
	set("Effect", s.Field("effect"))
	set("Action", s.Field("actions"))
	set("NotAction", s.Field("not_actions"))
	set("Resource", withVariables(s.Field("resources")))
	set("NotResource", withVariables(s.Field("not_resources")))
	set("Principal", principals(s.Field("principals")))
	set("NotPrincipal", principals(s.Field("not_principals")))
	set("Condition", conditions(s.Field("condition")))
	return graph.Map(fields...)
}

func empty(v graph.Value) bool {
	switch v.Kind() {
	case graph.KindList:
		return len(v.Items()) == 0
	case graph.KindMap:
		return len(v.Fields()) == 0
	default:
		text, known := v.AsString()
		return v.IsAbsent() || known && text == ""
	}
}

// principals groups the blocks by type; {type "*", identifiers ["*"]} is
// everyone.
func principals(blocks graph.Value) graph.Value {
	if blocks.Kind() == graph.KindUnknown {
		return blocks
	}
	grouped := map[string][]graph.Value{}
	for _, block := range blocks.Items() {
		if block.Kind() == graph.KindUnknown {
			return block
		}
		identifiers := withVariables(block.Field("identifiers"))
		name, known := block.Field("type").AsString()
		if !known {
			return unknownLike(block.Field("type"))
		}
		if name == "*" {
			return graph.String("*")
		}
		grouped[name] = append(grouped[name], listed(identifiers)...)
	}
	fields := make([]graph.Field, 0, len(grouped))
	for name, identifiers := range grouped {
		fields = append(fields, graph.Field{Name: name, Value: graph.List(identifiers...)})
	}
	return graph.Map(fields...)
}

func unknownLike(v graph.Value) graph.Value {
	if u := v.Unknown(); u != nil {
		return graph.UnknownValue(u)
	}
	return v
}

func listed(v graph.Value) []graph.Value {
	switch v.Kind() {
	case graph.KindList:
		return v.Items()
	case graph.KindAbsent, graph.KindInvalid:
		return nil
	default:
		return []graph.Value{v}
	}
}

// conditions groups the blocks by operator and key.
func conditions(blocks graph.Value) graph.Value {
	if blocks.Kind() == graph.KindUnknown {
		return blocks
	}
	operators := map[string]map[string][]graph.Value{}
	for _, block := range blocks.Items() {
		operator, known := block.Field("test").AsString()
		key, known2 := block.Field("variable").AsString()
		if !known || !known2 {
			return graph.UnknownValue(&graph.Unknown{Reason: "a condition is known after apply"})
		}
		if operators[operator] == nil {
			operators[operator] = map[string][]graph.Value{}
		}
		operators[operator][key] = append(operators[operator][key], listed(withVariables(block.Field("values")))...)
	}
	var fields []graph.Field
	for operator, keys := range operators {
		var entries []graph.Field
		for key, values := range keys {
			entries = append(entries, graph.Field{Name: key, Value: graph.List(values...)})
		}
		fields = append(fields, graph.Field{Name: operator, Value: graph.Map(entries...)})
	}
	return graph.Map(fields...)
}

// withVariables writes policy variables as IAM does: the data source takes
// "&{" for "${", which Terraform would read as a template.
func withVariables(v graph.Value) graph.Value {
	switch v.Kind() {
	case graph.KindList:
		items := make([]graph.Value, 0, len(v.Items()))
		for _, item := range v.Items() {
			items = append(items, withVariables(item))
		}
		return graph.List(items...)
	case graph.KindString, graph.KindText:
		return eachLiteral(v, func(s string) string { return strings.ReplaceAll(s, "&{", "${") })
	default:
		return v
	}
}

// writeJSON writes a value as JSON text; what is not known becomes a part of
// the text.
func writeJSON(parts *[]graph.Part, v graph.Value) {
	switch v.Kind() {
	case graph.KindMap:
		for i, f := range v.Fields() {
			writeLiteral(parts, separator("{", i)+quoteJSON(f.Name)+":")
			writeJSON(parts, f.Value)
		}
		writeLiteral(parts, closing("{", "}", len(v.Fields())))
	case graph.KindList:
		for i, item := range v.Items() {
			writeLiteral(parts, separator("[", i))
			writeJSON(parts, item)
		}
		writeLiteral(parts, closing("[", "]", len(v.Items())))
	case graph.KindUnknown, graph.KindChoice:
		*parts = append(*parts, graph.Part{Unknown: v.Unknown()})
	case graph.KindString, graph.KindText:
		writeLiteral(parts, `"`)
		*parts = append(*parts, eachLiteral(v, escapeJSON).Parts()...)
		writeLiteral(parts, `"`)
	default:
		text, known := v.AsString()
		if !known {
			text = "null"
		}
		writeLiteral(parts, text)
	}
}

func writeLiteral(parts *[]graph.Part, s string) { *parts = append(*parts, graph.Part{Literal: s}) }

// separator is what stands before an item.
func separator(open string, i int) string {
	if i == 0 {
		return open
	}
	return ","
}

func closing(open, end string, n int) string {
	if n == 0 {
		return open + end
	}
	return end
}

func escapeJSON(s string) string {
	quoted := quoteJSON(s)
	return quoted[1 : len(quoted)-1]
}

func quoteJSON(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// eachLiteral changes the known parts of a text.
func eachLiteral(v graph.Value, change func(string) string) graph.Value {
	if !isText(v) {
		return v
	}
	parts := make([]graph.Part, 0, len(v.Parts()))
	for _, p := range v.Parts() {
		p.Literal = change(p.Literal)
		parts = append(parts, p)
	}
	return graph.Text(parts...)
}

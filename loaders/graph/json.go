package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/hashicorp/hcl/v2"
)

// MarshalJSON writes a value as DESIGN section 4 has it: known values plainly,
// unknown ones as {"$unknown": reason}, partly known strings with "$parts".
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case KindBool:
		return json.Marshal(v.truth)
	case KindNumber:
		return json.Marshal(json.Number(v.text))
	case KindString:
		return marshalPlain(v.text)
	case KindList:
		if v.items == nil {
			return []byte("[]"), nil
		}
		return json.Marshal(v.items)
	case KindMap:
		return marshalFields(v.fields)
	case KindText:
		parts := make([]any, len(v.parts))
		for i, p := range v.parts {
			parts[i] = p
		}
		return marshalPlain(map[string]any{"$unknown": v.Unknown().Reason, "$parts": parts})
	case KindUnknown:
		return marshalPlain(v.unknown)
	case KindChoice:
		return marshalPlain(map[string]any{
			"$unknown": v.Unknown().Reason,
			"$choice": map[string]any{
				"condition": v.choice.Condition.Name, "then": v.choice.Then, "else": v.choice.Else,
			},
		})
	default: // nothing is written of it
	}
	return []byte("null"), nil
}

// MarshalJSON writes a literal as a string and anything else as an unknown.
func (p Part) MarshalJSON() ([]byte, error) {
	if p.Unknown == nil {
		return marshalPlain(p.Literal)
	}
	return marshalPlain(p.Unknown)
}

// MarshalJSON writes {"$unknown": reason}, with "$symbol" for symbols, whose
// text is the same for the same symbol.
func (u *Unknown) MarshalJSON() ([]byte, error) {
	out := map[string]string{"$unknown": u.Reason}
	if u.Symbol != SymbolNone {
		out["$symbol"] = u.ID
	}
	return marshalPlain(out)
}

func marshalFields(fields []Field) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := marshalPlain(f.Name)
		if err != nil {
			return nil, err
		}
		value, err := f.Value.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshalPlain is json.Marshal without the escaping of <, > and &.
func marshalPlain(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Location is a range as every JSON output has it: lines and columns count
// from 1, the end is exclusive.
type Location struct {
	File  string   `json:"file"`
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// Position is a place in a file; columns count characters.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// NewLocation converts a range.
func NewLocation(r hcl.Range) Location {
	return Location{
		File:  r.Filename,
		Start: Position{Line: r.Start.Line, Column: r.Start.Column},
		End:   Position{Line: r.End.Line, Column: r.End.Column},
	}
}

type jsonRoot struct {
	Path    string           `json:"path"`
	Dialect Dialect          `json:"dialect"`
	Account Value            `json:"account"`
	Region  Value            `json:"region"`
	Outputs map[string]Value `json:"outputs"`
}

type jsonResource struct {
	ID         string   `json:"id"`
	Kind       Kind     `json:"kind,omitempty"`
	Dialect    Dialect  `json:"dialect"`
	Type       string   `json:"type"`
	Address    string   `json:"address"`
	Root       string   `json:"root"`
	Account    Value    `json:"account"`
	Region     Value    `json:"region"`
	Attributes Value    `json:"attributes"`
	Properties *Value   `json:"properties,omitempty"`
	Location   Location `json:"location"`
	Many       *Unknown `json:"stands_for_many,omitempty"`
	Conditions []string `json:"conditions,omitempty"`
}

type jsonEdge struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Label    string `json:"label"`
	Property string `json:"property"`
}

type jsonUnresolved struct {
	Resource string   `json:"resource"`
	Property string   `json:"property"`
	Reason   string   `json:"reason"`
	Settle   string   `json:"settle,omitempty"`
	Location Location `json:"location"`
}

type jsonGraph struct {
	Roots      []jsonRoot       `json:"roots"`
	Resources  []jsonResource   `json:"resources"`
	Data       []jsonResource   `json:"data_sources,omitempty"`
	Edges      []jsonEdge       `json:"edges"`
	Unresolved []jsonUnresolved `json:"unresolved"`
}

// WriteJSON writes the graph, indented, in the order that it has (see Sort).
func (g *Graph) WriteJSON(w io.Writer) error {
	out := jsonGraph{
		Roots: []jsonRoot{}, Resources: jsonResources(g.Resources), Data: jsonResources(g.Data),
		Edges: []jsonEdge{}, Unresolved: []jsonUnresolved{},
	}
	for _, r := range g.Roots {
		outputs := r.Outputs
		if outputs == nil {
			outputs = map[string]Value{}
		}
		out.Roots = append(out.Roots, jsonRoot{r.Path, r.Dialect, r.Account, r.Region, outputs})
	}
	for _, e := range g.Edges {
		out.Edges = append(out.Edges, jsonEdge(e))
	}
	for _, u := range g.AllUnresolved() {
		out.Unresolved = append(out.Unresolved,
			jsonUnresolved{u.Resource, u.Property, u.Reason, u.Settle, NewLocation(u.Range)})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func jsonResources(resources []*Resource) []jsonResource {
	out := []jsonResource{}
	for _, r := range resources {
		j := jsonResource{
			ID: r.ID, Kind: r.Kind, Dialect: r.Dialect, Type: r.Type, Address: r.Address, Root: r.Root,
			Account: r.Account, Region: r.Region, Attributes: r.Attributes,
			Location: NewLocation(r.Location), Many: r.Many, Conditions: Terms(r.Exists),
		}
		if properties := PropertiesValue(r.Properties); !properties.IsAbsent() {
			j.Properties = &properties
		}
		out = append(out, j)
	}
	return out
}

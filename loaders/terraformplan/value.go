package terraformplan

import (
	"encoding/json"
	"slices"
	"sort"
	"strconv"

	"github.com/iblint/iblint/loaders/graph"
)

// toValue is a decoded JSON value as one of the graph.
func toValue(v any) graph.Value {
	switch v := v.(type) {
	case nil:
		return graph.Absent()
	case bool:
		return graph.Bool(v)
	case string:
		return graph.String(v)
	case json.Number:
		return graph.Number(v.String())
	case float64:
		return graph.Number(strconv.FormatFloat(v, 'f', -1, 64))
	case int:
		return graph.Number(strconv.Itoa(v))
	case []any:
		items := make([]graph.Value, 0, len(v))
		for _, item := range v {
			items = append(items, toValue(item))
		}
		return graph.List(items...)
	case map[string]any:
		fields := make([]graph.Field, 0, len(v))
		for name, item := range v {
			fields = append(fields, graph.Field{Name: name, Value: toValue(item)})
		}
		return graph.Map(fields...)
	}
	return graph.Absent()
}

// isTrue reports whether a mirror of values, such as after_unknown, holds for
// all of the value.
func isTrue(mirror any) bool {
	truth, ok := mirror.(bool)
	return ok && truth
}

// fieldOf is a member of a mirror of values.
func fieldOf(mirror any, name string) any {
	switch m := mirror.(type) {
	case map[string]any:
		return m[name]
	case bool:
		return m
	}
	return nil
}

func itemOf(mirror any, index int) any {
	switch m := mirror.(type) {
	case []any:
		if index < len(m) {
			return m[index]
		}
	case bool:
		return m
	}
	return nil
}

// anyTrue reports whether a mirror of values holds for any of the value.
func anyTrue(mirror any) bool {
	switch m := mirror.(type) {
	case bool:
		return m
	case []any:
		if slices.ContainsFunc(m, anyTrue) {
			return true
		}
	case map[string]any:
		for _, item := range m {
			if anyTrue(item) {
				return true
			}
		}
	}
	return false
}

// names are the members of a value and of what is unknown of it, sorted.
func names(value, unknown map[string]any) []string {
	out := make([]string, 0, len(value))
	for name := range value {
		out = append(out, name)
	}
	for name := range unknown {
		if _, both := value[name]; !both {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

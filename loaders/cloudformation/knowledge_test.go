package cloudformation_test

import (
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/graph"
)

// knowledge counts the values of resources by what is known of them.
type knowledge struct {
	known, symbolic, unknown int
	reasons                  map[string]int
}

var nameOrNumber = regexp.MustCompile(`(parameter|condition|export|attribute|of|resource) \S+`)

func (k *knowledge) add(v graph.Value) {
	switch {
	case v.Kind() == graph.KindList:
		for _, item := range v.Items() {
			k.add(item)
		}
	case v.Kind() == graph.KindMap:
		for _, field := range v.Fields() {
			k.add(field.Value)
		}
	case !v.IsUnknown():
		k.known++
	case v.Kind() != graph.KindChoice && onlySymbols(v):
		k.symbolic++
	default:
		k.unknown++
		k.reasons[nameOrNumber.ReplaceAllString(strings.SplitN(v.Unknown().Reason, ":", 2)[0], "$1 …")]++
	}
}

func onlySymbols(v graph.Value) bool {
	for _, p := range v.Parts() {
		if p.Unknown != nil && p.Unknown.Symbol == graph.SymbolNone {
			return false
		}
	}
	return true
}

// TestKnowledge prints how much of the resources that rules read is known.
func TestKnowledge(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"corpus", filepath.Join("oracles", "cdk")} {
		byType := map[string]*knowledge{}
		for _, file := range templates(t, shared(t, folder)) {
			g, _ := loadFile(t, file)
			for _, r := range g.Resources {
				service := strings.Split(r.Type, "::")
				if len(service) < 2 || service[1] != "ImageBuilder" && service[1] != "KMS" && service[1] != "IAM" {
					continue
				}
				k := byType[service[1]]
				if k == nil {
					k = &knowledge{reasons: map[string]int{}}
					byType[service[1]] = k
				}
				k.add(r.Attributes)
			}
		}
		for _, service := range []string{"IAM", "ImageBuilder", "KMS"} {
			k := byType[service]
			if k == nil || k.known == 0 {
				t.Errorf("%s: nothing of %s is known", folder, service)
				continue
			}
			t.Logf("%s %s: %d known, %d symbolic, %d unknown%s", folder, service, k.known, k.symbolic, k.unknown, reasons(k.reasons))
		}
	}
}

func reasons(counts map[string]int) string {
	var lines []string
	for reason, n := range counts {
		lines = append(lines, "\n    "+strconv.Itoa(n)+" "+reason)
	}
	sort.Strings(lines)
	return strings.Join(lines, "")
}

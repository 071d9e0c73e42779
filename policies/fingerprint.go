package policies

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// setFingerprints gives each finding a text that stays the same while lines
// and folders move: rule, verdict (an unknown that was accepted must not hide a
// violation), address, property without list indexes and the accounts
// concerned. The folder of a root counts only where another root has the same
// address; findings that are still alike are numbered.
func setFingerprints(findings []Finding, g *graph.Graph) {
	roots := rootsByAddress(g)
	seen := map[string]int{}
	for i := range findings {
		f := &findings[i]
		address := stableAddress(f.Resource)
		parts := []string{"v1", f.Rule, string(f.Verdict), address, withoutIndexes(f.Property)}
		if len(roots[address]) > 1 {
			parts = append(parts, "root="+f.Resource.Root)
		}
		parts = append(parts, jobAccounts(f.AllJobs())...)
		key := strings.Join(parts, "\x00")
		seen[key]++
		if n := seen[key]; n > 1 {
			key += "\x00#" + strconv.Itoa(n)
		}
		sum := sha256.Sum256([]byte(key))
		f.Fingerprint = hex.EncodeToString(sum[:16])
	}
}

// stableAddress is the address without the folder of a template.
func stableAddress(r Resource) string {
	file, logicalID, ok := strings.Cut(r.Address, "#")
	if !ok || r.Dialect == graph.Terraform {
		return r.Address
	}
	return path.Base(file) + "#" + logicalID
}

func rootsByAddress(g *graph.Graph) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, r := range slices.Concat(g.Resources, g.Data) {
		if r.Kind == "" {
			continue
		}
		address := stableAddress(Resource{Address: r.Address, Dialect: r.Dialect})
		if out[address] == nil {
			out[address] = map[string]bool{}
		}
		out[address][r.Root] = true
	}
	return out
}

var (
	accountNumber = regexp.MustCompile(`^\d{12}$`)
	regionName    = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d+$`)
)

// jobAccounts are the target accounts and Regions of jobs, sorted; what is not
// known is "?", because the words for it name folders.
func jobAccounts(jobs []Job) []string {
	var out []string
	for _, job := range jobs {
		account, region := "?", "?"
		if accountNumber.MatchString(job.TargetAccount) {
			account = job.TargetAccount
		}
		if regionName.MatchString(job.Region) {
			region = job.Region
		}
		out = append(out, account+"/"+region)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

package facts

import "github.com/iblint/iblint/loaders/graph"

// workflow takes get-workflow of Image Builder, the only service here that
// writes its members small.
func (k *collector) workflow(o origin, v graph.Value) {
	w := v.Field("workflow")
	id := text(w.Field("arn"))
	of, ok := splitARN(id)
	if !ok {
		k.errorf(w.Range(), "Invalid fact", "The workflow in %s has no arn.", o.file)
		return
	}
	o.from(of)
	k.add(graph.KindWorkflow, place{file: o.file, address: id, account: o.account, region: o.region, rng: w.Range()},
		&graph.Workflow{Name: w.Field("name"), Version: w.Field("version"), Type: w.Field("type"), Data: w.Field("data")},
		map[string]graph.Value{"arn": graph.String(id)})
}

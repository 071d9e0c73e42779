// Package policies judges a graph by the rules in Rego: it compiles them once,
// evaluates one query for every world of the graph and turns what the rules
// return into findings with places in files. It also keeps the catalogue of
// the rules, suppression and the baseline. It knows nothing of templates, and
// is the only package that knows OPA.
package policies

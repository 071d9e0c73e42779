// Package terraformplan reads what `terraform show -json` prints of a plan or
// of a state. Known values are those of the plan. A value known only after
// apply is what its expression in the configuration part refers to, where that
// is one plain reference; where sources lie beside the plan, the expression
// there tells; otherwise it stays unknown and says on what it rests.
package terraformplan

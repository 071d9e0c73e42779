// Package terraformplan reads what `terraform show -json` prints of a plan or
// of a state, and gives the graph that evaluating the Terraform files would.
//
// What the plan knows is taken from it. For a value that is known only after
// apply there are three sources, in this order:
//
//   - The Terraform files beside the plan (Options.Sources), if they have the
//     same resources: the value of the same argument of the same instance. What
//     the plan knows and the files do not, such as accounts and the identifiers
//     of what exists, is put into it.
//   - The references of the expression in the configuration part, if they come
//     down to one that fits the argument. They are followed through modules,
//     for_each and count. The text of expressions is not in the plan, so
//     a document or a name that refers to an identifier is not taken for it.
//   - Nothing: the value is unknown, and names the references on which it rests.
//     Where the configuration does not write it either, it is computed, and
//     absent.
//
// Nested blocks are matched with their configuration by what is known of them,
// because sets have no order and dynamic blocks are not in the configuration
// part.
package terraformplan

// Package cloudformation reads CloudFormation and SAM templates, written in
// YAML or JSON, and evaluates them as the service does: parameters, mappings,
// conditions and every intrinsic function. Nested stacks and StackSets whose
// templates are at hand become part of the same graph.
//
// What the template alone does not say stays unknown: a parameter without a
// value, an import, a dynamic reference. A condition that cannot be decided
// keeps both branches.
package cloudformation

package policies

import (
	"context"
	"errors"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// The rules whose values are all findings, of the built-in rules and of users'
// own.
const (
	entrypoint       = "data.iblint.main.findings"
	customEntrypoint = "data.iblint_custom.findings"
)

// ErrTimeout is the error of an evaluation that the context ended.
var ErrTimeout = errors.New("the evaluation of the rules was stopped")

// query evaluates the entry points. It is safe for concurrent use.
type query struct {
	compiler *ast.Compiler
	store    storage.Store
	body     ast.Body
	results  []ast.Var
}

// newQuery makes the query; it is so plain that there is nothing to compile:
// a reference bound to a variable, for each entry point.
func newQuery(rules *ruleSet) (*query, error) {
	q := &query{compiler: rules.compiler, store: inmem.New()}
	entrypoints := []string{entrypoint}
	if rules.own {
		entrypoints = append(entrypoints, customEntrypoint)
	}
	for i, name := range entrypoints {
		ref, err := ast.ParseRef(name)
		if err != nil {
			return nil, err
		}
		if len(q.compiler.GetRulesExact(ref)) == 0 {
			return nil, fmt.Errorf("there is no rule %s", name)
		}
		result := ast.Var(fmt.Sprintf("findings%d", i))
		q.results = append(q.results, result)
		q.body.Append(ast.Equality.Expr(ast.NewTerm(result), ast.NewTerm(ref)))
	}
	return q, nil
}

// eval returns what the rules say about one input.
func (q *query) eval(ctx context.Context, input ast.Value) ([]any, error) {
	txn, err := q.store.NewTransaction(ctx)
	if err != nil {
		return nil, err
	}
	defer q.store.Abort(ctx, txn)
	stop := topdown.NewCancel()
	defer context.AfterFunc(ctx, stop.Cancel)()
	var found []any
	err = topdown.NewQuery(q.body).
		WithCompiler(q.compiler).
		WithStore(q.store).
		WithTransaction(txn).
		WithInput(ast.NewTerm(input)).
		WithCancel(stop).
		WithStrictBuiltinErrors(true).
		Iter(ctx, func(result topdown.QueryResult) error {
			for _, name := range q.results {
				set, ok := result[name].Value.(ast.Set)
				if !ok {
					return fmt.Errorf("%s is no set of findings", entrypoint)
				}
				for _, item := range set.Slice() {
					value, err := ast.JSON(item.Value)
					if err != nil {
						return err
					}
					found = append(found, value)
				}
			}
			return nil
		})
	switch {
	case err == nil:
		return found, nil
	case topdown.IsCancel(err) || ctx.Err() != nil:
		return nil, fmt.Errorf("%w: %w", ErrTimeout, context.Cause(ctx))
	}
	return nil, evaluationError(err)
}

// evaluationError puts the place of a runtime error first.
func evaluationError(err error) error {
	var e *topdown.Error
	if errors.As(err, &e) && e.Location != nil {
		return fmt.Errorf("%s: %s", place(e.Location), e.Message)
	}
	return err
}

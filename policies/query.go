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

// entrypoint is the rule whose value is all findings of the built-in rules,
// customEntrypoint the one of users' own.
func entrypoint() ast.Ref {
	return ast.Ref{ast.DefaultRootDocument, ast.StringTerm("iblint"), ast.StringTerm("main"), ast.StringTerm("findings")}
}

func customEntrypoint() ast.Ref {
	return ast.Ref{ast.DefaultRootDocument, ast.StringTerm("iblint_custom"), ast.StringTerm("findings")}
}

// ErrTimeout is the error of an evaluation that the context ended.
var ErrTimeout = errors.New("the evaluation of the rules was stopped")

// query evaluates rules without arguments. It is safe for concurrent use.
type query struct {
	compiler *ast.Compiler
	store    storage.Store
	body     ast.Body
	results  []ast.Var
}

// newQuery makes a query that is so plain that there is nothing to compile: a
// reference bound to a variable, for each rule.
func newQuery(rules *ruleSet, refs ...ast.Ref) (*query, error) {
	q := &query{compiler: rules.compiler, store: inmem.New()}
	for i, ref := range refs {
		if len(q.compiler.GetRulesExact(ref)) == 0 {
			return nil, fmt.Errorf("there is no rule %s", ref)
		}
		result := ast.Var(fmt.Sprintf("result%d", i))
		q.results = append(q.results, result)
		q.body.Append(ast.Equality.Expr(ast.NewTerm(result), ast.NewTerm(ref)))
	}
	return q, nil
}

// run evaluates the query and hands its values to found, in order; not at all
// when one of them is not defined.
func (q *query) run(
	ctx context.Context, configure func(*topdown.Query) *topdown.Query, found func([]ast.Value) error,
) error {
	txn, err := q.store.NewTransaction(ctx)
	if err != nil {
		return err
	}
	defer q.store.Abort(ctx, txn)
	stop := topdown.NewCancel()
	defer context.AfterFunc(ctx, stop.Cancel)()
	return configure(topdown.NewQuery(q.body).
		WithCompiler(q.compiler).
		WithStore(q.store).
		WithTransaction(txn).
		WithCancel(stop),
	).Iter(ctx, func(result topdown.QueryResult) error {
		values := make([]ast.Value, len(q.results))
		for i, name := range q.results {
			values[i] = result[name].Value
		}
		return found(values)
	})
}

// ErrIncomplete is the error of an evaluation in which a rule failed at run
// time. What the other rules found is there all the same.
var ErrIncomplete = errors.New("a rule failed")

// findings returns what the rules say about one input. A builtin that fails
// makes an expression undefined, and with it, perhaps, a finding: then there
// is an ErrIncomplete beside the findings.
func (q *query) findings(ctx context.Context, input ast.Value) ([]any, error) {
	var all []any
	var failures []topdown.Error
	err := q.run(ctx, func(query *topdown.Query) *topdown.Query {
		return query.WithInput(ast.NewTerm(input)).WithBuiltinErrorList(&failures)
	}, func(values []ast.Value) error {
		for _, value := range values {
			found, err := ast.JSON(value)
			if err != nil {
				return err
			}
			list, ok := found.([]any)
			if !ok {
				return fmt.Errorf("the findings are no set: %v", found)
			}
			all = append(all, list...)
		}
		return nil
	})
	switch {
	case err == nil:
		return all, incomplete(failures)
	case topdown.IsCancel(err) || ctx.Err() != nil:
		return nil, fmt.Errorf("%w: %w", ErrTimeout, context.Cause(ctx))
	}
	return nil, evaluationError(err)
}

// incomplete joins the failures of builtins, each once.
func incomplete(failures []topdown.Error) error {
	var problems []error
	seen := map[string]bool{}
	for i := range failures {
		err := evaluationError(&failures[i])
		if !seen[err.Error()] {
			seen[err.Error()] = true
			problems = append(problems, fmt.Errorf("%w: %w", ErrIncomplete, err))
		}
	}
	return errors.Join(problems...)
}

// evaluationError puts the place of a runtime error first.
func evaluationError(err error) error {
	var e *topdown.Error
	if errors.As(err, &e) && e.Location != nil {
		return fmt.Errorf("%s: %s", place(e.Location), e.Message)
	}
	return err
}

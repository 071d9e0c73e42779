package facts

import (
	"errors"
	"io/fs"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/iam"
	"github.com/iblint/iblint/loaders/source"
)

// policyFile reads the policy document that an entry of the configuration
// names. It returns nil after an error.
func (k *collector) policyFile(entry graph.Value) *graph.Document {
	name := k.config.Path(text(entry))
	content, err := k.files.Read(name)
	if err != nil {
		k.errorf(entry.Range(), "Unreadable policy", "The policy file %s cannot be read: %s.", name, k.why(err))
		return nil
	}
	k.read = append(k.read, name)
	v, diag := decodeJSON(name, decodeText(content))
	if diag != nil {
		diag.Context = rangePointer(entry)
		k.diags = append(k.diags, diag)
		return nil
	}
	document := iam.Parse(policyIn(v))
	if document == nil || document.Invalid != "" {
		reason := "it is empty"
		if document != nil {
			reason = document.Invalid
		}
		k.errorf(v.Range(), "Invalid policy", "%s is no policy document: %s.", name, reason)
		return nil
	}
	return document
}

// policyIn finds the document in what the AWS CLI prints, so that its output
// can be given as it is.
func policyIn(v graph.Value) graph.Value {
	if !v.Field("Statement").IsAbsent() {
		return v
	}
	for _, member := range []string{"Policy", "PolicyDocument", "AssumeRolePolicyDocument", "Document"} {
		if inner := v.Field(member); !inner.IsAbsent() {
			return inner
		}
	}
	for _, member := range []string{"PolicyVersion", "Role"} {
		if inner := v.Field(member); inner.Kind() == graph.KindMap {
			return policyIn(inner)
		}
	}
	return v
}

// why says what an error of reading means.
func (k *collector) why(err error) string {
	switch {
	case k.allowError != nil:
		return k.allowError.Error()
	case errors.Is(err, source.ErrOutside):
		return "it lies outside of the folders that may be read"
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	}
	return err.Error()
}

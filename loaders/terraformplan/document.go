package terraformplan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
	tfjson "github.com/hashicorp/terraform-json"
)

// document holds the parts that matter of a plan, or of a state when Values is
// set. Numbers keep their text, except in the configuration part.
type document struct {
	FormatVersion string                          `json:"format_version"`
	Variables     map[string]*tfjson.PlanVariable `json:"variables"`
	PlannedValues *tfjson.StateValues             `json:"planned_values"`
	Changes       []*change                       `json:"resource_changes"`
	OutputChanges map[string]*outputChange        `json:"output_changes"`
	PriorState    *priorState                     `json:"prior_state"`
	Values        *tfjson.StateValues             `json:"values"`
	Config        *configuration                  `json:"configuration"`
	// Errored and Complete say whether the plan has everything; old versions of
	// Terraform do not write them.
	Errored  bool  `json:"errored"`
	Complete *bool `json:"complete"`
}

// configuration is the configuration part, decoded in place: the library's own
// decoding loses where an error is.
type configuration tfjson.Config

// change is what becomes of a resource instance, and what is not known of it
// before apply. The values before and after are left out: the planned values
// repeat them.
type change struct {
	Address string `json:"address"`
	Deposed string `json:"deposed"`
	Change  struct {
		Actions      tfjson.Actions `json:"actions"`
		AfterUnknown any            `json:"after_unknown"`
	} `json:"change"`
}

// ends reports whether the instance is gone after apply: destroyed, or no
// longer managed. The planned values list the latter nevertheless.
func (c *change) ends() bool { return c.Change.Actions.Delete() || c.Change.Actions.Forget() }

type outputChange struct {
	AfterUnknown   any `json:"after_unknown"`
	AfterSensitive any `json:"after_sensitive"`
}

type priorState struct {
	Values *tfjson.StateValues `json:"values"`
}

// values are those after apply.
func (d *document) values() *tfjson.StateValues {
	if d.PlannedValues != nil {
		return d.PlannedValues
	}
	return d.Values
}

func parse(file string, content []byte) (*document, hcl.Diagnostics) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(content, []byte{0xff, 0xfe}) || bytes.HasPrefix(content, []byte{0xfe, 0xff}) {
		return nil, hcl.Diagnostics{problem("The plan is not UTF-8",
			"The file is UTF-16, as PowerShell writes redirected output, and was skipped. Write it as UTF-8: terraform show -json tfplan | Out-File -Encoding utf8 plan.json", firstLine(file))}
	}
	if at, ok := tooDeep(content); !ok {
		return nil, hcl.Diagnostics{problem("The plan is nested too deeply",
			fmt.Sprintf("JSON may be nested %d levels deep; the file was skipped.", maxDepth), rangeAt(file, content, at))}
	}
	doc := &document{}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if err := decoder.Decode(doc); err != nil {
		return nil, hcl.Diagnostics{syntaxProblem(file, content, decoder.InputOffset(), err)}
	}
	if rest := skipSpace(content, int(decoder.InputOffset())); rest < len(content) {
		return nil, hcl.Diagnostics{streamProblem(file, content, int64(rest))}
	}
	return doc, validate(file, doc)
}

func syntaxProblem(file string, content []byte, reached int64, err error) *hcl.Diagnostic {
	at := reached
	detail := err.Error()
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = max(syntax.Offset-1, 0)
	case errors.As(err, &kind):
		at, detail = misplaced(kind)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		at, detail = int64(len(content)), "the text ends before the JSON value does"
	}
	return problem("Invalid plan JSON", strings.TrimPrefix(detail, "json: ")+"; the file was skipped.", rangeAt(file, content, at))
}

// misplaced tells where a value of the wrong type is. Expressions are decoded
// apart, and an offset within one says nothing.
func misplaced(err *json.UnmarshalTypeError) (at int64, detail string) {
	if err.Field == "" {
		return max(err.Offset-1, 0), "the document must be a JSON object, not a JSON " + err.Value
	}
	detail = err.Field + " must not be a JSON " + err.Value
	if strings.Contains(err.Field, "expression") {
		return 0, detail
	}
	return max(err.Offset-1, 0), detail
}

func streamProblem(file string, content []byte, at int64) *hcl.Diagnostic {
	if bytes.Contains(content, []byte(`"@level"`)) {
		return problem("The file is a log, not a plan",
			"terraform plan -json prints a log; the file was skipped. Write the plan with: terraform plan -out=tfplan && terraform show -json tfplan > plan.json", firstLine(file))
	}
	return problem("Invalid plan JSON", "Text follows the JSON value; the file was skipped.", rangeAt(file, content, at))
}

// validate refuses what is no plan and no state. A newer minor version is
// fine: Terraform only adds to the format within a major version.
func validate(file string, doc *document) hcl.Diagnostics {
	switch major, _, _ := strings.Cut(doc.FormatVersion, "."); {
	case doc.FormatVersion == "":
		return hcl.Diagnostics{problem("Not a plan or a state",
			"format_version is missing; the file was skipped. Give what terraform show -json prints, not the state file itself.", firstLine(file))}
	case major != "0" && major != "1":
		return hcl.Diagnostics{problem("Unsupported plan format",
			fmt.Sprintf("format_version is %q, but only versions 0 and 1 are known; the file was skipped.", doc.FormatVersion), firstLine(file))}
	}
	if doc.PlannedValues == nil && doc.Values == nil && doc.Config != nil {
		doc.PlannedValues = &tfjson.StateValues{}
	}
	return incomplete(file, doc)
}

// incomplete warns of a plan that lacks resources.
func incomplete(file string, doc *document) hcl.Diagnostics {
	var detail string
	switch {
	case doc.Errored:
		detail = "Terraform met errors while it made the plan, and resources are missing in it. Mend them and plan again."
	case doc.Complete != nil && !*doc.Complete:
		detail = "The plan does not have every resource, because it was made with -target or resources were deferred. Plan without -target."
	default:
		return nil
	}
	return hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "The plan is incomplete", Detail: detail, Subject: firstLine(file).Ptr()}}
}

package cli

import (
	"context"
	"fmt"
	"io"
	"regexp"

	"github.com/iblint/iblint/loaders/source"
)

// terraformBlock is a line that only HCL has, at its beginning: in YAML such a
// text is indented.
var terraformBlock = regexp.MustCompile(`(?m)^(?:(?:resource|data)[ \t]+"[^"\n]+"[ \t]+"[^"\n]+"|` +
	`(?:module|variable|provider|output)[ \t]+"[^"\n]+"|terraform|locals)[ \t]*\{`)

// stdinName is the name of standard input in reports. Where nobody gives it one
// it ends as Terraform wants it if it holds Terraform.
func (e *evaluation) stdinName(content []byte) string {
	switch {
	case e.stdinFilename != "":
		return relative(e.stdinFilename)
	case terraformBlock.Match(content):
		return "stdin.tf"
	}
	return "stdin"
}

// readStdin reads standard input to its end, or until the run is stopped:
// nobody may ever write what is waited for. It takes no more than a file may
// have.
func readStdin(ctx context.Context, from io.Reader, most int64) ([]byte, error) {
	type answer struct {
		content []byte
		err     error
	}
	read := make(chan answer, 1)
	go func() {
		content, err := io.ReadAll(io.LimitReader(from, most+1))
		if err == nil && int64(len(content)) > most {
			err = fmt.Errorf("%w (the limit is %d bytes)", source.ErrTooLarge, most)
		}
		read <- answer{content, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case a := <-read:
		if a.err != nil {
			return nil, &exitError{status: ExitInput, err: fmt.Errorf("standard input: %w", a.err)}
		}
		return a.content, nil
	}
}

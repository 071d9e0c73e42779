package cli

import (
	"context"
	"fmt"
	"io"
)

// readStdin reads standard input to its end, or until the run is stopped:
// nobody may ever write what is waited for.
func readStdin(ctx context.Context, from io.Reader) ([]byte, error) {
	type answer struct {
		content []byte
		err     error
	}
	read := make(chan answer, 1)
	go func() {
		content, err := io.ReadAll(from)
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

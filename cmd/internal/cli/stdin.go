package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/iblint/iblint/loaders/source"
)

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

// Command iblint reads Terraform and CloudFormation and finds, before anything
// is deployed, why EC2 Image Builder could not distribute an encrypted AMI.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/iblint/iblint/cmd/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	command := cli.Command{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(), Today: time.Now().Format(time.DateOnly),
	}
	status := command.Main(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

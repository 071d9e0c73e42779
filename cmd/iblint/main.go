// Command iblint reads Terraform and CloudFormation and finds, before anything
// is deployed, why EC2 Image Builder could not distribute an encrypted AMI.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/iblint/iblint/cmd/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	command := cli.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ()}
	status := command.Main(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

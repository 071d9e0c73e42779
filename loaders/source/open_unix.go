//go:build unix

package source

import "syscall"

// refuseLink makes opening a symbolic link an error, and does not wait for the
// other end of a pipe.
const refuseLink = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

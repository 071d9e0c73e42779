//go:build !unix

package source

// refuseLink is 0 where opening cannot refuse a symbolic link.
const refuseLink = 0

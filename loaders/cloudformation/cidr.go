package cloudformation

import (
	"errors"
	"fmt"
	"math/big"
	"net/netip"
)

// subnets returns the first blocks of a block, as many as count, each with so
// many bits for hosts.
func subnets(block string, count, bits int) ([]string, error) {
	prefix, err := netip.ParsePrefix(block)
	if err != nil {
		return nil, fmt.Errorf("%q is no CIDR block", block)
	}
	width := prefix.Addr().BitLen()
	length := width - bits
	switch {
	case count < 1 || count > 256:
		return nil, errors.New("the count must be from 1 to 256")
	case bits < 1 || length < prefix.Bits():
		return nil, fmt.Errorf("%d bits do not fit into %s", bits, block)
	}
	room := length - prefix.Bits()
	if room < 8 && count > 1<<room {
		return nil, fmt.Errorf("%s has no room for %d blocks of %d bits", block, count, bits)
	}
	base := new(big.Int).SetBytes(prefix.Masked().Addr().AsSlice())
	step := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	out := make([]string, count)
	for i := range out {
		address, ok := netip.AddrFromSlice(base.FillBytes(make([]byte, width/8)))
		if !ok {
			return nil, fmt.Errorf("%q is no CIDR block", block)
		}
		out[i] = netip.PrefixFrom(address, length).String()
		base.Add(base, step)
	}
	return out, nil
}

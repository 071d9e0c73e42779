package graph

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// StableHex is n hexadecimal digits (at most 64) derived from a seed such as a
// resource ID: the changing part of a made-up identifier ("ami-" + 17 digits).
func StableHex(seed string, n int) string {
	sum := sha256.Sum256([]byte(seed))
	return hex.EncodeToString(sum[:])[:n]
}

// StableUUID is a key ID of the right shape, derived from a seed.
func StableUUID(seed string) string {
	h := StableHex(seed, 32)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// Key is a text that is the same for two string values exactly when they are
// certainly equal: unknown parts stand in it by their ID. It is empty for
// values that are no strings.
func (v Value) Key() string {
	parts := v.Parts()
	if len(parts) == 1 && parts[0].Unknown == nil {
		return parts[0].Literal
	}
	var b strings.Builder
	for _, p := range parts {
		if p.Unknown == nil {
			b.WriteString(p.Literal)
			continue
		}
		b.WriteString("\x00")
		b.WriteString(p.Unknown.ID)
		b.WriteString("\x00")
	}
	return b.String()
}

// ConcatText joins string values to one; what is not known stays a part.
func ConcatText(values ...Value) Value {
	var parts []Part
	for _, v := range values {
		parts = append(parts, v.Parts()...)
	}
	return Text(parts...)
}

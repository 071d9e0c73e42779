package discover

import "bytes"

// Words says what a text mentions. What mentions nothing of this cannot hold
// anything that a rule reads.
type Words uint8

// The groups of words.
const (
	// ImageBuilder is any name of Image Builder: only such a root can have
	// something to judge.
	ImageBuilder Words = 1 << iota
	// Partner is a key, a role, a setting or an account that a judgement about
	// an Image Builder root may need.
	Partner
)

// imageBuilderWords are the ways in which people capitalize the name. Types and
// the names of AWS's roles and policies are among them.
func imageBuilderWords() []string {
	return []string{"imagebuilder", "ImageBuilder", "imageBuilder", "Imagebuilder", "IMAGEBUILDER", "image_builder"}
}

// partnerWords are spelled as both dialects spell them.
func partnerWords() []string {
	return []string{
		"kms", "KMS", "aws_ebs_", "aws_ami", "aws_account_region", "autoscaling", "AutoScaling", "StackSet", "stack_set",
		"stack_instances", "allowed_account_ids", "assume_role", "iam_role", "IAM::Role",
		"ec2_allowed_images", "organizations_policy", "Organizations::Policy", "Fn::ImportValue", "!ImportValue", "Export",
	}
}

// finder finds all words in one pass. Few files have any, so it leaps: where
// the two bytes under it end no beginning of a word, none can end before the
// next place at which they could (Wu and Manber, 1994). Words too short to
// leap by are looked for by themselves.
type finder struct {
	short []entry
	long  map[[2]byte][]entry // by the last two of their first window bytes
	leap  [1 << pairBits]uint8
}

// entry is a word with its group.
type entry struct {
	word  []byte
	group Words
}

// window is how many bytes of a word the finder knows it by.
const window = 6

// pairBits is the size of the number that stands for two bytes.
const pairBits = 12

func pair(a, b byte) uint16 { return (uint16(a)<<5 ^ uint16(b)) & (1<<pairBits - 1) }

func newFinder() *finder {
	f := &finder{long: map[[2]byte][]entry{}}
	for i := range f.leap {
		f.leap[i] = window - 1
	}
	for _, word := range imageBuilderWords() {
		f.add(entry{[]byte(word), ImageBuilder})
	}
	for _, word := range partnerWords() {
		f.add(entry{[]byte(word), Partner})
	}
	return f
}

func (f *finder) add(e entry) {
	if len(e.word) < window {
		f.short = append(f.short, e)
		return
	}
	for i := 1; i < window; i++ {
		key := pair(e.word[i-1], e.word[i])
		f.leap[key] = min(f.leap[key], uint8(window-1-i))
	}
	last := [2]byte(e.word[window-2 : window])
	f.long[last] = append(f.long[last], e)
}

// words says which groups a text has words of.
func (f *finder) words(text []byte) Words {
	var found Words
	for _, e := range f.short {
		if found&e.group == 0 && bytes.Contains(text, e.word) {
			found |= e.group
		}
	}
	for i := window - 1; i < len(text); {
		if leap := f.leap[pair(text[i-1], text[i])]; leap > 0 {
			i += int(leap)
			continue
		}
		for _, e := range f.long[[2]byte(text[i-1:i+1])] {
			if bytes.HasPrefix(text[i-window+1:], e.word) {
				found |= e.group
			}
		}
		if found == ImageBuilder|Partner {
			break
		}
		i++
	}
	return found
}

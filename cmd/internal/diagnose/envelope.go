package diagnose

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// envelope is what the JSON around a message says of accounts and Regions. Only
// an event of CloudTrail about EC2 says something: its Region is the one that
// the image is shared in or copied to. Calls to KMS and STS are also made
// elsewhere.
type envelope struct {
	sources, targets, regions []string
}

// unwrap takes the texts out of JSON, also of JSON inside JSON.
func (e *envelope) unwrap(text string) string {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return text
	}
	var b strings.Builder
	e.collect(&b, value)
	return b.String()
}

func (e *envelope) collect(b *strings.Builder, value any) {
	switch value := value.(type) {
	case string:
		if strings.HasPrefix(strings.TrimSpace(value), "{") {
			value = e.unwrap(value)
		}
		b.WriteString(value + " ")
	case []any:
		for _, item := range value {
			e.collect(b, item)
		}
	case map[string]any:
		e.event(value)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			e.collect(b, value[name])
		}
	}
}

// event reads what an event says beside its message. The accounts that an image
// is shared with stand in what was asked for.
func (e *envelope) event(fields map[string]any) {
	if fields["eventSource"] != "ec2.amazonaws.com" {
		return
	}
	e.regions = appendText(e.regions, fields["awsRegion"])
	users := sharedWith(fields["requestParameters"])
	if len(users) > 0 {
		e.sources = appendText(e.sources, fields["recipientAccountId"])
	}
	e.targets = append(e.targets, users...)
}

func appendText(to []string, value any) []string {
	if text, ok := value.(string); ok && text != "" {
		return append(to, text)
	}
	return to
}

// sharedWith finds the accounts that a launch permission is added for.
func sharedWith(parameters any) []string {
	content, err := json.Marshal(parameters)
	if err != nil {
		return nil
	}
	var request struct {
		LaunchPermission struct {
			Add struct {
				Items []struct {
					UserID string `json:"userId"`
				} `json:"items"`
			} `json:"add"`
		} `json:"launchPermission"`
	}
	if err := json.Unmarshal(content, &request); err != nil {
		return nil
	}
	var out []string
	for _, item := range request.LaunchPermission.Add.Items {
		out = appendText(out, item.UserID)
	}
	return out
}

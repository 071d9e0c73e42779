package cli

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// baseVersion is the version that this code leads to.
const baseVersion = "0.1.0"

// version is the version of the build, without a leading "v".
func (c *Command) version() string {
	if c.Version != "" {
		return c.Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || !released(info.Main.Version) {
		return baseVersion
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}

// released reports whether a module version is that of a release, not one that
// Go made up for a commit.
func released(version string) bool {
	return strings.HasPrefix(version, "v") && !strings.HasPrefix(version, "v0.0.0-") &&
		!strings.Contains(version, "-0.") && !strings.Contains(version, "+dirty")
}

func (c *Command) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  iblint version",
		Args:    noArguments,

		DisableFlagsInUseLine: true,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(c.Stdout, "iblint "+c.version()+buildDetails())
			return err
		},
	}
}

// buildDetails names the compiler and the commit.
func buildDetails() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	details := []string{info.GoVersion}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if settings["GOOS"] != "" {
		details = append(details, settings["GOOS"]+"/"+settings["GOARCH"])
	}
	if revision := settings["vcs.revision"]; len(revision) >= 12 {
		commit := "commit " + revision[:12]
		if settings["vcs.modified"] == "true" {
			commit += " and changes"
		}
		details = append(details, commit)
	}
	return " (" + strings.Join(details, ", ") + ")"
}

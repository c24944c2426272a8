package command

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// hint is how the library names a setting as a way out: (fill: linear), (fold-labels: true makes one of them). What stands
// between quotation marks is somebody's text and no hint.
var hint = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\(([a-z]+(?:-[a-z]+)*): (true\b ?)?`)

// inFlags returns a text of the library with the settings that it names as ways out as flags of a command: (--fill linear).
// What is no flag of this command, such as a setting of the training when a run predicts, stays.
func inFlags(cmd *cobra.Command, text string) string {
	return hint.ReplaceAllStringFunc(text, func(found string) string {
		setting, value, ok := strings.Cut(strings.TrimPrefix(found, "("), ": ")
		if found[0] == '"' || !ok || cmd.Flag(setting) == nil {
			return found
		}
		// --fold-labels alone is true.
		if value != "" {
			value = strings.TrimPrefix(value, "true")
			return "(--" + setting + value
		}
		return "(--" + setting + " "
	})
}

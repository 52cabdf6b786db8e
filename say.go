package kreds

import "fmt"

// Say writes a text for people, as fmt.Sprintf does. Texts are English; the
// format is what the catalogues of other languages know a text by, so texts
// that leave the program are made by Say, Errorf and WithHint, with a constant
// format.
func Say(format string, args ...any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

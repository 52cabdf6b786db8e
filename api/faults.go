package api

import (
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/kreds/kreds"
)

// plain says in the words of kreds what huma says of a part of a request that is wrong.
// What it does not know stays as it is.
func plain(message string) string {
	switch message {
	case validation.MsgUnexpectedProperty, "unknown query parameter":
		return kreds.Say("there is no field of this name")
	case validation.MsgExpectedBoolean, "invalid boolean":
		return kreds.Say("is neither true nor false")
	case validation.MsgExpectedNumber, "invalid float", "invalid floating value":
		return kreds.Say("is not a number")
	case validation.MsgExpectedInteger, "invalid integer":
		return kreds.Say("is not a whole number")
	case validation.MsgExpectedString:
		return kreds.Say("is not a text")
	case validation.MsgExpectedArray:
		return kreds.Say("is not a list")
	case validation.MsgExpectedObject:
		return kreds.Say("is not an object")
	case validation.MsgExpectedArrayItemsUnique:
		return kreds.Say("names something twice")
	case validation.MsgExpectedRFC3339DateTime:
		return kreds.Say("is not a time such as 2025-03-01T10:00:00Z")
	case validation.MsgExpectedRFC3339Date:
		return kreds.Say("is not a date such as 2025-03-01")
	case "required query parameter is missing", "required path parameter is missing", "required header parameter is missing":
		return kreds.Say("is missing")
	case "request body is required":
		return kreds.Say("the request has no body")
	}
	if strings.HasPrefix(message, "invalid character ") || message == "unexpected end of JSON input" {
		return kreds.Say("is no JSON: %s", message)
	}
	if rest, ok := strings.CutPrefix(message, "json: cannot unmarshal number "); ok {
		n, _, _ := strings.Cut(rest, " ")
		_, field, _ := strings.Cut(rest, ".")
		field, _, _ = strings.Cut(field, " ")
		return kreds.Say("%s is too large or too fine for %s", n, field)
	}
	var of string
	says := func(format string) bool {
		begin, end, _ := strings.Cut(format, "%")
		if end != "" {
			end = end[1:] // without the verb's letter
		}
		rest, ok := strings.CutPrefix(message, begin)
		if !ok || !strings.HasSuffix(rest, end) || strings.Contains(strings.TrimSuffix(rest, end), `"`) {
			return false
		}
		of = strings.TrimSuffix(rest, end)
		return true
	}
	switch {
	case message == fmt.Sprintf(validation.MsgExpectedMinLength, 1):
		return kreds.Say("is empty")
	case message == fmt.Sprintf(validation.MsgExpectedMinItems, 1):
		return kreds.Say("names nothing")
	case says(validation.MsgExpectedMinLength):
		return kreds.Say("has fewer than %s characters", of)
	case says(validation.MsgExpectedMaxLength):
		return kreds.Say("has more than %s characters", of)
	case says(validation.MsgExpectedMinItems):
		return kreds.Say("has fewer than %s parts", of)
	case says(validation.MsgExpectedMaxItems):
		return kreds.Say("has more than %s parts", of)
	case says(validation.MsgExpectedMinimumNumber):
		return kreds.Say("is less than %s", of)
	case says(validation.MsgExpectedMaximumNumber):
		return kreds.Say("is more than %s", of)
	case says(validation.MsgExpectedExclusiveMinimumNumber):
		return kreds.Say("is not more than %s", of)
	case says(validation.MsgExpectedExclusiveMaximumNumber):
		return kreds.Say("is not less than %s", of)
	case says(validation.MsgExpectedOneOf):
		return kreds.Say("is not one of %s", of)
	case says(validation.MsgExpectedRequiredProperty):
		return kreds.Say("the field %s is missing", of)
	case says(validation.MsgExpectedMatchPattern):
		return kreds.Say("does not match %s", of)
	case says("unknown content type: %s"):
		return kreds.Say("the type of contents %s is not known", of)
	}
	return message
}

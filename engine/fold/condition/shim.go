package condition

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/kreds/kreds/segment"
)

func printNode(n segment.Node) string { return describe(reflect.ValueOf(n)) }
func printTerm(t segment.Term) string { return describe(reflect.ValueOf(t)) }

func builtinList(string) ([]string, bool) { return nil, false }

func describe(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "nil"
		}
		return v.Elem().Type().Name() + describe(v.Elem())
	case reflect.Slice:
		var s []string
		for i := range v.Len() {
			s = append(s, describe(v.Index(i)))
		}
		return "[" + strings.Join(s, " ") + "]"
	case reflect.Struct:
		var s []string
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				s = append(s, describe(v.Field(i)))
			}
		}
		return "{" + strings.Join(s, " ") + "}"
	}
	return fmt.Sprintf("%q", fmt.Sprint(v))
}

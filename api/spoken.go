package api

import (
	"context"
	"net/http"
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/language"

	"github.com/kreds/kreds/danish"
)

// Answers speak English, or Danish to who asks for it by Accept-Language. Fields that
// are texts for people say so by the tag "say": text, word, name for the name of a segment
// that was found, found for one that was if the field Found says so, or note for what
// people write and the program too.
const sayTag = "say"

var languages = language.NewMatcher([]language.Tag{language.English, language.Danish})

type danishKey struct{}

// inDanish reports whether who asks wants to read Danish.
func inDanish(ctx context.Context) bool {
	yes, _ := ctx.Value(danishKey{}).(bool)
	return yes
}

// spoken finds out in which language to answer.
func spoken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Language")
		wanted := r.Header.Get("Accept-Language")
		if len(wanted) > 1000 {
			wanted = ""
		}
		tags, _, err := language.ParseAcceptLanguage(wanted)
		if err != nil {
			tags = nil
		}
		if _, i, _ := languages.Match(tags...); i == 1 {
			w.Header().Set("Content-Language", "da")
			known := r.WithContext(context.WithValue(r.Context(), danishKey{}, true))
			defer func() { r.Pattern = known.Pattern }() // for the log and the metrics
			next.ServeHTTP(w, known)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// inLanguage is the transformer of answers.
func inLanguage(ctx huma.Context, _ string, v any) (any, error) {
	return saidTo(ctx.Context(), v), nil
}

// saidTo returns an answer in the language of who asks. Answers may be shared, so that
// what has texts is copied.
func saidTo(ctx context.Context, v any) any {
	if v == nil || !inDanish(ctx) {
		return v
	}
	return translated(reflect.ValueOf(v)).Interface()
}

// saidTo is the problem in the language of who asks.
func (p *Problem) saidTo(ctx context.Context) *Problem {
	out, _ := saidTo(ctx, p).(*Problem) // of what it gets it gives the same
	return out
}

// translated is a copy of what has texts, and else the value itself.
func translated(v reflect.Value) reflect.Value {
	if !speaks(v.Type()) {
		return v
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(translated(v.Elem()))
		return out
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		out.Set(translated(v.Elem()))
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(translated(v.Index(i)))
		}
		return out
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		for key, value := range v.Seq2() {
			out.SetMapIndex(key, translated(value))
		}
		return out
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			switch f.Tag.Get(sayTag) {
			case "text":
				out.Field(i).Set(mapped(v.Field(i), danish.Text))
			case "word":
				out.Field(i).Set(mapped(v.Field(i), danish.Word))
			case "note":
				out.Field(i).Set(mapped(v.Field(i), danish.Note))
			case "found":
				if v.FieldByName("Found").Bool() {
					out.Field(i).Set(mapped(v.Field(i), danish.Name))
				}
			case "name":
				out.Field(i).Set(mapped(v.Field(i), danish.Name))
			default:
				out.Field(i).Set(translated(v.Field(i)))
			}
		}
		return out
	}
	return v
}

// mapped is a text, or a list of them, said in another way.
func mapped(v reflect.Value, say func(string) string) reflect.Value {
	if v.Kind() == reflect.String {
		return reflect.ValueOf(say(v.String())).Convert(v.Type())
	}
	out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		out.Index(i).SetString(say(v.Index(i).String()))
	}
	return out
}

var spokenTypes sync.Map // reflect.Type to bool

// speaks reports whether there may be texts in values of a type.
func speaks(t reflect.Type) bool {
	if known, ok := spokenTypes.Load(t); ok {
		return known.(bool)
	}
	yes := looksFor(t, map[reflect.Type]bool{})
	spokenTypes.Store(t, yes)
	return yes
}

func looksFor(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return looksFor(t.Elem(), seen)
	case reflect.Interface:
		return t != reflect.TypeFor[Value]() // values are data
	case reflect.Struct:
		for f := range t.Fields() {
			if f.IsExported() && (f.Tag.Get(sayTag) != "" || looksFor(f.Type, seen)) {
				return true
			}
		}
	}
	return false
}

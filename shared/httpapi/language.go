package httpapi

import (
	"cmp"
	"reflect"

	"mandate/shared/api"
	"mandate/shared/words"
)

// language is the tag of the language that an answer is written in: what the request asks for, where we have it, else
// what the caller prefers, else the default. See doc.go for why.
func (s *Server) language(x *exchange) string {
	if tag, ok := s.words.Nearest(acceptLanguage(x.field("Accept-Language"))); ok {
		return tag
	}
	return x.reader.Language
}

// translation rewrites the texts of an output; nil where its type has none.
type translation func(value reflect.Value, say func(text string) string)

// translate tells the output's texts in the reader's language. Outputs are made anew for each answer, so that nothing
// else sees it.
func (s *Server) translate(x *exchange, translate translation, output any) {
	if translate == nil {
		return
	}
	tag := cmp.Or(s.language(x), words.Default)
	if tag == words.Default { // which is what it is written in: no file is read for it
		x.SetHeader("Content-Language", tag)
		return
	}
	w := s.words.In(tag)
	x.SetHeader("Content-Language", w.Language)
	translate(reflect.ValueOf(output).Elem(), func(text string) string { return w.Say(text) })
}

// translator finds, once for an output, where its texts are: the strings that [api.Translated] marks.
func translator(t reflect.Type) translation { return translatorOf(t, map[reflect.Type]bool{}) }

// translatorOf looks at a type; within are those that it is part of. One that holds itself again has texts no deeper.
func translatorOf(t reflect.Type, within map[reflect.Type]bool) translation {
	if within[t] {
		return nil
	}
	within[t] = true
	defer delete(within, t)
	switch t.Kind() {
	case reflect.Pointer:
		if of := translatorOf(t.Elem(), within); of != nil {
			return func(value reflect.Value, say func(string) string) {
				if !value.IsNil() {
					of(value.Elem(), say)
				}
			}
		}
	case reflect.Slice:
		if of := translatorOf(t.Elem(), within); of != nil {
			return func(value reflect.Value, say func(string) string) {
				for i := range value.Len() {
					of(value.Index(i), say)
				}
			}
		}
	case reflect.Struct:
		return structTranslator(t, within)
	}
	return nil
}

func structTranslator(t reflect.Type, within map[reflect.Type]bool) translation {
	type part struct {
		index int
		of    translation
	}
	var parts []part
	own, mayBeOwn := t.FieldByName("Own") // see api.Translated
	mayBeOwn = mayBeOwn && own.Type.Kind() == reflect.Bool
	for i := range t.NumField() {
		field := t.Field(i)
		of := translatorOf(field.Type, within)
		if _, marked := field.Tag.Lookup(api.Translated); marked {
			of = func(value reflect.Value, say func(string) string) { value.SetString(say(value.String())) }
		}
		if of != nil && field.IsExported() {
			parts = append(parts, part{i, of})
		}
	}
	if parts == nil {
		return nil
	}
	return func(value reflect.Value, say func(string) string) {
		if mayBeOwn && value.FieldByIndex(own.Index).Bool() {
			return
		}
		for _, part := range parts {
			part.of(value.Field(part.index), say)
		}
	}
}

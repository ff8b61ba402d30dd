package present

// Set gives a field the value that a request has for it, and leaves it where the request has none.
func Set[T any](field, to *T) {
	if to != nil {
		*field = *to
	}
}

// SetText is Set for the directory's kinds of names.
func SetText[T ~string](field *T, to *string) {
	if to != nil {
		*field = T(*to)
	}
}

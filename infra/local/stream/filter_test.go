package stream

import (
	"encoding/json"
	"testing"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	const record = `{"eventName":"INSERT","userIdentity":{"type":"Service"},"dynamodb":{"Keys":{"pk":{"S":"org#1"},"sk":{"S":"mail#7"}},"NewImage":{"on":{"BOOL":true},"nothing":{"NULL":null},"tags":{"SS":["a","b"]},"n":{"N":"5"}}}}`
	var value any
	if err := json.Unmarshal([]byte(record), &value); err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]bool{
		`{"eventName":["INSERT"]}`:                                          true,
		`{"eventName":["MODIFY","INSERT"]}`:                                 true,
		`{"eventName":["MODIFY"]}`:                                          false,
		`{"eventName":["insert"]}`:                                          false,
		`{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"mail#"}]}}}}`:           true,
		`{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"x"},"mail#7"]}}}}`:      true,
		`{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"event#"}]}}}}`:          false,
		`{"dynamodb":{"Keys":{"sk":{"N":[{"prefix":""}]}}}}`:                false,
		`{"dynamodb":{"Keys":{"sk":{"S":[{"anything-but":["a","b"]}]}}}}`:   true,
		`{"dynamodb":{"Keys":{"sk":{"S":[{"anything-but":"mail#7"}]}}}}`:    false,
		`{"dynamodb":{"Keys":{"none":{"S":[{"anything-but":"mail#7"}]}}}}`:  false,
		`{"eventName":["INSERT"],"dynamodb":{"Keys":{"pk":{"S":["org"]}}}}`: false,
		`{"dynamodb":{"NewImage":{"on":{"BOOL":[true]}}}}`:                  true,
		`{"dynamodb":{"NewImage":{"on":{"BOOL":[false]}}}}`:                 false,
		`{"dynamodb":{"NewImage":{"nothing":{"NULL":[null]}}}}`:             true,
		`{"dynamodb":{"NewImage":{"absent":{"NULL":[null]}}}}`:              false,
		`{"dynamodb":{"NewImage":{"tags":{"SS":["b"]}}}}`:                   true,
		`{"dynamodb":{"NewImage":{"tags":{"SS":["c"]}}}}`:                   false,
		`{"dynamodb":{"OldImage":{"on":{"BOOL":[{"exists":false}]}}}}`:      true,
		`{"userIdentity":{"type":[{"exists":true}]}}`:                       true,
		`{"userIdentity":{"type":[{"exists":false}]}}`:                      false,
		`{"eventName":{"S":["INSERT"]}}`:                                    false,
	} {
		f, err := ParseFilter(pattern)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := f.match(value, true); got != want {
			t.Errorf("%s: %t, want %t", pattern, got, want)
		}
	}
}

func TestFiltersThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		``, `[]`, `{}`, `{"a":{}}`, `{"a":[]}`, `{"a":"b"}`, `{"a":[5]}`, `{"a":[["b"]]}`,
		`{"a":[{"suffix":"b"}]}`, `{"a":[{"numeric":[">",0]}]}`, `{"a":[{"prefix":{"equals-ignore-case":"b"}}]}`,
		`{"a":[{"anything-but":[5]}]}`, `{"a":[{"exists":"yes"}]}`, `{"a":[{"prefix":"b","exists":true}]}`,
	} {
		if _, err := ParseFilter(pattern); err == nil {
			t.Errorf("%s accepted", pattern)
		}
	}
}

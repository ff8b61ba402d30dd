package stream_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/google/go-cmp/cmp"

	"mandate/infra/local/lambda"
	"mandate/infra/local/stream"
)

func keys(from, to int) []string {
	var all []string
	for n := from; n < to; n++ {
		all = append(all, fmt.Sprintf("k%04d", n))
	}
	return all
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func failed() (string, error) { return "", &lambda.FunctionError{Type: "Error", Message: "no"} }

// failing makes an answer that names the records with the keys.
func failing(s *fakeShard, keys ...string) string {
	var items []string
	for i, r := range s.records {
		if slices.Contains(keys, r.Dynamodb.Keys["sk"].(*types.AttributeValueMemberS).Value) {
			items = append(items, fmt.Sprintf(`{"itemIdentifier":%q}`, sequence(s, i)))
		}
	}
	return `{"batchItemFailures":[` + strings.Join(items, ",") + `]}`
}

func TestRecordsComeOnceAndInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeShard{id: "s"}
		f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
		f.put(s, keys(0, 2100)...)
		go func() { time.Sleep(2 * time.Second); f.put(s, "late") }()
		poll(t, configure(f, fn, stream.Mapping{BatchSize: 300}), 5*time.Second)
		// A page has 1,000 records.
		want := []string{}
		for _, part := range [][2]int{{0, 300}, {300, 600}, {600, 900}, {900, 1000}, {1000, 1300}, {1300, 1600}, {1600, 1900}, {1900, 2000}, {2000, 2100}} {
			want = append(want, strings.Join(keys(part[0], part[1]), " "))
		}
		same(t, fn.got(), append(want, "late"))
	})
}

func TestEachMappingGetsWhatItWants(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeShard{id: "s"}
		f := &fakeStream{shards: []*fakeShard{s}}
		f.put(s, "mail#1", "user#1", "mail#2", "event#1")
		got := map[string]*function{"mailer": {}, "outbox": {}, "all": {}}
		c := configure(f, nil, stream.Mapping{})
		c.Mappings = []stream.Mapping{
			{Function: "mailer", Filters: []string{`{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"mail#"}]}}}}`}},
			{Function: "outbox", Filters: []string{`{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"event#"}]}}}}`, `{"dynamodb":{"Keys":{"sk":{"S":["user#1"]}}}}`}},
			{Function: "all"},
		}
		c.Invoke = func(ctx context.Context, name string, payload []byte) ([]byte, error) {
			return got[name].invoke(ctx, name, payload)
		}
		poll(t, c, time.Second)
		same(t, got["mailer"].got(), []string{"mail#1 mail#2"})
		same(t, got["outbox"].got(), []string{"user#1 event#1"})
		same(t, got["all"].got(), []string{"mail#1 user#1 mail#2 event#1"})
	})
}

func TestAMappingThatIsStuckHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeShard{id: "s"}
		f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
		f.put(s, "a", "b")
		c := configure(f, fn, stream.Mapping{})
		c.Mappings = append(c.Mappings, stream.Mapping{Function: "stuck", MaximumRetryAttempts: -1})
		c.Invoke = func(ctx context.Context, name string, payload []byte) ([]byte, error) {
			if name == "stuck" {
				_, err := failed()
				return nil, err
			}
			return fn.invoke(ctx, name, payload)
		}
		poll(t, c, time.Minute)
		same(t, fn.got(), []string{"a b"})
	})
}

func TestFailedBatchComesAgainAfterLongerAndLongerWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeShard{id: "s"}
		f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
		f.put(s, "a", "b")
		var at []time.Duration
		start := time.Now()
		fn.answer = func([]string) (string, error) {
			at = append(at, time.Since(start))
			if len(at) < 10 {
				return failed()
			}
			return "", nil
		}
		poll(t, configure(f, fn, stream.Mapping{MaximumRetryAttempts: -1}), time.Minute)
		same(t, fn.got(), slices.Repeat([]string{"a b"}, 10))
		ms := time.Millisecond
		want := []time.Duration{0, 100 * ms, 300 * ms, 700 * ms, 1500 * ms, 3100 * ms, 6300 * ms, 11300 * ms, 16300 * ms, 21300 * ms}
		if !slices.Equal(at, want) {
			t.Errorf("tried after %v, want %v", at, want)
		}
	})
}

func TestReportedFailuresComeAgainFromTheFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeShard{id: "s"}
		f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
		f.put(s, "a", "b", "c", "d", "e")
		fn.answer = func([]string) (string, error) {
			switch len(fn.batches) {
			case 1:
				return failing(s, "e", "c"), nil
			case 2:
				return failing(s, "d"), nil
			}
			return `{"batchItemFailures":[]}`, nil
		}
		poll(t, configure(f, fn, stream.Mapping{ReportBatchItemFailures: true, MaximumRetryAttempts: 1}), time.Minute)
		same(t, fn.got(), []string{"a b c d e", "c d e", "d e"})
	})
}

func TestAnswersOfAFunctionThatReports(t *testing.T) {
	t.Parallel()
	for answer, succeeded := range map[string]bool{
		``:                           true,
		`null`:                       true,
		`{}`:                         true,
		`{"batchItemFailures":null}`: true,
		`{"batchItemFailures":[]}`:   true,
		`{"batchItemFailures":[{"itemIdentifier":""}]}`:      false,
		`{"batchItemFailures":[{"itemIdentifier":null}]}`:    false,
		`{"batchItemFailures":[{"identifier":"s-000000"}]}`:  false,
		`{"batchItemFailures":[{"itemIdentifier":"other"}]}`: false,
		`{"batchItemFailures":"s-000000"}`:                   false,
		`"done"`:                                             false,
	} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &fakeShard{id: "s"}
				f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
				f.put(s, "a", "b")
				fn.answer = func([]string) (string, error) { return answer, nil }
				poll(t, configure(f, fn, stream.Mapping{ReportBatchItemFailures: true, MaximumRetryAttempts: 1}), time.Minute)
				want := []string{"a b", "a b"}
				if succeeded {
					want = want[:1]
				}
				same(t, fn.got(), want)
			})
		})
	}
}

func TestBisectionGivesUpOnlyWhatFails(t *testing.T) {
	t.Parallel()
	for _, reports := range []bool{false, true} {
		t.Run(fmt.Sprintf("reports=%t", reports), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &fakeShard{id: "s"}
				f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
				f.put(s, "a", "b", "poison", "d", "e")
				done := map[string]bool{}
				poisoned := 0
				fn.answer = func(keys []string) (string, error) {
					for _, key := range keys {
						if key != "poison" {
							done[key] = true
							continue
						}
						if len(keys) == 1 {
							poisoned++
						}
						if reports {
							return failing(s, "poison"), nil
						}
						return failed()
					}
					return "", nil
				}
				c := configure(f, fn, stream.Mapping{ReportBatchItemFailures: reports, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 2})
				var given []stream.Failure
				c.OnFailure = func(_ context.Context, failure stream.Failure) error {
					given = append(given, failure)
					return nil
				}
				poll(t, c, time.Minute)
				if len(done) != 4 {
					t.Errorf("only %v got through", done)
				}
				if poisoned != 3 {
					t.Errorf("the record that fails was tried %d times on its own, want 1 and 2 retries", poisoned)
				}
				if len(given) != 1 {
					t.Fatalf("%d given up, want 1: %+v", len(given), given)
				}
				g := given[0]
				if g.Function != "outbox" || g.StreamARN != arn || g.ShardID != "s" || g.First != "s-000002" || g.Last != g.First || g.Records != 1 || g.Invocations != 3 || g.FirstAt.IsZero() || g.Error == "" {
					t.Errorf("%+v", g)
				}
			})
		})
	}
}

func TestWithoutBisectionTheBatchIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeShard{id: "s"}
		f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
		f.put(s, "a", "b", "c")
		fn.answer = func(keys []string) (string, error) {
			if keys[0] == "a" {
				return failed()
			}
			return "", nil
		}
		c := configure(f, fn, stream.Mapping{BatchSize: 2, MaximumRetryAttempts: 0})
		tries := 0
		var given stream.Failure
		c.OnFailure = func(_ context.Context, failure stream.Failure) error {
			if tries++; tries < 3 {
				return errors.New("the queue is away")
			}
			given = failure
			return nil
		}
		poll(t, c, time.Minute)
		same(t, fn.got(), []string{"a b", "c"})
		if tries != 3 || given.Records != 2 || given.First != "s-000000" || given.Last != "s-000001" {
			t.Errorf("after %d tries %+v", tries, given)
		}
	})
}

func TestThrottlingCostsNoRetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeShard{id: "s"}
		f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
		f.put(s, "a")
		fn.answer = func([]string) (string, error) {
			if len(fn.batches) < 8 {
				return "", lambda.ErrThrottled
			}
			return "", nil
		}
		c := configure(f, fn, stream.Mapping{MaximumRetryAttempts: 0})
		c.OnFailure = func(_ context.Context, failure stream.Failure) error {
			t.Errorf("given up: %+v", failure)
			return nil
		}
		poll(t, c, time.Minute)
		same(t, fn.got(), slices.Repeat([]string{"a"}, 8))
	})
}

func TestBatchThatIsTooLargeIsSplit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &fakeShard{id: "s"}
		f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
		f.put(s, "a", "b", "c")
		fn.answer = func(keys []string) (string, error) {
			if len(keys) > 1 {
				return "", lambda.ErrPayloadTooLarge
			}
			return "", nil
		}
		poll(t, configure(f, fn, stream.Mapping{MaximumRetryAttempts: 0}), time.Second)
		same(t, fn.got(), []string{"a b c", "a b", "a", "b", "c"})
	})
}

func TestChildrenComeAfterTheirParents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// Listed the wrong way round, and with a parent that is no longer listed.
		parent := &fakeShard{id: "parent", parent: "trimmed"}
		child := &fakeShard{id: "child", parent: "parent"}
		f, fn := &fakeStream{shards: []*fakeShard{child, parent}}, &function{}
		f.put(child, "3")
		f.put(parent, "1")
		go func() {
			time.Sleep(time.Second)
			f.put(parent, "2")
			f.locked(func() { parent.closed = true })
		}()
		poll(t, configure(f, fn, stream.Mapping{}), 5*time.Second)
		same(t, fn.got(), []string{"1", "2", "3"})
	})
}

func TestReadingGoesOnAfterTrouble(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(*fakeStream){
		"iterator expired":   func(f *fakeStream) { f.epoch++ },
		"database restarted": func(f *fakeStream) { f.epoch++; f.down = errors.New("connection refused") },
		"database forgetful": func(f *fakeStream) { f.down = &types.ResourceNotFoundException{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &fakeShard{id: "s"}
				f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
				f.put(s, "a")
				go func() {
					time.Sleep(time.Second)
					f.locked(func() { trouble(f) })
					f.put(s, "b")
					time.Sleep(20 * time.Second)
					f.locked(func() { f.down = nil })
				}()
				poll(t, configure(f, fn, stream.Mapping{}), time.Minute)
				same(t, fn.got(), []string{"a", "b"})
			})
		})
	}
}

func TestTrimmedPositionGoesOnWithWhatIsLeft(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoints.json")
	synctest.Test(t, func(t *testing.T) {
		s := &fakeShard{id: "s"}
		f, fn := &fakeStream{shards: []*fakeShard{s}}, &function{}
		c := configure(f, fn, stream.Mapping{})
		c.Checkpoints = path
		f.put(s, "a")
		poll(t, c, time.Second)
		f.put(s, "b", "c", "d")
		f.locked(func() { s.trimmed = 3 })
		poll(t, c, time.Second)
		same(t, fn.got(), []string{"a", "d"})
	})
}

func TestRestartContinues(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoints.json")
	synctest.Test(t, func(t *testing.T) {
		parent := &fakeShard{id: "parent"}
		f, fn := &fakeStream{shards: []*fakeShard{parent}}, &function{}
		c := configure(f, fn, stream.Mapping{ReportBatchItemFailures: true, MaximumRetryAttempts: -1})
		c.Checkpoints = path
		f.put(parent, "a", "b", "c")
		fn.answer = func([]string) (string, error) { return failing(parent, "b"), nil }
		poll(t, c, 50*time.Millisecond) // stopped while it waits to try b again
		same(t, fn.got(), []string{"a b c"})

		fn.answer = nil
		child := &fakeShard{id: "child", parent: "parent"}
		f.put(child, "d")
		f.locked(func() { parent.closed = true; f.shards = append(f.shards, child) })
		poll(t, c, time.Second)
		f.put(child, "e")
		poll(t, c, time.Second)
		same(t, fn.got(), []string{"a b c", "b c", "d", "e"})

		// A table made anew has another stream, whose shards may have any names.
		c.StreamARN = arn + "1"
		poll(t, c, time.Second)
		same(t, fn.got()[4:], []string{"a b c", "d e"})
	})
}

func TestCheckpointsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoints.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := configure(&fakeStream{}, &function{}, stream.Mapping{})
	c.Checkpoints = path
	if _, err := stream.New(c); err == nil {
		t.Error("accepted")
	}
}

func TestIdlingIsCheap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeStream{shards: []*fakeShard{{id: "s"}}}
		poll(t, configure(f, &function{}, stream.Mapping{}), 100*time.Second)
		if f.polls < 480 || f.polls > 520 {
			t.Errorf("%d polls in 100 idle seconds, want 5 a second", f.polls)
		}
	})
}

func TestMappingsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, mappings := range map[string][]stream.Mapping{
		"no function":    {{}},
		"function twice": {{Function: "a"}, {Function: "a"}},
		"batch size":     {{Function: "a", BatchSize: 1001}},
		"negative size":  {{Function: "a", BatchSize: -1}},
		"retries":        {{Function: "a", MaximumRetryAttempts: -2}},
		"filter":         {{Function: "a", Filters: []string{`{"eventName":["INSERT"]}`, `[]`}}},
	} {
		c := configure(&fakeStream{}, &function{}, stream.Mapping{})
		c.Mappings = mappings
		if _, err := stream.New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

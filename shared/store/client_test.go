package store_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/directory"
	"mandate/shared/fault"
	"mandate/shared/seal"
	"mandate/shared/seal/kmskeys"
	"mandate/shared/store"
	"mandate/shared/store/storetest"
)

// between is a client with something between it and the store.
type between struct {
	store.Client
	batch    func(*dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error)
	transact func(*dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error)
}

func (b between) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	if b.batch != nil {
		return b.batch(in)
	}
	return b.Client.BatchGetItem(ctx, in, o...)
}

func (b between) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if b.transact != nil {
		return b.transact(in)
	}
	return b.Client.TransactWriteItems(ctx, in, o...)
}

// stingy gives less than is asked for, as DynamoDB may at any time and DynamoDB Local never does: pages that end after an
// item, or before the first where they go on, and batches of which keys are left over.
type stingy struct {
	store.Client
	calls *atomic.Int64
}

func (s stingy) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	ask := *in
	switch s.calls.Add(1) % 8 {
	case 0:
		if in.ExclusiveStartKey != nil {
			return &dynamodb.QueryOutput{LastEvaluatedKey: in.ExclusiveStartKey}, nil
		}
	case 1:
		ask.Limit = aws.Int32(1)
	}
	return s.Client.Query(ctx, &ask, o...)
}

func (s stingy) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	now, later := map[string]types.KeysAndAttributes{}, map[string]types.KeysAndAttributes{}
	for table, asked := range in.RequestItems {
		rest, some := asked, len(asked.Keys)
		if s.calls.Add(1)%8 == 0 {
			some = (some + 1) / 2
		}
		asked.Keys, rest.Keys = asked.Keys[:some], asked.Keys[some:]
		if now[table] = asked; len(rest.Keys) > 0 {
			later[table] = rest
		}
	}
	answer, err := s.Client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: now}, o...)
	if err == nil {
		answer.UnprocessedKeys = later
	}
	return answer, err
}

func newUser() directory.User {
	user := storetest.Filled[directory.User]()
	user.Organisation, user.ID = storetest.NewOrganisation(), directory.UserID(storetest.NewID(directory.PrefixUser))
	user.Kind, user.Status, user.Revision = directory.KindRegular, directory.StatusActive, 0
	return user
}

func ref(u directory.User) directory.UserRef {
	return directory.UserRef{Organisation: u.Organisation, ID: u.ID}
}

func TestKeysThatDynamoDBLeftOverAreReadAgain(t *testing.T) {
	t.Parallel()
	client, table := storetest.OpenTable(t)
	var users []directory.UserRef
	var effects []directory.Effect
	for range 10 {
		user := newUser()
		users, effects = append(users, ref(user)), append(effects, directory.PutUser{User: user})
	}
	calls := 0
	s := store.New(between{Client: client, batch: func(in *dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error) {
		calls++
		asked := in.RequestItems[table]
		now, later := asked, asked
		most := min(3, len(asked.Keys))
		now.Keys, later.Keys = asked.Keys[:most], asked.Keys[most:]
		answer, err := client.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{table: now}})
		if err == nil && len(later.Keys) > 0 {
			answer.UnprocessedKeys = map[string]types.KeysAndAttributes{table: later}
		}
		return answer, err
	}}, table)
	if err := s.Commit(t.Context(), effects...); err != nil {
		t.Fatal(err)
	}
	found, err := s.Read(t.Context(), directory.Want{Users: users})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Users) != len(users) || calls != 4 {
		t.Errorf("%d users in %d calls, want %d in 4", len(found.Users), calls, len(users))
	}
}

func TestKeysThatAreNeverReadDoNotPassForMissingOnes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := store.New(between{batch: func(in *dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error) {
			return &dynamodb.BatchGetItemOutput{UnprocessedKeys: in.RequestItems}, nil
		}}, "table")
		_, err := s.Read(t.Context(), directory.Want{Users: []directory.UserRef{ref(newUser())}})
		if _, isFault := fault.As(err); !errors.Is(err, fault.ErrUnavailable) || isFault {
			t.Errorf("error %v, want one that passes and is no fault", err)
		}
	})
}

func TestOneFailedBatchFailsTheRead(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	var calls atomic.Int32
	s := store.New(between{batch: func(*dynamodb.BatchGetItemInput) (*dynamodb.BatchGetItemOutput, error) {
		if calls.Add(1) == 2 {
			return nil, broken
		}
		return &dynamodb.BatchGetItemOutput{}, nil
	}}, "table")
	var want directory.Want
	for range 250 {
		want.Users = append(want.Users, ref(newUser()))
	}
	if _, err := s.Read(t.Context(), want); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

// cancelled is what DynamoDB answers to a transaction that it did not carry out, by item.
func cancelled(codes ...string) error {
	reasons := make([]types.CancellationReason, len(codes))
	for i := range codes {
		reasons[i].Code = &codes[i]
	}
	return &types.TransactionCanceledException{CancellationReasons: reasons}
}

func TestATransactionThatMetAnotherIsSentAgain(t *testing.T) {
	t.Parallel()
	client, table := storetest.OpenTable(t)
	var tokens []*string
	s := store.New(between{Client: client, transact: func(in *dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error) {
		tokens = append(tokens, in.ClientRequestToken)
		if len(tokens) < 3 {
			return nil, cancelled("TransactionConflict", "None")
		}
		return client.TransactWriteItems(t.Context(), in)
	}}, table)
	one, other := newUser(), newUser()
	if err := s.Commit(t.Context(), directory.PutUser{User: one}, directory.PutUser{User: other}); err != nil {
		t.Fatal(err)
	}
	if len(tokens) != 3 {
		t.Errorf("sent %d times, want 3", len(tokens))
	}
	found, err := s.Read(t.Context(), directory.Want{Users: []directory.UserRef{ref(one), ref(other)}})
	if err != nil || len(found.Users) != 2 {
		t.Errorf("%d users, %v", len(found.Users), err)
	}
}

func TestATransactionThatAlwaysMeetsAnotherHasLostItsRace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := store.New(between{transact: func(*dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error) {
			return nil, cancelled("TransactionConflict")
		}}, "table")
		if err := s.Commit(t.Context(), directory.PutUser{User: newUser()}); !fault.Is(err, fault.Stale) {
			t.Errorf("error %v, want stale", err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("gave up after %v", took)
		}
	})
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := store.New(between{transact: func(*dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error) {
			cancel()
			return nil, cancelled("TransactionConflict")
		}}, "table")
		if err := s.Commit(ctx, directory.PutUser{User: newUser()}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want the context's", err)
		}
	})
}

func TestWhatACancelledTransactionMeans(t *testing.T) {
	t.Parallel()
	taken := directory.Reserve{Reservation: directory.Reservation{Kind: directory.ReservePhone, Name: "+15550100", Field: "phone"}}
	effects := []directory.Effect{directory.PutUser{User: newUser()}, taken, directory.MoveAdmins{Organisation: "org", By: -1, AtLeast: 1}}
	for name, c := range map[string]struct {
		codes []string
		want  fault.Code // empty: no fault, and not sent again
	}{
		"a lost race":                                 {[]string{"ConditionalCheckFailed", "None", "None"}, fault.Stale},
		"a taken name":                                {[]string{"None", "ConditionalCheckFailed", "None"}, fault.Invalid},
		"a lost race before a taken name":             {[]string{"ConditionalCheckFailed", "ConditionalCheckFailed", "None"}, fault.Stale},
		"a lost race before too few admins":           {[]string{"ConditionalCheckFailed", "None", "ConditionalCheckFailed"}, fault.Stale},
		"too few admins":                              {[]string{"None", "None", "ConditionalCheckFailed"}, fault.TooFewAdmins},
		"a fault before another transaction":          {[]string{"TransactionConflict", "ConditionalCheckFailed", "None"}, fault.Invalid},
		"what will not come right by another attempt": {[]string{"ValidationError", "None", "None"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			s := store.New(between{transact: func(*dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error) {
				calls++
				return nil, cancelled(c.codes...)
			}}, "table")
			err := s.Commit(t.Context(), effects...)
			found, isFault := fault.As(err)
			if err == nil || isFault != (c.want != "") || isFault && found.Code != c.want || calls != 1 {
				t.Errorf("error %v after %d calls, want %q after 1", err, calls, c.want)
			}
		})
	}
}

// refusing answers every call with an exception.
type refusing string

func (r refusing) Do(*http.Request) (*http.Response, error) {
	body := `{"__type":"com.amazonaws.dynamodb.v20120810#` + string(r) + `"}`
	return &http.Response{StatusCode: http.StatusBadRequest, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func TestASessionThatCannotBeWrittenNowIsTouchedLater(t *testing.T) {
	t.Parallel()
	client, table := storetest.OpenTable(t)
	for _, met := range []string{"TransactionConflictException", "ProvisionedThroughputExceededException"} {
		s := store.New(dynamodb.New(client.Options(), func(o *dynamodb.Options) {
			o.HTTPClient, o.Retryer = refusing(met), aws.NopRetryer{}
		}), table)
		if err := s.Touch(t.Context(), storetest.Filled[directory.Session](), time.Now()); err != nil {
			t.Error(err)
		}
	}
}

// lossy loses the first answer to every kind of call: what was asked for is done, and nobody is told.
type lossy struct {
	lost []string
	sent []string // bodies of transactions
}

func (l *lossy) Do(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(strings.NewReader(string(body)))
	answer, err := http.DefaultClient.Do(request)
	target := request.Header.Get("X-Amz-Target")
	if strings.HasSuffix(target, "TransactWriteItems") {
		l.sent = append(l.sent, string(body))
	}
	if err != nil || slices.Contains(l.lost, target) {
		return answer, err
	}
	l.lost = append(l.lost, target)
	answer.Body.Close()
	return nil, syscall.ECONNRESET
}

func TestALostAnswerDoesNotWriteTwice(t *testing.T) {
	t.Parallel()
	client, table := storetest.OpenTable(t)
	s := store.New(client, table)
	session := storetest.Filled[directory.Session]()
	begun, user := storetest.Filled[directory.Session](), newUser()
	if err := s.Commit(t.Context(), directory.BeginSession{Session: session}); err != nil {
		t.Fatal(err)
	}
	network := new(lossy)
	through := store.New(dynamodb.New(client.Options(), func(o *dynamodb.Options) {
		o.HTTPClient = network
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}), table)
	// Done twice, the first would count two, and the others would find what they make.
	err := through.Commit(t.Context(), directory.MissChallenge{Session: session}, directory.BeginSession{Session: begun}, directory.PutUser{User: user})
	if err != nil {
		t.Fatal(err)
	}
	if len(network.sent) != 2 || network.sent[0] != network.sent[1] {
		t.Errorf("sent %d transactions, want the same one twice", len(network.sent))
	}
	at := directory.TicketRef{Organisation: session.Organisation, User: session.User, Hash: session.Hash}
	found, err := through.Read(t.Context(), directory.Want{Sessions: []directory.TicketRef{at}, Users: []directory.UserRef{ref(user)}})
	if err != nil {
		t.Fatal(err)
	}
	if got := found.Sessions[at].Tries; got != session.Tries+1 {
		t.Errorf("%d tries, want %d", got, session.Tries+1)
	}
	if got := found.Users[ref(user)].Revision; got != 1 {
		t.Errorf("revision %d, want 1", got)
	}
}

var _ kmskeys.Vault = store.Vault{}

func TestVault(t *testing.T) {
	t.Parallel()
	s, _ := storetest.Open(t)
	vault, id := s.Vault(), storetest.NewID("key-")
	if _, err := vault.Load(t.Context(), id); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("error %v, want that there is no key", err)
	}
	if err := vault.Create(t.Context(), id, []byte("wrapped")); err != nil {
		t.Fatal(err)
	}
	if err := vault.Create(t.Context(), id, []byte("another")); !errors.Is(err, seal.ErrKeyExists) {
		t.Errorf("error %v, want that there is one", err)
	}
	if key, err := vault.Load(t.Context(), id); err != nil || string(key) != "wrapped" {
		t.Errorf("key %q, %v; want the first", key, err)
	}
}

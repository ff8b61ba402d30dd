package kmskeys_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"mandate/shared/seal"
)

const kmsKey = "alias/mandate"

// fakeKMS speaks as much of the KMS protocol (AWS JSON 1.1) as is used, over
// HTTP, with a wrapping key of its own, and holds the encryption context and key
// id against each other as KMS does.
type fakeKMS struct {
	client *kms.Client
	aead   cipher.AEAD

	mu     sync.Mutex
	calls  []string
	broken bool // answers 400 to everything
	short  bool // makes keys of 16 bytes
}

func newFakeKMS(t *testing.T) *fakeKMS {
	t.Helper()
	wrapping := make([]byte, 32)
	_, _ = rand.Read(wrapping)
	block, err := aes.NewCipher(wrapping)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeKMS{aead: aead}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.client = kms.New(kms.Options{
		BaseEndpoint: aws.String(server.URL),
		Region:       "eu-west-1",
		HTTPClient:   server.Client(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "example", SecretAccessKey: "example"}, nil
		}),
	})
	return f
}

func (f *fakeKMS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "TrentService.")
	f.mu.Lock()
	f.calls = append(f.calls, operation)
	broken, short := f.broken, f.short
	f.mu.Unlock()
	var in struct {
		KeyID             string `json:"KeyId"`
		KeySpec           string
		CiphertextBlob    []byte
		EncryptionContext map[string]string
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &in) != nil || broken {
		refuse(w, "KMSInvalidStateException")
		return
	}
	aad, _ := json.Marshal([]any{in.KeyID, in.EncryptionContext}) // maps marshal in order
	switch {
	case in.KeyID != kmsKey:
		refuse(w, "NotFoundException")
	case operation == "GenerateDataKey" && in.KeySpec == "AES_256":
		plain := make([]byte, 32)
		_, _ = rand.Read(plain)
		if short {
			plain = plain[:16]
		}
		answer(w, f.aead.Seal(nil, nil, plain, aad), plain)
	case operation == "Decrypt":
		plain, err := f.aead.Open(nil, nil, in.CiphertextBlob, aad)
		if err != nil {
			refuse(w, "InvalidCiphertextException")
			return
		}
		answer(w, nil, plain)
	default:
		refuse(w, "UnknownOperationException")
	}
}

func answer(w http.ResponseWriter, wrapped, plain []byte) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(map[string]any{"KeyId": kmsKey, "CiphertextBlob": wrapped, "Plaintext": plain})
}

func refuse(w http.ResponseWriter, kind string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": kind, "message": "refused"})
}

// called returns the operations since it was last asked.
func (f *fakeKMS) called() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := strings.Join(f.calls, " ")
	f.calls = nil
	return calls
}

func (f *fakeKMS) set(broken, short bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken, f.short = broken, short
}

// memoryVault is a Vault that several processes of a test share.
type memoryVault struct {
	mu      sync.Mutex
	wrapped map[string][]byte

	beforeCreate func() // another process's chance to be quicker
	createErr    error  // returned after the key was stored, like a lost answer
}

func newMemoryVault() *memoryVault {
	return &memoryVault{wrapped: map[string][]byte{}}
}

func (v *memoryVault) Load(ctx context.Context, id string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	wrapped, ok := v.wrapped[id]
	if !ok {
		return nil, seal.ErrNoKey
	}
	return bytes.Clone(wrapped), nil
}

func (v *memoryVault) Create(_ context.Context, id string, wrapped []byte) error {
	if v.beforeCreate != nil {
		v.beforeCreate()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.wrapped[id]; ok {
		return seal.ErrKeyExists
	}
	v.wrapped[id] = bytes.Clone(wrapped)
	return v.createErr
}

func (v *memoryVault) ids() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var ids []string
	for id := range maps.Keys(v.wrapped) {
		ids = append(ids, id)
	}
	return ids
}

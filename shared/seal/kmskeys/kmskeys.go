package kmskeys

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"mandate/shared/seal"
)

// Vault stores wrapped data keys. Wrapped keys are not secret, but a lost one
// takes with it all that was sealed under it: they are never deleted or changed.
type Vault interface {
	// Load returns a wrapped key, or [seal.ErrNoKey]. It sees every Create that
	// has returned (a consistent read).
	Load(ctx context.Context, id string) (wrapped []byte, err error)
	// Create stores a wrapped key unless the id is taken; then it changes nothing
	// and returns [seal.ErrKeyExists].
	Create(ctx context.Context, id string, wrapped []byte) error
}

// Client is what is used of [kms.Client].
type Client interface {
	GenerateDataKey(context.Context, *kms.GenerateDataKeyInput, ...func(*kms.Options)) (*kms.GenerateDataKeyOutput, error)
	Decrypt(context.Context, *kms.DecryptInput, ...func(*kms.Options)) (*kms.DecryptOutput, error)
}

// Keys implements [seal.Keys].
type Keys struct {
	client Client
	keyID  string
	vault  Vault
	now    func() time.Time

	// turn is a lock that a cancelled context stops waiting for; cache is read
	// and written by its holder alone.
	turn  chan struct{}
	cache map[string]seal.Key
}

var _ seal.Keys = (*Keys)(nil)

// New returns the data keys wrapped by the KMS key of that id, ARN or alias. It
// calls nothing yet.
func New(client Client, keyID string, vault Vault, now func() time.Time) *Keys {
	return &Keys{
		client: client,
		keyID:  keyID,
		vault:  vault,
		now:    now,
		turn:   make(chan struct{}, 1),
		cache:  map[string]seal.Key{},
	}
}

// Current returns this month's key, and makes it where it is the first to ask.
func (k *Keys) Current(ctx context.Context) (seal.Key, error) {
	return k.get(ctx, k.now().UTC().Format("key_2006-01"), k.loadOrCreate)
}

// ByID returns a key that exists, or [seal.ErrNoKey].
func (k *Keys) ByID(ctx context.Context, id string) (seal.Key, error) {
	return k.get(ctx, id, k.load)
}

// get answers from memory, or lets one caller at a time fetch.
func (k *Keys) get(ctx context.Context, id string, fetch func(context.Context, string) (seal.Key, error)) (seal.Key, error) {
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return seal.Key{}, ctx.Err()
	}
	if key, ok := k.cache[id]; ok {
		return key, nil
	}
	key, err := fetch(ctx, id)
	if err != nil {
		return seal.Key{}, err
	}
	k.cache[id] = key
	return key, nil
}

func (k *Keys) loadOrCreate(ctx context.Context, id string) (seal.Key, error) {
	key, err := k.load(ctx, id)
	if !errors.Is(err, seal.ErrNoKey) {
		return key, err
	}
	made, err := k.client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{
		KeyId:             aws.String(k.keyID),
		KeySpec:           types.DataKeySpecAes256,
		EncryptionContext: encryptionContext(id),
	})
	if err != nil {
		return seal.Key{}, fmt.Errorf("kmskeys: make %s: %w", id, err)
	}
	err = k.vault.Create(ctx, id, made.CiphertextBlob)
	if errors.Is(err, seal.ErrKeyExists) { // another process was quicker: its key is the one
		return k.load(ctx, id)
	}
	if err != nil {
		return seal.Key{}, fmt.Errorf("kmskeys: store %s: %w", id, err)
	}
	return newKey(id, made.Plaintext)
}

func (k *Keys) load(ctx context.Context, id string) (seal.Key, error) {
	wrapped, err := k.vault.Load(ctx, id)
	if err != nil {
		return seal.Key{}, fmt.Errorf("kmskeys: load %s: %w", id, err)
	}
	unwrapped, err := k.client.Decrypt(ctx, &kms.DecryptInput{
		KeyId:             aws.String(k.keyID), // refuse what another KMS key wrapped
		CiphertextBlob:    wrapped,
		EncryptionContext: encryptionContext(id),
	})
	if err != nil {
		return seal.Key{}, fmt.Errorf("kmskeys: unwrap %s: %w", id, err)
	}
	return newKey(id, unwrapped.Plaintext)
}

func newKey(id string, plain []byte) (seal.Key, error) {
	key := seal.Key{ID: id}
	if len(plain) != len(key.Plain) {
		return seal.Key{}, fmt.Errorf("kmskeys: %s has %d bytes, want %d", id, len(plain), len(key.Plain))
	}
	copy(key.Plain[:], plain)
	return key, nil
}

func encryptionContext(id string) map[string]string {
	return map[string]string{"service": "mandate", "dataKey": id}
}

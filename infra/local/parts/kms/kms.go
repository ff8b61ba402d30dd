package kms

import (
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	account      = "000000000000"
	keySize      = 32
	maxPlaintext = 4096 // bytes that Encrypt takes, as AWS
	maxDataKey   = 1024 // bytes that GenerateDataKey makes, as AWS
	blobVersion  = 1
)

// Options describe the one key.
type Options struct {
	// Alias under which the key is known beside its id and ARN, such as "alias/mandate".
	// Required.
	Alias string
	// KeyFile keeps the master key, made with mode 0600 if it isn't there. Empty: the key is
	// random and ends with the process, and so does all that it encrypted.
	KeyFile string
	// Region is in the ARNs; empty means eu-west-1.
	Region string
}

// KMS is an http.Handler that answers as AWS KMS does. It may be used concurrently.
type KMS struct {
	aead    cipher.AEAD
	id      string
	arn     string
	alias   string
	region  string
	created time.Time
}

// New makes a KMS with its key. Errors: the alias is none, or the key file cannot be made or
// read, has another size, or is open to others than its owner.
func New(o Options) (*KMS, error) {
	if !strings.HasPrefix(o.Alias, "alias/") {
		return nil, fmt.Errorf("kms: %q is no alias: it must begin with alias/", o.Alias)
	}
	master, created, err := masterKey(o.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("kms: %w", err)
	}
	block, err := aes.NewCipher(master)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	// The id follows from the key, so that it stays with it and says nothing about it.
	sum := sha256.Sum256(append([]byte("mandate local kms key id\x00"), master...))
	k := &KMS{aead: aead, alias: o.Alias, region: cmp.Or(o.Region, "eu-west-1"), created: created}
	k.id = fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	k.arn = k.arnOf("key/" + k.id)
	return k, nil
}

// KeyARN is the key's ARN, for configurations that name the key by it.
func (k *KMS) KeyARN() string { return k.arn }

func (k *KMS) arnOf(resource string) string {
	return fmt.Sprintf("arn:aws:kms:%s:%s:%s", k.region, account, resource)
}

// named returns the fault NotFoundException unless name is one of the key's: its id, its ARN,
// its alias, its alias's ARN.
func (k *KMS) named(name string) error {
	switch name {
	case k.id, k.arn, k.alias, k.arnOf(k.alias):
		return nil
	case "":
		return fault{"ValidationException", "KeyId is required"}
	}
	return fault{"NotFoundException", fmt.Sprintf("Key '%s' does not exist", name)}
}

// seal encrypts under the key, bound to the encryption context.
func (k *KMS) seal(plaintext []byte, context map[string]string) []byte {
	return k.aead.Seal([]byte{blobVersion}, nil, plaintext, additionalData(context))
}

// open decrypts what seal made under the same context.
func (k *KMS) open(blob []byte, context map[string]string) ([]byte, error) {
	if len(blob) == 0 || blob[0] != blobVersion {
		return nil, fault{"InvalidCiphertextException", ""}
	}
	plaintext, err := k.aead.Open(nil, nil, blob[1:], additionalData(context))
	if err != nil {
		return nil, fault{"InvalidCiphertextException", ""}
	}
	return plaintext, nil
}

// additionalData is the one encoding of an encryption context: its pairs in the order of their
// keys, each string with its length before it, so that no two contexts are encoded alike.
func additionalData(context map[string]string) []byte {
	data := []byte{blobVersion}
	for _, key := range slices.Sorted(maps.Keys(context)) {
		for _, s := range []string{key, context[key]} {
			data = binary.BigEndian.AppendUint32(data, uint32(len(s)))
			data = append(data, s...)
		}
	}
	return data
}

// masterKey reads the key from its file, or makes it, and tells when it was made.
func masterKey(path string) ([]byte, time.Time, error) {
	key := make([]byte, keySize)
	if path == "" {
		rand.Read(key)
		return key, time.Now(), nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		rand.Read(key)
		if err := writeOnce(path, key); err != nil {
			return nil, time.Time{}, err
		}
		info, err = os.Stat(path)
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, time.Time{}, fmt.Errorf("%s is open to others than its owner (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	if key, err = os.ReadFile(path); err != nil {
		return nil, time.Time{}, err
	}
	if len(key) != keySize {
		return nil, time.Time{}, fmt.Errorf("%s is no master key: it has %d bytes, not %d", path, len(key), keySize)
	}
	return key, info.ModTime(), nil
}

// writeOnce makes the file whole or not at all, and leaves one that is there by then alone.
func writeOnce(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

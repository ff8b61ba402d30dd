package kms_test

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"mandate/infra/local/parts/kms"
)

const alias = "alias/example"

// client serves a KMS and returns the SDK's client of it.
func client(t *testing.T, o kms.Options) *awskms.Client {
	t.Helper()
	o.Alias = alias
	service, err := kms.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	return awskms.New(awskms.Options{
		Region: "eu-west-1", BaseEndpoint: &server.URL,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

func TestDataKeyDecryptsUnderItsContextAlone(t *testing.T) {
	t.Parallel()
	c := client(t, kms.Options{})
	bound := map[string]string{"organisation": "org_1", "user": "usr_1"}
	made, err := c.GenerateDataKey(t.Context(), &awskms.GenerateDataKeyInput{KeyId: aws.String(alias), KeySpec: types.DataKeySpecAes256, EncryptionContext: bound})
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Plaintext) != 32 || bytes.Contains(made.CiphertextBlob, made.Plaintext) {
		t.Fatalf("a data key of %d bytes, in the clear: %v", len(made.Plaintext), bytes.Contains(made.CiphertextBlob, made.Plaintext))
	}
	opened, err := c.Decrypt(t.Context(), &awskms.DecryptInput{CiphertextBlob: made.CiphertextBlob, EncryptionContext: bound})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(opened.Plaintext, made.Plaintext) || *opened.KeyId != *made.KeyId {
		t.Error("decrypting gives another key than was made")
	}

	flipped := bytes.Clone(made.CiphertextBlob)
	flipped[len(flipped)-1] ^= 1
	for name, in := range map[string]*awskms.DecryptInput{
		"no context":       {CiphertextBlob: made.CiphertextBlob},
		"another context":  {CiphertextBlob: made.CiphertextBlob, EncryptionContext: map[string]string{"organisation": "org_2", "user": "usr_1"}},
		"a smaller one":    {CiphertextBlob: made.CiphertextBlob, EncryptionContext: map[string]string{"organisation": "org_1"}},
		"moved boundaries": {CiphertextBlob: made.CiphertextBlob, EncryptionContext: map[string]string{"organisation": "org_1u", "ser": "usr_1"}},
		"one bit changed":  {CiphertextBlob: flipped, EncryptionContext: bound},
		"no ciphertext":    {CiphertextBlob: []byte("x"), EncryptionContext: bound},
	} {
		var invalid *types.InvalidCiphertextException
		if _, err := c.Decrypt(t.Context(), in); !errors.As(err, &invalid) {
			t.Errorf("%s: got %v, want InvalidCiphertextException", name, err)
		}
	}
}

func TestEncryptedUnderAnyNameOfTheKey(t *testing.T) {
	t.Parallel()
	c := client(t, kms.Options{})
	described, err := c.DescribeKey(t.Context(), &awskms.DescribeKeyInput{KeyId: aws.String(alias)})
	if err != nil {
		t.Fatal(err)
	}
	key := described.KeyMetadata
	for _, name := range []string{*key.KeyId, *key.Arn, alias, "arn:aws:kms:eu-west-1:000000000000:" + alias} {
		sealed, err := c.Encrypt(t.Context(), &awskms.EncryptInput{KeyId: &name, Plaintext: []byte("secret")})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		opened, err := c.Decrypt(t.Context(), &awskms.DecryptInput{KeyId: key.Arn, CiphertextBlob: sealed.CiphertextBlob})
		if err != nil || string(opened.Plaintext) != "secret" {
			t.Errorf("%s: opened %q, %v", name, opened.Plaintext, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	c := client(t, kms.Options{})
	for name, test := range map[string]struct {
		call func() error
		want string
	}{
		"unknown key": {func() error {
			_, err := c.Encrypt(t.Context(), &awskms.EncryptInput{KeyId: aws.String("alias/other"), Plaintext: []byte("x")})
			return err
		}, "NotFoundException"},
		"plaintext too large": {func() error {
			_, err := c.Encrypt(t.Context(), &awskms.EncryptInput{KeyId: aws.String(alias), Plaintext: make([]byte, 4097)})
			return err
		}, "ValidationException"},
		"data key of no size": {func() error {
			_, err := c.GenerateDataKey(t.Context(), &awskms.GenerateDataKeyInput{KeyId: aws.String(alias)})
			return err
		}, "ValidationException"},
		"another operation": {func() error {
			_, err := c.ScheduleKeyDeletion(t.Context(), &awskms.ScheduleKeyDeletionInput{KeyId: aws.String(alias)})
			return err
		}, "UnknownOperationException"},
	} {
		var api smithy.APIError
		if err := test.call(); !errors.As(err, &api) || api.ErrorCode() != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

func TestKeyFileOutlivesTheProcessAndIsTheOwnersAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "master.key")
	sealed, err := client(t, kms.Options{KeyFile: path}).Encrypt(t.Context(), &awskms.EncryptInput{KeyId: aws.String(alias), Plaintext: []byte("secret")})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := client(t, kms.Options{KeyFile: path}).Decrypt(t.Context(), &awskms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob, KeyId: sealed.KeyId})
	if err != nil || string(opened.Plaintext) != "secret" {
		t.Fatalf("after a restart: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := kms.New(kms.Options{Alias: alias, KeyFile: path}); err == nil {
		t.Error("a key file that others can read was taken")
	}
}

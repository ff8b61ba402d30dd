package kms

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

const maxRequest = 64 << 10 // bytes; the largest call is a plaintext of 4 KiB in base64

// fault is an exception of the API, by its name there.
type fault struct{ name, message string }

func (f fault) Error() string { return f.name + ": " + f.message }

// request has the members of every call that is answered.
type request struct {
	KeyID               string `json:"KeyId"`
	KeySpec             string
	NumberOfBytes       int
	Plaintext           []byte
	CiphertextBlob      []byte
	EncryptionContext   map[string]string
	EncryptionAlgorithm string
}

type response struct {
	KeyID               string    `json:"KeyId,omitempty"`
	Plaintext           []byte    `json:",omitempty"`
	CiphertextBlob      []byte    `json:",omitempty"`
	EncryptionAlgorithm string    `json:",omitempty"`
	KeyMetadata         *metadata `json:",omitempty"`
}

type metadata struct {
	AWSAccountID         string `json:"AWSAccountId"`
	KeyID                string `json:"KeyId"`
	Arn                  string
	CreationDate         float64 // seconds since 1970
	Enabled              bool
	KeyState             string
	KeyUsage             string
	KeyManager           string
	KeySpec              string
	Origin               string
	MultiRegion          bool
	EncryptionAlgorithms []string
}

const symmetric = "SYMMETRIC_DEFAULT"

// ServeHTTP answers one call. Neither keys nor plaintexts are ever logged.
func (k *KMS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := k.answer(w, r)
	status := http.StatusOK
	var body any = answer
	if f := (fault{}); errors.As(err, &f) {
		status = http.StatusBadRequest
		body = map[string]string{"__type": f.name, "message": f.message}
	} else if err != nil {
		status = http.StatusInternalServerError
		body = map[string]string{"__type": "KMSInternalException", "message": "internal"}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func (k *KMS) answer(w http.ResponseWriter, r *http.Request) (*response, error) {
	operation, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "TrentService.")
	operations := map[string]func(request) (*response, error){
		"GenerateDataKey": k.generateDataKey,
		"Encrypt":         k.encrypt,
		"Decrypt":         k.decrypt,
		"DescribeKey":     k.describeKey,
	}
	call, known := operations[operation]
	if !ok || !known {
		return nil, fault{"UnknownOperationException", fmt.Sprintf("%q is not answered here", r.Header.Get("X-Amz-Target"))}
	}
	var req request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&req); err != nil {
		return nil, fault{"SerializationException", err.Error()}
	}
	if req.EncryptionAlgorithm != "" && req.EncryptionAlgorithm != symmetric {
		return nil, fault{"InvalidKeyUsageException", "the key is for " + symmetric}
	}
	return call(req)
}

func (k *KMS) generateDataKey(req request) (*response, error) {
	if err := k.named(req.KeyID); err != nil {
		return nil, err
	}
	size := req.NumberOfBytes
	switch {
	case (req.KeySpec == "") == (size == 0):
		return nil, fault{"ValidationException", "Please specify either number of bytes or key spec."}
	case req.KeySpec == "AES_256":
		size = 32
	case req.KeySpec == "AES_128":
		size = 16
	case req.KeySpec != "" || size < 1 || size > maxDataKey:
		return nil, fault{"ValidationException", fmt.Sprintf("no data key of spec %q and %d bytes", req.KeySpec, size)}
	}
	plaintext := make([]byte, size)
	rand.Read(plaintext)
	return &response{KeyID: k.arn, Plaintext: plaintext, CiphertextBlob: k.seal(plaintext, req.EncryptionContext)}, nil
}

func (k *KMS) encrypt(req request) (*response, error) {
	if err := k.named(req.KeyID); err != nil {
		return nil, err
	}
	if len(req.Plaintext) < 1 || len(req.Plaintext) > maxPlaintext {
		return nil, fault{"ValidationException", fmt.Sprintf("the plaintext has %d bytes, not 1 to %d", len(req.Plaintext), maxPlaintext)}
	}
	return &response{KeyID: k.arn, CiphertextBlob: k.seal(req.Plaintext, req.EncryptionContext), EncryptionAlgorithm: symmetric}, nil
}

func (k *KMS) decrypt(req request) (*response, error) {
	if req.KeyID != "" {
		if err := k.named(req.KeyID); err != nil {
			return nil, err
		}
	}
	plaintext, err := k.open(req.CiphertextBlob, req.EncryptionContext)
	if err != nil {
		return nil, err
	}
	return &response{KeyID: k.arn, Plaintext: plaintext, EncryptionAlgorithm: symmetric}, nil
}

func (k *KMS) describeKey(req request) (*response, error) {
	if err := k.named(req.KeyID); err != nil {
		return nil, err
	}
	return &response{KeyMetadata: &metadata{
		AWSAccountID: account, KeyID: k.id, Arn: k.arn, CreationDate: float64(k.created.Unix()),
		Enabled: true, KeyState: "Enabled", KeyUsage: "ENCRYPT_DECRYPT", KeyManager: "CUSTOMER",
		KeySpec: symmetric, Origin: "AWS_KMS", EncryptionAlgorithms: []string{symmetric},
	}}, nil
}

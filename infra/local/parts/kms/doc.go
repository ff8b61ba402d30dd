// Package kms answers, on one machine, the calls to AWS KMS that Mandate makes: GenerateDataKey,
// Encrypt, Decrypt and DescribeKey, in the AWS JSON 1.1 protocol, for one symmetric key.
//
// It is not a KMS: who calls is not asked, there are no grants, policies or rotation, and the
// master key lies in a file. It is for the local runner and tests alone.
//
// A ciphertext is AES-256-GCM under the master key, with the encryption context as additional
// data: as on AWS it decrypts under exactly the context that it was made with, and any other
// context, key or byte answers InvalidCiphertextException.
package kms

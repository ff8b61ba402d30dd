// Package kmskeys keeps the data keys of package seal: made and wrapped by AWS
// KMS, stored wrapped in a [Vault], and held in memory by each process after
// their first use.
//
// A key is called by the month it is first used in ("key_2026-03", UTC), so every
// process agrees on the current key without asking which it is, and nothing has
// to be scheduled or switched over. A process whose clock is off uses a
// neighbouring month's key, which opens just as well.
//
// The month's first process makes the key. Where two do so at once, the vault
// keeps one and the other takes that. A process that dies between making a key
// and storing it leaves nothing behind, because nothing was sealed yet.
//
// A process asks KMS and the vault once per key and month that it meets: as a
// rule one call after a cold start. A failure is not remembered; the next request
// tries again.
//
// Keys are wrapped under an encryption context that names the service and the
// key's id. KMS refuses a wrapped key under any other, so wrapped keys can't be
// exchanged in the vault; and a key policy can ask for the service
// (kms:EncryptionContext:service). KMS logs the context: it is not secret.
//
// The function's role needs kms:GenerateDataKey and kms:Decrypt on the one key.
package kmskeys

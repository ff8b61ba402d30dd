// Package sealing adds the sealing of small secrets, and the signing of the operation log, under KMS to a function's parts.
package sealing

import (
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"mandate/functions/wire"
	"mandate/shared/config"
	"mandate/shared/directory"
	"mandate/shared/seal"
	"mandate/shared/seal/kmskeys"
)

// Add makes the sealer. A missing KEY is an error by name.
func Add(parts wire.Parts) (directory.Core, error) {
	keys, err := keysOf(parts)
	if err != nil {
		return directory.Core{}, err
	}
	core := parts.Core
	core.Sealer = seal.New(keys)
	return core, nil
}

// Signer makes what signs the operation log's chain, under the same keys.
func Signer(parts wire.Parts) (directory.Signer, error) {
	keys, err := keysOf(parts)
	if err != nil {
		return nil, err
	}
	return seal.NewSigner(keys), nil
}

func keysOf(parts wire.Parts) (seal.Keys, error) {
	settings, err := config.Load[struct {
		Key string `env:"KEY"`
	}]()
	if err != nil {
		return nil, err
	}
	return kmskeys.New(kms.NewFromConfig(parts.AWS), settings.Key, parts.Store.Vault(), parts.Core.Now), nil
}

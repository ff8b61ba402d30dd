// Package sealing adds the sealing of small secrets under KMS to a function's parts.
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
	settings, err := config.Load[struct {
		Key string `env:"KEY"`
	}]()
	if err != nil {
		return directory.Core{}, err
	}
	keys := kmskeys.New(kms.NewFromConfig(parts.AWS), settings.Key, parts.Store.Vault(), parts.Core.Now)
	core := parts.Core
	core.Sealer = seal.New(keys)
	return core, nil
}

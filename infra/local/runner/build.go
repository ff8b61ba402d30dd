package runner

import (
	"context"
	"log/slog"
	"time"

	"mandate/infra/compile"
	"mandate/infra/local/consolebuild"
)

// Build compiles every function for this machine into a folder and answers the binaries by the functions' names.
func Build(ctx context.Context, root, into string, log *slog.Logger) (map[string]string, error) {
	if err := consolebuild.Build(ctx, root, log); err != nil {
		return nil, err
	}
	start := time.Now()
	log.Info("building the functions (the first time takes a minute or two)")
	binaries, err := compile.Functions(ctx, root, compile.Here, into)
	if err == nil {
		log.Info("functions built", "count", len(binaries), "took", time.Since(start).Round(100*time.Millisecond).String())
	}
	return binaries, err
}

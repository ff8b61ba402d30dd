// Command licenses prints the modules that deployed functions link, as CSV: path, version, licences. It fails where one
// may not be shipped.
package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strings"

	"mandate/infra/licenses"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	modules, err := licenses.Linked(ctx, ".")
	if err != nil {
		return err
	}
	table, refused := csv.NewWriter(os.Stdout), 0
	table.Write([]string{"module", "version", "licences"})
	for _, module := range modules {
		table.Write([]string{module.Path, module.Version, strings.Join(module.Licences, " ")})
		if !module.Admitted() {
			refused++
		}
	}
	table.Flush()
	if refused > 0 {
		return fmt.Errorf("%d modules may not be shipped", refused)
	}
	return table.Error()
}

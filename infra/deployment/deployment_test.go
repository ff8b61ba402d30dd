package deployment_test

import (
	"slices"
	"strings"
	"testing"

	"mandate/infra/deployment"
	"mandate/shared/api"
)

// 3.13: what makes demos and tests quick is told by the local runner alone. The stack tells functions what is declared here,
// and has the operations' routes and no others.
func TestNothingOfTheLocalRunnerIsDeployed(t *testing.T) {
	t.Parallel()
	for _, function := range deployment.Functions() {
		for _, local := range []deployment.Variable{"CLOCK_SKEW", "PROPAGATION", "DEMO"} {
			if slices.Contains(function.Environment, local) {
				t.Errorf("function %s is told %s", function.Name, local)
			}
		}
	}
	for _, operation := range api.Operations() {
		if strings.HasPrefix(operation.Path, "/local") {
			t.Errorf("%s is at %s, which is the local runner's", operation.ID, operation.Path)
		}
	}
}

package runner_test

import (
	"crypto/tls"
	"net/http"
	"testing"

	"mandate/infra/local/walk"
	"mandate/shared/api"
	"mandate/shared/certificate/certificatetest"
)

// 6.3: through the door with mutual TLS an API user calls with its certificate; with another one, with none, and by the
// door that asks for none, it is refused from the moment that it has one.
func TestAnAPIUserCallsOverMutualTLS(t *testing.T) {
	w, house := begin(t)
	demo := w.DemoOf("adyen")
	admin, robot := w.Person(demo.Users[0]).SignIn(""), demo.Users[3]
	equal(t, "kind", robot.Kind, "api")

	pair, stranger := certificatetest.Make(t), certificatetest.Make(t)
	call := func(url string, certificates ...tls.Certificate) int {
		t.Helper()
		transport := &http.Transport{TLSClientConfig: &tls.Config{
			Certificates: certificates, InsecureSkipVerify: true, // the runner's own certificate is new at each start
		}}
		defer transport.CloseIdleConnections()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v1/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth(robot.ClientID, robot.ClientSecret)
		answer, err := (&http.Client{Transport: transport}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	equal(t, "before, by its secret", call(house.API), http.StatusOK)
	equal(t, "before, with any certificate", call(house.MutualTLS, stranger.TLS), http.StatusOK)

	path := "/v1/users/" + robot.ID + "/certificates"
	walk.Read[walk.UserAnswer](admin.Post(path, map[string]string{"pem": pair.PEM}), http.StatusOK)
	defer admin.Do(http.MethodDelete, path+"/"+pair.Fingerprint, nil) // others use the demo as well
	listed := walk.Read[api.List[api.Certificate]](admin.Get(path), http.StatusOK).Items
	if len(listed) != 1 || listed[0].Fingerprint != pair.Fingerprint {
		t.Errorf("%+v", listed)
	}
	equal(t, "with its certificate", call(house.MutualTLS, pair.TLS), http.StatusOK)
	equal(t, "with another's", call(house.MutualTLS, stranger.TLS), http.StatusForbidden)
	equal(t, "with none", call(house.MutualTLS), http.StatusForbidden)
	equal(t, "by the other door", call(house.API), http.StatusForbidden)
}

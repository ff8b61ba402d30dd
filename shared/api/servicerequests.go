package api

import (
	"net/http"
	"time"
)

// ServiceRequest asks the platform's staff for an act that only they may do (1.5).
type ServiceRequest struct {
	ID               string       `json:"id"`
	Organisation     string       `json:"organisation"`
	OrganisationName string       `json:"organisationName" doc:"What it was called when the request was filed."`
	Act              string       `json:"act"`
	Target           *Person      `json:"target,omitempty" doc:"The user that the act is about; absent where it is to be created."`
	Diff             []Difference `json:"diff" nullable:"false" doc:"What the act would have done when it was asked for."`
	Note             string       `json:"note,omitempty"`
	Filer            Person       `json:"filer"`
	State            string       `json:"state" enum:"open,accepted,declined,expired"`
	Decider          *Person      `json:"decider,omitempty"`
	Reason           string       `json:"reason,omitempty" doc:"Of the decision, in a person's words."`
	Change           string       `json:"change,omitempty" doc:"The change that it became."`
	CreatedAt        time.Time    `json:"createdAt"`
	ExpiresAt        time.Time    `json:"expiresAt"`
	DecidedAt        *time.Time   `json:"decidedAt,omitempty"`
}

// ServiceRequestAnswer answers reads, filing and decisions.
type ServiceRequestAnswer struct {
	Body struct {
		Request  ServiceRequest `json:"request"`
		Change   *Change        `json:"change,omitempty" doc:"The change that an accepted request became."`
		Warnings []Warning      `json:"warnings,omitempty"`
	}
}

// ServiceRequestPath names a service request in a path.
type ServiceRequestPath struct {
	RequestID string `path:"requestId" maxLength:"80"`
}

// CreateServiceRequestInput is createServiceRequest's.
type CreateServiceRequestInput struct {
	Body struct {
		Act         string     `json:"act" enum:"createUser,updateUser,deactivateUser,reactivateUser,removeUser,resetSecondFactor,addCertificate,removeCertificate"`
		Target      string     `json:"target,omitempty" maxLength:"64" doc:"The user that the act is about."`
		User        *NewUser   `json:"user,omitempty" doc:"With createUser."`
		Patch       *UserPatch `json:"patch,omitempty" doc:"With updateUser: what is to change."`
		PEM         string     `json:"pem,omitempty" maxLength:"16384" doc:"With addCertificate."`
		Fingerprint string     `json:"fingerprint,omitempty" maxLength:"64" doc:"With removeCertificate."`
		Note        string     `json:"note,omitempty" maxLength:"1000" doc:"For whoever decides."`
	}
}

// DecideServiceRequestInput is decideServiceRequest's.
type DecideServiceRequestInput struct {
	ServiceRequestPath
	Body struct {
		Outcome string `json:"outcome" enum:"accepted,declined"`
		Reason  string `json:"reason,omitempty" maxLength:"1000" doc:"Needed to decline."`
	}
}

// ListServiceRequestsInput is listServiceRequests'.
type ListServiceRequestsInput struct {
	Page
	State string `query:"state" enum:"open,accepted,declined,expired"`
}

// Operations on service requests.
var (
	CreateServiceRequest = declare[CreateServiceRequestInput, ServiceRequestAnswer](Endpoint{
		ID: "createServiceRequest", Method: http.MethodPost, Path: "/v1/service-requests", Function: Users, Tag: "service requests", Act: true,
		Summary: "Ask the platform's staff for an act that only they may do.", Status: http.StatusCreated,
	})
	ListServiceRequests = declare[ListServiceRequestsInput, Listed[ServiceRequest]](Endpoint{
		ID: "listServiceRequests", Method: http.MethodGet, Path: "/v1/service-requests", Function: Users, Tag: "service requests",
		Summary: "List the organisation's service requests, newest first. On the platform: the queue of all organisations' open ones, or of those of a state.",
	})
	GetServiceRequest = declare[ServiceRequestPath, ServiceRequestAnswer](Endpoint{
		ID: "getServiceRequest", Method: http.MethodGet, Path: "/v1/service-requests/{requestId}", Function: Users, Tag: "service requests",
		Summary: "Read a service request.",
	})
	DecideServiceRequest = declare[DecideServiceRequestInput, ServiceRequestAnswer](Endpoint{
		ID: "decideServiceRequest", Method: http.MethodPost, Path: "/v1/service-requests/{requestId}/decision", Function: Users, Tag: "service requests", Act: true,
		Summary: "Accept a service request, which then becomes a change, or decline it. For operators.",
	})
)

package users

import (
	"context"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
)

type requestHandlers struct{ requests *directory.ServiceRequests }

func registerRequests(server *httpapi.Server, requests *directory.ServiceRequests) {
	h := requestHandlers{requests}
	httpapi.Handle(server, api.CreateServiceRequest, h.create)
	httpapi.Handle(server, api.ListServiceRequests, h.list)
	httpapi.Handle(server, api.GetServiceRequest, h.get)
	httpapi.Handle(server, api.DecideServiceRequest, h.decide)
}

func (h requestHandlers) create(ctx context.Context, r directory.Request, in *api.CreateServiceRequestInput) (*api.ServiceRequestAnswer, error) {
	filing := directory.Filing{
		Act: directory.Act(in.Body.Act), Target: directory.UserID(in.Body.Target),
		PEM: in.Body.PEM, Fingerprint: in.Body.Fingerprint, Note: in.Body.Note,
	}
	if in.Body.User != nil {
		filing.User = new(newUser(*in.Body.User))
	}
	if in.Body.Patch != nil {
		filing.Patch, filing.Give = patch(*in.Body.Patch), given(*in.Body.Patch)
	}
	request, err := h.requests.File(ctx, r, filing)
	return requestAnswer(directory.Judged{Request: request}, err)
}

func (h requestHandlers) list(ctx context.Context, r directory.Request, in *api.ListServiceRequestsInput) (*api.Listed[api.ServiceRequest], error) {
	requests, next, err := h.requests.List(ctx, r, directory.RequestState(in.State), present.Page(in.Page))
	if err != nil {
		return nil, err
	}
	return present.All(requests, next, present.ServiceRequest), nil
}

func (h requestHandlers) get(ctx context.Context, r directory.Request, in *api.ServiceRequestPath) (*api.ServiceRequestAnswer, error) {
	request, err := h.requests.Get(ctx, r, directory.ServiceRequestID(in.RequestID))
	return requestAnswer(directory.Judged{Request: request}, err)
}

func (h requestHandlers) decide(ctx context.Context, r directory.Request, in *api.DecideServiceRequestInput) (*api.ServiceRequestAnswer, error) {
	return requestAnswer(h.requests.Decide(ctx, r, directory.ServiceRequestID(in.RequestID), directory.Verdict{
		Accept: in.Body.Outcome == string(directory.RequestAccepted), Reason: in.Body.Reason,
	}))
}

func requestAnswer(judged directory.Judged, err error) (*api.ServiceRequestAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &api.ServiceRequestAnswer{}
	out.Body.Request = present.ServiceRequest(judged.Request)
	out.Body.Warnings = present.Warnings(judged.Warnings)
	if judged.Change != nil {
		change := present.Change(*judged.Change)
		out.Body.Change = &change
	}
	return out, nil
}

// Package gateway is API Gateway on this machine: an http.Handler that does what
// an HTTP API with Lambda proxy integrations of payload format 2.0 does.
//
// It finds the route, builds the event, invokes the function and writes its
// answer. It knows no function and no domain; throttling, authorizers, stages,
// custom domains and CORS are not here, since the deployed API has none that the
// routes depend on.
//
// Sources: AWS's guide to HTTP APIs ("Create routes", "Lambda proxy
// integrations", "Quotas"). Where the guide is silent, what others captured of
// the live service is followed; where nothing is known, the choice is listed
// here so that nobody takes it for AWS's.
//
// # As AWS does
//
//   - rawPath and requestContext.http.path are percent-decoded (captured; REST
//     APIs and function URLs differ), so they must not be split again:
//     "/v1/users/u1%2Froles" arrives as "/v1/users/u1/roles" under the routeKey
//     of "/v1/users/{userId}". routeKey and pathParameters are what to go by.
//   - Routes match on the segments of the path as it was sent, so that an
//     encoded slash stays within its segment. No cleaning: a double or trailing
//     slash makes another path, which matches nothing.
//   - A full match goes before a greedy one ({proxy+}), that before $default; a
//     method's own route before ANY. HEAD and OPTIONS have no routes but their
//     own. A path without a route for the method is 404, never 405.
//   - Query parameters are decoded, a plus being a space, and repeated ones
//     joined with commas, as are repeated headers. rawQueryString is as sent.
//   - The body arrives as text for text/*, application/json, application/xml and
//     application/javascript, and in base64 for everything else, application/
//     problem+json, application/scim+json, forms and no content type included
//     (captured).
//   - The request line and the values of headers may take 10,240 bytes, the body
//     10 MB, the function 30 seconds.
//   - Over mutual TLS, requestContext.authentication.clientCert has the client's
//     certificate; otherwise there is no authentication.
//   - A function's JSON without a statusCode is the body of a 200.
//
// # Chosen
//
//   - Among full matches, the first segment that differs decides, and a literal
//     goes before a parameter.
//   - A body that claims to be text and is not UTF-8 arrives in base64: JSON
//     cannot carry it, and replacing bytes would hide from the function what it
//     has to refuse. A query parameter that cannot be decoded arrives as sent.
//   - rawPath is whole. The live service was seen to cut it at a decoded question
//     mark, one more reason not to read it.
//   - A request that no instance was free for is 429 {"message":"Too Many
//     Requests"}, the answer that clients have to handle anyway. An event over
//     Lambda's own 6 MB, which base64 makes of a body well under the 10 MB, is
//     413 like a body over them. The words of 413 and 431 are nowhere documented.
//
// AWS refuses a connection whose certificate does not chain to the domain's
// trust store. Here any will do, as its owner has proven to hold the key: which
// certificates open what is the functions' to say.
//
// # What a client cannot do
//
// No header becomes context. sourceIp is the connection's peer, domainName and
// apiId are configured, the certificate is the connection's, and the x-amzn-trace-id, x-forwarded-port and
// x-forwarded-proto that a client sends are replaced; its x-forwarded-for is kept
// in front of the peer's address, as AWS does, and so proves nothing.
package gateway

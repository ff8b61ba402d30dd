// Package deployment declares, once, what is deployed and what runs locally: the functions with their triggers,
// environment, permissions and limits, the table, the state machine and the schedules.
//
// The CDK stack (infra/stack) and the local runner (infra/local) both read it, so neither can have what the other
// lacks. It is data; it holds no behaviour, and imports neither CDK nor a function's code. Routes come from the
// operations of shared/api and from the functions' pages, keys and indexes from shared/store, the state machine from shared/workflow.
package deployment

// Package config reads a binary's settings from its environment into a typed struct. What is missing or malformed fails
// at the start, by name.
//
// It reads the environment once. It knows no setting: each binary declares its own, and package infra/deployment
// declares who gets which.
package config

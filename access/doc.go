// Package access decides who may do what: passwords, sign-in and its throttling,
// sessions, tokens for programs, one-time links, and which fields are contact
// details. It is pure: time, randomness and the store are given to it. Below it
// lies what the store keeps (state), above it the HTTP side (api), which reads
// cookies and headers and writes the audit log.
package access

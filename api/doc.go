// Package api is the one front door of kreds: an HTTP handler under /api/v1
// over everything that can be done with a workspace, with its OpenAPI
// description, and a client that the command line uses. The handler serves
// in-process, through a socket in the data directory, and on loopback. Below
// it lie audience (the main path) and collect (imports); nothing here knows
// which engine holds the data.
package api

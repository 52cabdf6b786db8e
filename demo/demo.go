// Package demo holds real data to try kreds on: a year of invoices of a
// British web shop. README.md beside it states source and licence.
package demo

import (
	"bytes"
	_ "embed"
	"io"
)

// Title is what people call the data.
const Title = "Online Retail"

// Name is the file's name; what is imported from it carries the name.
const Name = "online_retail.csv.gz"

// AsOf is the last day of the data.
const AsOf = "2011-12-09"

//go:embed online_retail.csv.gz
var onlineRetail []byte

// OnlineRetail returns the name and the contents of a gzipped CSV file with a
// header and 541,909 invoice lines.
func OnlineRetail() (name string, contents io.Reader) {
	return Name, bytes.NewReader(onlineRetail)
}

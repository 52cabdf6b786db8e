// Package condition makes leaf conditions of the segment language ready to be
// asked of values: one value at a time, or a whole column. It knows nothing of
// where values come from; package fold reads them.
package condition

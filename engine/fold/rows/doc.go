// Package rows folds rows of event tables into one value per profile. A Plan
// says which rows are wanted, a Worker holds a batch of whole profiles and what
// was computed of it, and a Fold computes a value of each profile in it.
package rows

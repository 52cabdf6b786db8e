package generate

import (
	"bufio"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// WriteCustomers writes all customers as CSV with a header.
func (w *World) WriteCustomers(to io.Writer) error {
	out := bufio.NewWriterSize(to, 1<<20)
	// A failed write fails the Flush below.
	_, _ = out.WriteString("customer_id,country,city,plan,age,newsletter,signup\n")
	var line []byte
	for i := range w.Customers {
		c := w.Customer(i)
		line = append(line[:0], w.Key(i)...)
		for _, v := range []string{c.Country, c.City, c.Plan, strconv.Itoa(c.Age), strconv.FormatBool(c.Newsletter), c.Signup.Format(time.DateOnly)} {
			line = append(append(line, ','), v...)
		}
		_, _ = out.Write(append(line, '\n'))
	}
	return out.Flush()
}

// WritePurchases writes rows of purchases as CSV with a header, in the order of
// time as a shop would export them. They are not those of Events: their number
// is free.
func (w *World) WritePurchases(to io.Writer, rows int) error {
	out := bufio.NewWriterSize(to, 1<<20)
	_, _ = out.WriteString("customer_id,time,category,amount,minutes\n")
	r := rand.New(rand.NewPCG(w.seed, 1<<63))
	step := float64(End.Unix()-Start.Unix()-1) / float64(rows)
	var line []byte
	var e Event
	for i := range rows {
		u := r.Float64()
		customer := int(u * u * float64(w.Customers))
		w.fill(&e, r, customer%len(Categories))
		at := time.Unix(Start.Unix()+int64(step*float64(i)), 0).UTC()
		line = append(append(line[:0], w.Key(customer)...), ',')
		line = append(at.AppendFormat(line, time.DateTime), ',')
		line = append(append(line, Categories[e.Category]...), ',')
		line = append(strconv.AppendFloat(line, float64(e.Amount)/100, 'f', 2, 64), ',')
		line = append(strconv.AppendFloat(line, e.Minutes, 'f', 6, 64), '\n')
		_, _ = out.Write(line)
	}
	return out.Flush()
}

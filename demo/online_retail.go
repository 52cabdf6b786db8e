package demo

// onlineRetail is what was bought, and where the customers live. Invoices whose
// number begins with C are cancellations; where buying counts they are left out.
var onlineRetail = Set{
	Name:    "online-retail",
	Title:   "Online Retail",
	AsOf:    AsOf,
	Earlier: []string{"2011-05-09", "2011-06-09", "2011-07-09", "2011-08-09", "2011-09-09", "2011-10-09", "2011-11-09"},
	Owner:   "Marketing",
	Imports: []Import{
		{
			File: "online_retail.csv.gz", As: "events:purchase", ID: "CustomerID", Time: "InvoiceDate", Order: "InvoiceNo",
			Compute: [][2]string{{"amount", "quantity * unit_price"}},
		},
		{
			File: "online_retail.csv.gz", As: "customers", ID: "CustomerID", Time: "InvoiceDate",
			Map: map[string]string{"*": "", "Country": "country"},
		},
	},
	Words: map[string]Words{"purchase": {"line", "lines", "on", "invoice", "invoices"}},
	Segments: []Segment{
		{"Buyers", `did purchase where (not invoice_no starts with "C")`, "bought at least once"},
		{"One-time buyers", `did purchase where (not invoice_no starts with "C") exactly once`, "one invoice and no more"},
		{"Loyal", `did purchase where (not invoice_no starts with "C") at least 5 times within last 12 months`, "five invoices or more in a year"},
		{"Regular", `did purchase where (not invoice_no starts with "C") in at least 6 of last 12 months`, "bought in every second month"},
		{"Best tenth", `sum(amount) of purchase within last 12 months in top 10%`, "the tenth that bought for most"},
		{"New", `first purchase within last 30 days`, "first invoice in the last 30 days"},
		{"Back again", `resumed purchase within last 30 days`, "back in the last 30 days after a pause of 90"},
		{"Keen in November", `did purchase at least twice in 2011-11 and did not purchase after 2011-11`, "two invoices or more in November, none since"},
		{"Gifts last year only", `did purchase where (description contains "christmas") in 2010-12 and did not purchase where (description contains "christmas") within last 90 days`, "bought for Christmas 2010, not for this one"},
		{"Nordic", `did purchase where (country in list "Nordics")`, "in Denmark, Finland, Iceland, Norway or Sweden"},
		{"Lapsed", `last purchase more than 180 days ago`, "nothing for half a year"},
		{"Win back", `in segment "Lapsed" and sum(amount) of purchase >= 1000`, "lapsed, but had bought for 1,000 or more"},
	},
	Discovery: &Discovery{Name: "Buyers by RFM", Preset: "rfm", Among: "Buyers", AsOf: "2011-09-09", Horizon: "3 months"},
	Next: []string{
		`data`,
		`segment why 12346 "Win back" --as-of ` + AsOf,
		`discover show "Buyers by RFM" --k 5`,
		`prove Loyal --horizon "90 days"`,
		`segment change Lapsed --from 2011-09-30 --to 2011-10-31`,
		`segment overlap Loyal Regular "Best tenth" --as-of ` + AsOf,
		`count --by-clause 'country = "Germany" and last purchase within last 30 days' --as-of ` + AsOf,
	},
}

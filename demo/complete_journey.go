package demo

// completeJourney is who the households are, which campaigns they were sent, which
// coupons they handed in and some of what they bought. A mailing is dated by the
// beginning of its campaign.
var completeJourney = Set{
	Name:  "complete-journey",
	Title: "Complete Journey",
	Caution: "The purchases are a sample of the lines, about one in twenty, so how often and for how much a household buys is not real.\n" +
		"Campaigns and coupons are complete.",
	AsOf:    "2017-12-31",
	Earlier: []string{"2017-06-30", "2017-07-31", "2017-08-31", "2017-09-30", "2017-10-31", "2017-11-30"},
	Owner:   "Marketing",
	Imports: []Import{
		{File: "demographics.csv.gz", As: "customers", ID: "household_id"},
		{
			File: "products.csv.gz", As: "items", ID: "product_id",
			Map: map[string]string{"product_category": "category", "product_type": "type", "manufacturer_id": "manufacturer"},
		},
		{
			File: "transactions_sample.csv.gz", As: "events:purchase", ID: "household_id", Time: "transaction_timestamp", Order: "basket_id",
			Map: map[string]string{"product_id": "product", "store_id": "store", "week": ""},
		},
		{
			File: "campaigns.csv.gz", As: "events:mailing", ID: "household_id", Time: "start_date",
			Map: map[string]string{"campaign_id": "campaign", "campaign_type": "type", "end_date": "ends"},
		},
		{
			File: "coupon_redemptions.csv.gz", As: "events:redemption", ID: "household_id", Time: "redemption_date",
			Map: map[string]string{"campaign_id": "campaign", "coupon_upc": "coupon"},
		},
	},
	Words: map[string]Words{
		"purchase":   {"line", "lines", "in", "basket", "baskets"},
		"mailing":    {Row: "mailing", Rows: "mailings"},
		"redemption": {Row: "redeemed coupon", Rows: "redeemed coupons"},
	},
	Segments: []Segment{
		{"Children at home", `kids_count != "0"`, "children at home, of the 801 households that were asked"},
		{"65 and older", `age = "65+"`, "the oldest of six groups"},
		{"Well off", `income in ("100-124K", "125-149K", "150-174K", "175-199K", "200-249K", "250K+")`, "an income of 100,000 dollars or more"},
		{"Babies", `did purchase where (product.category = "DIAPERS & DISPOSABLES" or product.category starts with any of ("baby", "infant"))`, "bought nappies or baby food"},
		{"Fresh families", `in segment "Children at home" and did purchase where (product.department in ("PRODUCE", "SEAFOOD", "SEAFOOD-PCKGD"))`, "children at home, and fruit, vegetables or fish in the basket"},
		{"Own brands", `sum(sales_value) of purchase where (product.brand = "Private") > 50% of sum(sales_value) of purchase`, "more than half spent on the grocer's own brands"},
		{"Best fifth", `sum(sales_value) of purchase in top 20%`, "the fifth that spent most"},
		{"Campaign 18", `did mailing where (campaign = "18")`, "were sent the campaign before Christmas"},
		{"Redeemed 18", `did redemption where (campaign = "18")`, "handed in a coupon of it"},
		{"Quick", `did mailing then redemption same campaign within 7 days`, "handed in a coupon within a week of its campaign's beginning"},
		{"In vain", `did mailing at least 5 times and not did redemption`, "were sent five campaigns or more, and handed in nothing"},
		{"Worth another try", `in segment "Campaign 18" and in segment "Best fifth" and not in segment "Redeemed 18"`, "good customers that the campaign did not move"},
	},
	Next: []string{
		`data`,
		`count --by-clause 'in segment "Campaign 18" and income = "50-74K" and in segment "Redeemed 18"' --as-of 2017-12-31`,
		`segment overlap "Children at home" Babies "Best fifth" --as-of 2017-12-31`,
		`segment members "Worth another try" --traits age,income,kids_count`,
	},
}

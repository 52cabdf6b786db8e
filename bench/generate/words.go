package generate

// Categories are the values of the text property, the most frequent first.
var Categories = []string{
	"coffee", "bread", "wine", "cheese", "books", "shoes", "toys", "garden tools", "jackets", "lamps",
	"headphones", "bicycles", "tea", "chocolate", "plants", "kitchenware", "bed linen", "skin care", "board games", "running gear",
	"phones", "laptops", "cameras", "tents", "baby clothes", "pet food", "cookbooks", "olive oil", "ceramics", "watches",
	"sunglasses", "suitcases", "candles", "posters", "fishing gear", "knitting yarn", "guitars", "paint", "rugs", "chess sets",
}

var (
	countries     = []string{"DK", "DE", "SE", "NO", "GB", "FR", "NL", "FI", "PL", "ES", "IT", "IS"}
	countryShares = cumulate([]float64{30, 18, 14, 9, 8, 6, 5, 4, 2, 2, 1, 1})
	planShares    = cumulate([]float64{70, 22, 8})
)

package segment

import "strings"

// builtin lists of countries: ISO 3166 alpha-2 codes and English names.
var builtin = map[string][]string{
	"EU": {
		"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
		"Austria", "Belgium", "Bulgaria", "Croatia", "Cyprus", "Czechia", "Czech Republic", "Denmark", "Estonia", "Finland", "France", "Germany", "Greece", "Hungary", "Ireland",
		"Italy", "Latvia", "Lithuania", "Luxembourg", "Malta", "Netherlands", "Poland", "Portugal", "Romania", "Slovakia", "Slovenia", "Spain", "Sweden",
	},
	"Nordics": {
		"DK", "FI", "IS", "NO", "SE", "FO", "GL", "AX",
		"Denmark", "Finland", "Iceland", "Norway", "Sweden", "Faroe Islands", "Greenland", "Åland Islands",
	},
}

func init() {
	builtin["EEA"] = append(append([]string{}, builtin["EU"]...), "IS", "LI", "NO", "Iceland", "Liechtenstein", "Norway")
}

// IsBuiltinList returns the values of a list that always exists: EU, EEA or
// Nordics. Names are matched without regard to case.
func IsBuiltinList(name string) ([]string, bool) {
	for n, values := range builtin {
		if strings.EqualFold(n, name) {
			return values, true
		}
	}
	return nil, false
}

package access

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kreds/kreds"
)

// Mask is what viewers see in the place of a contact detail.
const Mask = "•••"

// Words in names of fields that make them contact details, in English and
// Danish. A field has one if it is a whole word of its name.
var (
	contactWords = words("email emails mail epost epostadresse mailadresse telephone telefon telefonnummer telefonnr tlf tlfnr phone phonenumber " +
		"mobile mobil mobilnr mobilnummer mobiltelefon cellphone fax msisdn whatsapp " +
		"street streetname gade gadenavn vej vejnavn husnummer husnr address address1 address2 adresse adresselinje postadresse hjemadresse " +
		"cpr cprnr cprnummer ssn passport pasnummer linkedin facebook instagram twitter snapchat skype " +
		"firstname lastname fullname surname forename givenname familyname fornavn efternavn mellemnavn kontaktperson kontaktnavn kundenavn personnavn")
	// personWords make a name the name of a person.
	personWords = words("first last full sur middle given family maiden nick customer contact person user kunde kontakt holder member client recipient")
	// otherWords say that the field is about something else: whether somebody
	// may be mailed, how often, when.
	otherWords = words("consent samtykke optin opt allowed permission subscribed verified bounced bounce count number_of antal sent opened clicked clicks " +
		"opens open rate last_opened days dage date dato time tid type status domain domaene provider plan model os brand device app views visits calls opkald lead source campaign kampagne")
	// numericWords are the contact details that may be kept as numbers.
	numericWords = words("phone telephone telefon telefonnummer telefonnr tlf tlfnr phonenumber mobile mobil mobilnr mobilnummer mobiltelefon cellphone fax msisdn cpr cprnr cprnummer ssn whatsapp")
)

func words(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		out[w] = true
	}
	return out
}

// Contacts decides which fields are contact details: by their names, and as the
// workspace's settings say.
type Contacts struct {
	always, never map[string]bool
}

// NewContacts returns the rule with names that always and never are contact
// details, without regard to case.
func NewContacts(always, never []string) *Contacts {
	c := &Contacts{map[string]bool{}, map[string]bool{}}
	for _, n := range always {
		c.always[strings.ToLower(n)] = true
	}
	for _, n := range never {
		c.never[strings.ToLower(n)] = true
	}
	return c
}

// Field reports whether the values of a field are contact details: e-mail
// addresses, telephone numbers, postal addresses, names of persons, personal
// numbers, accounts in social networks. The name of a company is none. Kind is
// whose trait it is; properties and facts, which are about things, have
// kreds.Company.
func (c *Contacts) Field(name string, kind kreds.Kind, t kreds.Type) bool {
	name = strings.ToLower(name)
	switch {
	case c.always[name]:
		return true
	case c.never[name]:
		return false
	}
	if t != kreds.Text && t != kreds.List && t != kreds.Number {
		return false
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '.' || r == ' ' || r == '-' })
	if slices.ContainsFunc(parts, func(w string) bool { return otherWords[w] }) {
		return false
	}
	if t == kreds.Number {
		return slices.ContainsFunc(parts, func(w string) bool { return numericWords[w] })
	}
	for i, w := range parts {
		if contactWords[w] || w == "e" && i+1 < len(parts) && parts[i+1] == "mail" {
			return true
		}
		if w == "name" || w == "navn" || w == "names" {
			if len(parts) == 1 && kind == kreds.Person || slices.ContainsFunc(parts, func(w string) bool { return personWords[w] }) {
				return true
			}
		}
	}
	return false
}

// email finds e-mail addresses in any text; it takes rather too much.
var email = regexp.MustCompile(`[^\s"'\\<>(),;:=\[\]{}]+@[^\s"'\\<>(),;:=\[\]{}@]+\.[\pL\pN-]{2,}`)

// HideEmails puts the mask in the place of e-mail addresses in a text, JSON
// among them, whatever field they are in.
func HideEmails(text []byte) []byte { return email.ReplaceAll(text, []byte(Mask)) }

// key that is a contact detail itself: an e-mail address, an international
// telephone number, a Danish personal number.
var contactKey = regexp.MustCompile(`@|^\+[0-9 ()-]{7,20}$|^[0-3][0-9][01][0-9]{3}-[0-9]{4}$`)

// IsContactKey reports whether the key of a profile is a contact detail.
func IsContactKey(key string) bool { return contactKey.MatchString(key) }

package access

import (
	"testing"

	"github.com/kreds/kreds"
)

func TestContacts(t *testing.T) {
	c := NewContacts([]string{"Loyalty_No"}, []string{"home_address"})
	for _, x := range []struct {
		name string
		kind kreds.Kind
		typ  kreds.Type
		want bool
	}{
		{"email", kreds.Person, kreds.Text, true},
		{"e_mail", kreds.Person, kreds.Text, true},
		{"work_email", kreds.Company, kreds.Text, true},
		{"emails", kreds.Person, kreds.List, true},
		{"e_mailadresse", kreds.Person, kreds.Text, true},
		{"telefon", kreds.Person, kreds.Text, true},
		{"tlf", kreds.Person, kreds.Number, true},
		{"mobile_phone", kreds.Person, kreds.Number, true},
		{"street", kreds.Person, kreds.Text, true},
		{"adresse", kreds.Company, kreds.Text, true},
		{"address_line_1", kreds.Person, kreds.Text, true},
		{"name", kreds.Person, kreds.Text, true},
		{"navn", kreds.Person, kreds.Text, true},
		{"first_name", kreds.Person, kreds.Text, true},
		{"efternavn", kreds.Person, kreds.Text, true},
		{"contact_name", kreds.Company, kreds.Text, true},
		{"cpr", kreds.Person, kreds.Text, true},
		{"Loyalty_no", kreds.Person, kreds.Text, true},
		{"survey.panel.email", kreds.Person, kreds.Text, true},

		{"name", kreds.Company, kreds.Text, false},
		{"company_name", kreds.Person, kreds.Text, false},
		{"product_name", kreds.Company, kreds.Text, false},
		{"home_address", kreds.Person, kreds.Text, false},
		{"email_consent", kreds.Person, kreds.Text, false},
		{"email", kreds.Person, kreds.Boolean, false},
		{"emails_sent", kreds.Person, kreds.Number, false},
		{"email_domain", kreds.Person, kreds.Text, false},
		{"last_email_date", kreds.Person, kreds.Date, false},
		{"phone_calls", kreds.Person, kreds.Number, false},
		{"city", kreds.Person, kreds.Text, false},
		{"postcode", kreds.Person, kreds.Text, false},
		{"country", kreds.Person, kreds.Text, false},
		{"age", kreds.Person, kreds.Number, false},
		{"streetwear", kreds.Person, kreds.Text, false},
	} {
		if got := c.Field(x.name, x.kind, x.typ); got != x.want {
			t.Errorf("%s of a %s, %s: %v", x.name, x.kind, x.typ, got)
		}
	}
}

func TestHideEmails(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":"anna@example.dk","b":"x"}`:       `{"a":"` + Mask + `","b":"x"}`,
		`email = "anna.b+c@mail.example.co.uk"`: `email = "` + Mask + `"`,
		`Anna <anna@example.dk>, Bo`:            `Anna <` + Mask + `>, Bo`,
		`søren@blåbær.dk`:                       Mask,
		`3 @ 4.5, a@b, @home`:                   `3 @ 4.5, a@b, @home`,
		`{"k":["a@b.dk","c@d.dk"]}`:             `{"k":["` + Mask + `","` + Mask + `"]}`,
		`nothing here`:                          `nothing here`,
	} {
		if got := string(HideEmails([]byte(text))); got != want {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}

package mail_test

import (
	"time"

	"mandate/shared/mail"
)

// samples answers a full message of every kind, and of those variants of a kind
// that have words of their own, by the name of their golden files.
func samples() map[string]mail.Message {
	var (
		expires  = time.Date(2026, time.November, 21, 19, 32, 10, 0, time.UTC)
		occurred = time.Date(2026, time.November, 1, 8, 5, 0, 0, time.UTC)
	)
	const (
		organisation = "Northwind Payments"
		ada, grace   = "Ada Lovelace", "Grace Hopper"
		place        = "192.0.2.44 (Firefox, Lisbon)"
		link         = "https://portal.example.com/links#token=pV3sB0tqkq2o1m5eJm9wYx1kW7uZr4hQ8dN6cTfLgAE"
		change       = "chg_01KAP3Q9W7ZK5T8M2V4XG6HB1D"
		changeLink   = "https://portal.example.com/changes/" + change
	)
	linkData := mail.Data{Organisation: organisation, Actor: grace, Link: link, ValidFor: 24 * time.Hour, ExpiresAt: expires}
	changeData := mail.Data{
		Organisation: organisation, Act: "updateUser", Subject: ada,
		ChangeID: change, Link: changeLink,
	}
	requestData := mail.Data{
		Organisation: organisation, Act: "createUser", Subject: ada,
		Link: "https://portal.example.com/service-requests/req_01KAP3QD_org_01KAP3QA",
	}
	with := func(d mail.Data, set func(*mail.Data)) mail.Data {
		set(&d)
		return d
	}

	data := map[string]mail.Data{
		"verification":       with(linkData, func(d *mail.Data) { d.ValidFor, d.SecondFactor = 14*24*time.Hour, true }),
		"verificationResent": with(linkData, func(d *mail.Data) { d.SecondFactor = true }),
		"accountLink":        linkData,
		"passwordReset":      with(linkData, func(d *mail.Data) { d.Actor = "" }),
		"passwordChanged":    {OccurredAt: occurred, Place: place},
		"secondFactorChanged": {
			Factor: "confirmPasskey", OccurredAt: occurred, Place: place,
		},
		"secondFactorReset": {Organisation: organisation, Actor: grace, OccurredAt: occurred},
		"approvalRequested": with(changeData, func(d *mail.Data) {
			d.Actor, d.Act, d.ExpiresAt = grace, "createUser", expires
			d.Changes = []mail.Line{
				{Field: "name", After: []string{ada}},
				{Field: "email", After: []string{"ada@northwind.example.com"}},
				{Field: "kind", After: []string{"regular"}},
				{Field: "companies", After: []string{"Northwind Trading Ltd"}},
				{Field: "accounts", After: []string{"Settlement EUR", "Settlement GBP"}},
				{Field: "permissions", After: []string{"payments:initiate", "reports:read"}},
				{Field: "paymentRule", After: []string{"needsApproval"}},
			}
		}),
		"approvalReminder": with(changeData, func(d *mail.Data) {
			d.Actor, d.ExpiresAt = grace, expires
			d.Changes = []mail.Line{
				{Field: "status", Before: []string{"inactive"}, After: []string{"active"}},
				{Field: "phone", After: []string{"+351 912 345 678"}},
				{Field: "accounts", Before: []string{"Settlement EUR", "Settlement GBP"}, After: []string{"Settlement EUR"}},
				{Field: "ipAllowList", Before: []string{"192.0.2.0/24"}},
			}
		}),
		"changeApproved":  with(changeData, func(d *mail.Data) { d.Actor, d.EffectiveAt = grace, expires }),
		"changeEffective": with(changeData, func(d *mail.Data) { d.EffectiveAt = expires }),
		"changeRejected": with(changeData, func(d *mail.Data) {
			d.Actor, d.Reason = grace, "Ada moved to Treasury; please ask for the treasury accounts only."
		}),
		"changeExpired":   with(changeData, func(d *mail.Data) { d.ExpiresAt = expires }),
		"changeCancelled": with(changeData, func(d *mail.Data) { d.Cause = "superseded" }),
		"changeFailed":    with(changeData, func(d *mail.Data) { d.Cause = "conflict" }),
		"accountOpened": {
			Organisation: organisation, Account: "Settlement USD",
			People: []string{ada, "Katherine Johnson", "Ledger export (API)"}, MorePeople: 12,
			Link: "https://portal.example.com/accounts/acc_01KAP3QB/users",
		},
		"serviceRequestAccepted": with(requestData, func(d *mail.Data) { d.Actor, d.ChangeID = "Client Services", change }),
		"serviceRequestDeclined": with(requestData, func(d *mail.Data) {
			d.Actor, d.Reason = "Client Services", "The form lacks the second signature."
		}),
		"serviceRequestExpired": with(requestData, func(d *mail.Data) { d.ExpiresAt = expires }),
		"credentialExpiring": {
			Organisation: organisation, Subject: "Ledger export", Credential: "Certificate 3f:a9:10:77",
			ExpiresAt: expires, Link: "https://portal.example.com/users/usr_01KAP3QC",
		},
		"kycMoreNeeded": {Organisation: organisation, Level: 1, Reason: "The passport's second page is missing."},
		"kycPassed":     {Organisation: organisation, Level: 1},
		"kycRejected":   {Organisation: organisation, Level: 2, Reason: "The company is not in the register that was named."},
	}

	messages := make(map[string]mail.Message, len(data))
	for kind, d := range data {
		messages[kind] = mail.Message{
			Key: "mail_01KAP3QE/" + kind, Kind: mail.Kind(kind),
			To: "ada@northwind.example.com", Name: "Ada", Data: d,
		}
	}
	for _, v := range []struct {
		kind, variant string
		set           func(*mail.Data)
	}{
		{"passwordReset", "byAdmin", func(d *mail.Data) { d.Actor = grace }},
		{"passwordChanged", "byStaff", func(d *mail.Data) { d.Actor = "Client Services" }},
		{"kycRejected", "withoutReason", func(d *mail.Data) { d.Reason = "" }},
		{"changeApproved", "byStepUp", func(d *mail.Data) { d.Actor = "" }},
		{"accountOpened", "ofWallets", func(d *mail.Data) { d.AccountsAre = "wallets" }},
		{"changeCancelled", "byActor", func(d *mail.Data) { d.Cause, d.Actor, d.Reason = "", grace, "Asked for twice." }},
	} {
		m := messages[v.kind]
		v.set(&m.Data)
		messages[v.kind+"."+v.variant] = m
	}
	return messages
}

// sample answers the full message of one kind.
func sample(k mail.Kind) mail.Message { return samples()[string(k)] }

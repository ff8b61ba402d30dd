package api

import (
	"net/http"
	"time"
)

// KYCDocument refers to a document, which is kept elsewhere.
type KYCDocument struct {
	Kind      string `json:"kind" minLength:"1" maxLength:"64" doc:"As passport, registryExtract, proofOfAddress."`
	Reference string `json:"reference" minLength:"1" maxLength:"200" doc:"Where it is kept. The service keeps no files."`
}

// Business is what a client tells of its business; what it does not tell is absent.
type Business struct {
	Name                   string `json:"name,omitempty" maxLength:"300"`
	LegalName              string `json:"legalName,omitempty" maxLength:"300"`
	Type                   string `json:"type,omitempty" maxLength:"300"`
	Description            string `json:"description,omitempty" maxLength:"300"`
	OperationsArea         string `json:"operationsArea,omitempty" maxLength:"300"`
	RegistrationNumber     string `json:"registrationNumber,omitempty" maxLength:"300"`
	CountryOfIncorporation string `json:"countryOfIncorporation,omitempty" maxLength:"300"`
	Address                string `json:"address,omitempty" maxLength:"300"`
	Site                   string `json:"site,omitempty" maxLength:"300"`
	Employees              string `json:"employees,omitempty" maxLength:"300" doc:"A number, or a range."`
	OtherContact           string `json:"otherContact,omitempty" maxLength:"300"`
}

// KYCCase is the verification of who a user is (1.12).
type KYCCase struct {
	User     string     `json:"user"`
	State    string     `json:"state" enum:"notStarted,submitted,underReview,moreNeeded,passed,rejected" doc:"Of the level to be passed next; of the last one, where all were."`
	Level    int        `json:"level" doc:"The highest level that was passed; 0 where none was."`
	Levels   []KYCLevel `json:"levels" nullable:"false" doc:"Those that there are for the user, in the order in which they are passed."`
	Business Business   `json:"business"`
}

// KYCLevel is a level of a case.
type KYCLevel struct {
	Level       int           `json:"level"`
	State       string        `json:"state" enum:"notStarted,submitted,underReview,moreNeeded,passed,rejected"`
	Group       string        `json:"group,omitempty" doc:"The role that passing it moves the user to, by its type."`
	Documents   []KYCDocument `json:"documents" nullable:"false" doc:"Those handed in last."`
	SubmittedAt *time.Time    `json:"submittedAt,omitempty"`
	Reviewer    *Person       `json:"reviewer,omitempty" doc:"Who decided last, or has taken it up."`
	Decisions   []KYCDecision `json:"decisions" nullable:"false" doc:"All of them, oldest first."`
}

// KYCDecision is what staff decided about a level.
type KYCDecision struct {
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome" enum:"underReview,moreNeeded,passed,rejected"`
	Reason  string    `json:"reason,omitempty"`
	By      Person    `json:"by"`
}

// KYCAnswer answers reads and writes of a case.
type KYCAnswer struct {
	ETag string `header:"ETag"`
	Body KYCCase
}

// KYCWaiting is a case whose documents wait for a decision.
type KYCWaiting struct {
	Organisation     string    `json:"organisation"`
	OrganisationName string    `json:"organisationName" doc:"What it was called when the documents were handed in."`
	User             string    `json:"user"`
	Level            int       `json:"level"`
	State            string    `json:"state" enum:"submitted,underReview"`
	SubmittedAt      time.Time `json:"submittedAt"`
	SubmittedBy      Person    `json:"submittedBy" doc:"The user, as it was called when it handed the documents in."`
	Reviewer         *Person   `json:"reviewer,omitempty" doc:"Who has taken it up, or decided about it before."`
}

// DecideKYCInput is decideKyc's.
type DecideKYCInput struct {
	UserPath
	Body struct {
		Level   int    `json:"level" minimum:"1"`
		Outcome string `json:"outcome" enum:"underReview,moreNeeded,passed,rejected" doc:"With underReview somebody takes it up; with moreNeeded the user is asked for other documents."`
		Reason  string `json:"reason,omitempty" maxLength:"300" doc:"Told to the user. Needed with moreNeeded."`
	}
}

// SubmitKYCInput is submitKyc's.
type SubmitKYCInput struct {
	Body struct {
		Level     int           `json:"level" minimum:"1"`
		Documents []KYCDocument `json:"documents" minItems:"1" maxItems:"10" nullable:"false"`
		Business  *Business     `json:"business,omitempty" doc:"Absent: as it was told before."`
	}
}

// Operations on identity checks.
var (
	GetKYC = declare[UserPath, KYCAnswer](Endpoint{
		ID: "getKyc", Method: http.MethodGet, Path: "/v1/users/{userId}/kyc", Function: Users, Tag: "users",
		Summary: "Read a user's identity checks, as the platform's compliance staff.",
	})
	DecideKYC = declare[DecideKYCInput, KYCAnswer](Endpoint{
		ID: "decideKyc", Method: http.MethodPost, Path: "/v1/users/{userId}/kyc/decisions", Function: Users, Tag: "users", Act: true, Conditional: true,
		Summary: "Decide about a level of a user's identity checks, as the platform's compliance staff. Passing one moves the user to the group that the preset says.",
	})
	ListKYCCases = declare[Page, Listed[KYCWaiting]](Endpoint{
		ID: "listKycCases", Method: http.MethodGet, Path: "/v1/kyc-cases", Function: Organisations, Tag: "organisations",
		Summary: "List the identity checks of all organisations that wait for the platform's compliance staff, the longest first.",
	})
	GetMyKYC = declare[None, KYCAnswer](Endpoint{
		ID: "getMyKyc", Method: http.MethodGet, Path: "/v1/me/kyc", Function: Account, Tag: "account",
		Summary: "See how one's own identity checks stand.",
	})
	SubmitKYC = declare[SubmitKYCInput, KYCAnswer](Endpoint{
		ID: "submitKyc", Method: http.MethodPost, Path: "/v1/me/kyc", Function: Account, Tag: "account",
		Summary: "Hand in the references of one's documents for a level of the identity checks.",
	})
)

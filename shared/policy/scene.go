package policy

import (
	"fmt"
	"slices"

	"github.com/cedar-policy/cedar-go"

	"mandate/shared/directory"
)

// Types of the schema.
const (
	actionType       cedar.EntityType = "Action"
	actorType        cedar.EntityType = "Actor"
	userType         cedar.EntityType = "User"
	changeType       cedar.EntityType = "Change"
	accountType      cedar.EntityType = "Account"
	organisationType cedar.EntityType = "Organisation"
)

// scene holds the two entities of a question whose attributes policies look at.
type scene struct{ actor, resource cedar.Entity }

// Get finds an entity for Cedar.
func (s *scene) Get(uid cedar.EntityUID) (cedar.Entity, bool) {
	switch uid {
	case s.actor.UID:
		return s.actor, true
	case s.resource.UID:
		return s.resource, true
	default:
		return cedar.Entity{}, false
	}
}

// stage puts a question into the schema's terms.
func (e *Engine) stage(question directory.Question, act act) (cedar.Request, *scene, error) {
	here, err := e.catalogue(question.Organisation.Preset)
	if err != nil {
		return cedar.Request{}, nil, err
	}
	resource, err := resourceOf(question, act)
	if err != nil {
		return cedar.Request{}, nil, err
	}
	actor, err := e.actorOf(question)
	if err != nil {
		return cedar.Request{}, nil, err
	}
	permission := act.permission
	if act.name == use {
		permission = cedar.String(question.Action)
	}
	circumstances := cedar.RecordMap{
		"organisation": organisationUID(question.Organisation.ID),
		"settings":     here.settingsFor(question.Organisation.Settings),
		"permission":   permission,
		"grants":       here.grantsOf(question),
	}
	if question.Owner != "" {
		circumstances["owner"] = userUID(question.Owner)
	}
	return cedar.Request{
		Principal: actor.UID,
		Action:    act.uid(),
		Resource:  resource.UID,
		Context:   cedar.NewRecord(circumstances),
	}, &scene{actor, resource}, nil
}

// resourceOf is what the question is about: the most particular thing in it that the act may be about.
func resourceOf(question directory.Question, act act) (cedar.Entity, error) {
	switch {
	case question.Change != nil && act.about(changeType):
		return cedar.Entity{
			UID:     cedar.NewEntityUID(changeType, cedar.String(question.Change.ID)),
			Parents: within(question.Change.Organisation),
			Attributes: cedar.NewRecord(cedar.RecordMap{
				"requester": userUID(question.Change.Requester.User),
				"target":    userUID(directory.UserID(question.Change.Target)),
			}),
		}, nil
	case question.Target != nil && act.about(userType):
		return cedar.Entity{
			UID:     userUID(question.Target.ID),
			Parents: within(question.Target.Organisation),
			Attributes: cedar.NewRecord(cedar.RecordMap{
				"kind":    cedar.String(question.Target.Kind),
				"owner":   cedar.Boolean(question.Target.Owner),
				"company": cedar.Boolean(question.Target.CompanyUser() || len(question.Grants.Companies) > 0),
			}),
		}, nil
	case question.Account != nil && act.about(accountType):
		return cedar.Entity{
			UID:     accountUID(question.Account.ID),
			Parents: within(question.Account.Organisation),
		}, nil
	case act.about(organisationType):
		return cedar.Entity{UID: organisationUID(question.Organisation.ID)}, nil
	default:
		return cedar.Entity{}, fmt.Errorf("policy: %s is asked about without what it is about", question.Action)
	}
}

func (e *Engine) actorOf(question directory.Question) (cedar.Entity, error) {
	principal := question.Principal
	own, err := e.catalogueOf(principal, question.Organisation)
	if err != nil {
		return cedar.Entity{}, err
	}
	rights := own.rights(principal.Kind, principal.Access, question.Organisation)
	accounts := question.Grants.Accounts
	if question.Account != nil {
		accounts = append(slices.Clip(accounts), question.Account.ID)
	}
	return cedar.Entity{
		UID:     cedar.NewEntityUID(actorType, cedar.String(principal.ID)),
		Parents: within(principal.Organisation),
		Attributes: cedar.NewRecord(cedar.RecordMap{
			"user":            userUID(principal.ID),
			"kind":            cedar.String(principal.Kind),
			"active":          cedar.Boolean(principal.Active()),
			"operator":        cedar.Boolean(isOperator(principal)),
			"roles":           stringSet(own.rolesOf(question, rights)),
			"permissions":     rights.everything,
			"ownPermissions":  rights.created,
			"companies":       stringSet(intersection(question.Grants.Companies, principal.Companies)),
			"accounts":        accountSet(intersection(accounts, principal.Accounts)),
			"allAccounts":     cedar.Boolean(principal.HoldsAllAccounts() || isOperator(principal)),
			"severalAccounts": cedar.Boolean(principal.SeveralAccounts()),
			"paymentRule":     cedar.String(principal.PaymentRule),
			"paymentLinks":    cedar.Boolean(principal.PaymentLinks),
		}),
	}, nil
}

// rolesOf are the actor's roles: as given, and of the organisation's own that the act gives those which give no more than
// the actor has. A role that an actor puts together of what it has itself would otherwise be one that it cannot give.
func (c *catalogue) rolesOf(question directory.Question, rights rights) []string {
	roles := question.Principal.Roles
	for _, id := range question.Grants.Roles {
		if _, own := question.Organisation.OwnRole(id); own && rights.include(c.role(id, question.Organisation)) {
			roles = append(slices.Clip(roles), id)
		}
	}
	return roles
}

// isOperator tells the platform's staff. Nobody is one by kind alone: it takes being a user of the platform's own
// organisation.
func isOperator(user directory.User) bool {
	return user.Kind == directory.KindOperator && user.Organisation == directory.Platform
}

// grantsOf is what the act gives. Unknown roles and permissions are passed on as they are: the grant limit refuses them
// where it is "own", and validation everywhere.
func (c *catalogue) grantsOf(question directory.Question) cedar.Record {
	grants := question.Grants
	if len(grants.Roles)+len(grants.Permissions)+len(grants.Companies)+len(grants.Accounts) == 0 {
		return nothingGranted
	}
	return grantsRecord(
		stringSet(grants.Roles), stringSet(grants.Permissions), stringSet(grants.Companies), accountSet(grants.Accounts),
		c.administers(grants, question.Organisation),
	)
}

var nothingGranted = grantsRecord(cedar.Set{}, cedar.Set{}, cedar.Set{}, cedar.Set{}, false)

func grantsRecord(roles, permissions, companies, accounts cedar.Set, administrative bool) cedar.Record {
	return cedar.NewRecord(cedar.RecordMap{
		"roles":          roles,
		"permissions":    permissions,
		"companies":      companies,
		"accounts":       accounts,
		"administrative": cedar.Boolean(administrative),
	})
}

// administers tells whether an administrative permission is among what is given.
func (c *catalogue) administers(given directory.Access, organisation directory.Organisation) bool {
	for _, permission := range given.Permissions {
		if c.administrative[permission] {
			return true
		}
	}
	for _, role := range given.Roles {
		if c.role(role, organisation).administrative {
			return true
		}
	}
	return false
}

// settings are those that policies ask about, comparable so that a preset's own need not be converted again.
type settings struct {
	changeControl      directory.ChangeControl
	grantLimit         directory.GrantLimit
	roleCount          directory.RoleCount
	adminsManageAdmins bool
	adminsManageAPI    bool
	adminsCertificates bool
	apiNamesAccount    bool
	removal            bool
	setPasswords       bool
	contacts           bool
	secretsShown       string
}

func settingsOf(s directory.Settings) settings {
	return settings{
		changeControl:      s.ChangeControl,
		grantLimit:         s.GrantLimit,
		roleCount:          s.RoleCount,
		adminsManageAdmins: s.AdminsManageAdmins,
		adminsManageAPI:    s.AdminsManageAPI,
		adminsCertificates: s.AdminsCertificates,
		apiNamesAccount:    s.APINamesAccount,
		removal:            s.Removal,
		setPasswords:       s.SetPasswords,
		contacts:           s.Contacts,
		secretsShown:       s.SecretsShown,
	}
}

func (s settings) record() cedar.Record {
	return cedar.NewRecord(cedar.RecordMap{
		"changeControl":      cedar.String(s.changeControl),
		"grantLimit":         cedar.String(s.grantLimit),
		"roleCount":          cedar.String(s.roleCount),
		"adminsManageAdmins": cedar.Boolean(s.adminsManageAdmins),
		"adminsManageApi":    cedar.Boolean(s.adminsManageAPI),
		"adminsCertificates": cedar.Boolean(s.adminsCertificates),
		"apiNamesAccount":    cedar.Boolean(s.apiNamesAccount),
		"removal":            cedar.Boolean(s.removal),
		"setPasswords":       cedar.Boolean(s.setPasswords),
		"contacts":           cedar.Boolean(s.contacts),
		"secretsShown":       cedar.String(s.secretsShown),
	})
}

func (c *catalogue) settingsFor(inForce directory.Settings) cedar.Record {
	if found := settingsOf(inForce); found != c.settings {
		return found.record()
	}
	return c.settingsRecord
}

func userUID(id directory.UserID) cedar.EntityUID {
	return cedar.NewEntityUID(userType, cedar.String(id))
}

func accountUID(id directory.AccountID) cedar.EntityUID {
	return cedar.NewEntityUID(accountType, cedar.String(id))
}

func organisationUID(id directory.OrganisationID) cedar.EntityUID {
	return cedar.NewEntityUID(organisationType, cedar.String(id))
}

func within(organisation directory.OrganisationID) cedar.EntityUIDSet {
	return cedar.NewEntityUIDSet(organisationUID(organisation))
}

func stringSet[T ~string](items []T) cedar.Set {
	if len(items) == 0 {
		return cedar.Set{}
	}
	values := make([]cedar.Value, len(items))
	for i, item := range items {
		values[i] = cedar.String(item)
	}
	return cedar.NewSet(values...)
}

func accountSet(ids []directory.AccountID) cedar.Set {
	if len(ids) == 0 {
		return cedar.Set{}
	}
	values := make([]cedar.Value, len(ids))
	for i, id := range ids {
		values[i] = accountUID(id)
	}
	return cedar.NewSet(values...)
}

// intersection is what is both asked about and held. What is held is kept sorted (see directory.Profile).
func intersection[T ~string](asked, held []T) []T {
	var both []T
	for _, item := range asked {
		if _, found := slices.BinarySearch(held, item); found {
			both = append(both, item)
		}
	}
	return both
}

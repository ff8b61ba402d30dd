package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// writeOf says what an effect writes.
func writeOf(effect directory.Effect) (write, error) {
	switch e := effect.(type) {
	case directory.PutOrganisation:
		return putOrganisation(e.Organisation)
	case directory.PutContact, directory.DropContact, directory.PutUserContact, directory.DropUserContact:
		return writeOfContact(effect)
	case directory.PutCompany:
		k := company(directory.CompanyRef{Organisation: e.Company.Organisation, ID: e.Company.ID})
		made, err := encode(k, companyRecord(e.Company))
		return putNew(k, made), err
	case directory.PutAccount:
		k := account(directory.AccountRef{Organisation: e.Account.Organisation, ID: e.Account.ID})
		made, err := encode(k, accountRecord(e.Account))
		return putNew(k, made), err
	case directory.PutUser:
		k := user(directory.UserRef{Organisation: e.User.Organisation, ID: e.User.ID})
		if e.User.Revision != e.Was.Revision {
			return write{}, fmt.Errorf("store: %s at revision %d is written without what it was", k.sk, e.User.Revision)
		}
		made, err := encode(k, userRecord(e.User))
		k.due(made, e.User.DueAt())
		if e.User.ActiveAdmin() {
			listed(made, adminsList(e.User.Organisation), string(e.User.ID))
		}
		seen(made, e.User)
		return putRevised(k, made, e.User.Revision), err
	case directory.NoteSignIn:
		return update(user(e.User), "SET lastSignInAt = :at, "+SeenPartitionKey+" = :pk, "+SeenSortKey+" = :sk ADD revision :one", item{
			":at": moment(e.At), ":pk": text(seenList(e.User.Organisation)), ":sk": text(seenAt(e.At, e.User.ID)), ":one": number(1),
		}).when(ifPresent, nil, stale), nil
	case directory.DropUser:
		k := user(directory.UserRef{Organisation: e.User.Organisation, ID: e.User.ID})
		return drop(k).when(ifRevision, item{":revision": number(e.User.Revision)}, stale), nil
	case directory.PutIdentity:
		made, err := encode(identity(e.Identity.ID), identityRecord(e.Identity))
		return putRevised(identity(e.Identity.ID), made, e.Identity.Revision), err
	case directory.DropIdentity:
		return drop(identity(e.Identity.ID)).when(ifRevision, item{":revision": number(e.Identity.Revision)}, stale), nil
	case directory.PutChange:
		k := change(directory.ChangeRef{Organisation: e.Change.Organisation, ID: e.Change.ID})
		made, err := encode(k, changeRecord(e.Change))
		k.due(made, e.Change.DueAt())
		listed(made, changesList(e.Change.Organisation, e.Change.State), string(e.Change.ID))
		return putRevised(k, made, e.Change.Revision), err
	case directory.BeginSession:
		return putSession(e.Session, ifAbsent, stale)
	case directory.RaiseSession:
		return putSession(e.Session, ifPresent, fault.New(fault.Unauthenticated, "Sign in first."))
	case directory.DropSession:
		return drop(session(sessionRef(e.Session))), nil
	case directory.LeaveSession:
		return drop(session(sessionRef(e.Session))).when(ifPresent, nil, fault.New(fault.Unauthenticated, "Sign in first.")), nil
	case directory.UseChallenge:
		wrong := fault.New(fault.CredentialsWrong, "These details are not right.")
		return drop(session(sessionRef(e.Session))).when(ifPresent, nil, wrong), nil
	case directory.MissChallenge:
		return update(session(sessionRef(e.Session)), "ADD tries :one", item{":one": number(1)}).when(ifPresent, nil, stale), nil
	case directory.BeginCeremony:
		made, err := encode(ceremony(e.Ceremony.Challenge), ceremonyRecord(e.Ceremony))
		forgotten(made, e.Ceremony.ExpiresAt)
		return putNew(ceremony(e.Ceremony.Challenge), made), err
	case directory.UseCeremony:
		wrong := fault.New(fault.CredentialsWrong, "These details are not right.")
		return drop(ceremony(e.Ceremony.Challenge)).when(ifPresent, nil, wrong), nil
	case directory.PutServiceRequest:
		k := serviceRequest(e.Request.Ref())
		made, err := encode(k, serviceRequestRecord(e.Request))
		k.due(made, e.Request.DueAt())
		listed(made, requestsQueue(e.Request.State), string(e.Request.ID))
		return putRevised(k, made, e.Request.Revision), err
	case directory.PutKYCCase:
		ref := directory.UserRef{Organisation: e.Case.Organisation, ID: e.Case.User}
		k := kycCase(ref)
		made, err := encode(k, kycCaseRecord(e.Case))
		if check, waits := e.Case.Waiting(); waits {
			listed(made, kycList, kycWaits(check.Submitted().At, ref))
		}
		return putRevised(k, made, e.Case.Revision), err
	case directory.PutLink:
		k := link(linkRef(e.Link))
		made, err := encode(k, linkRecord(e.Link))
		k.due(made, e.Link.DueAt())
		return putRevised(k, made, e.Link.Revision), err
	case directory.ReplaceLink:
		return replaceLink(e), nil
	default:
		return writeOfShared(effect)
	}
}

// writeOfShared says what effects write that are of no one record.
func writeOfShared(effect directory.Effect) (write, error) {
	switch e := effect.(type) {
	case directory.Reserve:
		return reserve(e.Reservation)
	case directory.Release:
		return release(e.Reservation), nil
	case directory.PutName:
		return putName(e)
	case directory.PointTo:
		k := address(e.Address, e.Login.Identity)
		made, err := encode(k, loginRecord(e.Login))
		return put(k, made), err
	case directory.UnpointTo:
		return drop(address(e.Address, e.Identity)), nil
	case directory.MoveAdmins:
		return moveAdmins(e), nil
	case directory.Expect:
		return expect(e), nil
	case directory.Log:
		return logEntry(e.Entry)
	case directory.MoveHead:
		return moveHead(e)
	case directory.PutBlock:
		k := block(directory.BlockRef{Organisation: e.Block.Organisation, First: e.Block.First})
		made, err := encode(k, blockRecord(e.Block))
		return putNew(k, made), err
	case directory.MarkEntry:
		made, err := encode(mark(e.Entry), markRecord{e.Block})
		return putNew(mark(e.Entry), made), err
	case directory.Enqueue:
		k, made, err := queued(e.Item)
		return putNew(k, made), err
	case directory.EnqueueOnce:
		k, made, err := queued(e.Item)
		return put(k, made), err
	case directory.Carried:
		return drop(outbox(e.Ref)).when(ifPresent, nil, stale), nil
	case directory.SendRound:
		return update(outbox(e.Ref), "ADD rounds :one SET dueSk = :due",
			item{":one": number(1), ":due": text(dueTime(e.Due))}).
			when(ifPresent+" AND dueSk = :was", item{":was": text(dueTime(e.Was))}, stale), nil
	case directory.PutAside:
		return update(outbox(e.Ref), "SET duePk = :aside", item{":aside": text(asideShard)}).
			when(ifPresent+" AND duePk <> :aside AND dueSk = :was", item{":was": text(dueTime(e.Was))}, stale), nil
	case directory.Recall:
		k := outbox(e.Ref)
		return update(k, "SET rounds = :none, duePk = :shard, dueSk = :due",
			item{":none": number(0), ":shard": text(dueShard(k)), ":due": text(dueTime(e.Due))}).
			when("duePk = :aside", item{":aside": text(asideShard)}, stale), nil
	case directory.Remember:
		k := remembered(e.Remembered.Ref)
		made, err := encode(k, rememberedRecord(e.Remembered))
		forgotten(made, e.Remembered.At.Add(keepRemembered))
		return putNew(k, made), err
	case directory.PutTries:
		made, err := encode(tries(e.Tries.Ref), triesRecord(e.Tries))
		forgotten(made, e.Tries.Since.Add(keepTries))
		return putRevised(tries(e.Tries.Ref), made, e.Tries.Revision), err
	case directory.Befriend:
		return befriend(e)
	default:
		return write{}, fmt.Errorf("store: unknown effect %T", effect)
	}
}

// writeOfContact says what effects on contacts write.
func writeOfContact(effect directory.Effect) (write, error) {
	at := func(c directory.Contact) key {
		return contact(directory.ContactRef{Organisation: c.Organisation, ID: c.ID})
	}
	switch e := effect.(type) {
	case directory.PutContact:
		made, err := encode(at(e.Contact), contactRecord(e.Contact))
		return putRevised(at(e.Contact), made, e.Contact.Revision), err
	case directory.DropContact:
		return drop(at(e.Contact)).when(ifRevision, item{":revision": number(e.Contact.Revision)}, stale), nil
	case directory.PutUserContact:
		made, err := encode(at(e.Contact), contactRecord(e.Contact))
		return put(at(e.Contact), made), err
	case directory.DropUserContact:
		return drop(at(e.Contact)), nil
	default:
		return write{}, fmt.Errorf("store: unknown effect %T", effect)
	}
}

// putOrganisation writes a new organisation whole, and of another all but the count of its admins, which is not the
// writer's to know. How many admins it needs stands beside the count, so that one who asks for more and one who takes
// an admin away cannot pass each other by (invariant 6).
func putOrganisation(o directory.Organisation) (write, error) {
	k, was := organisation(o.ID), o.Version
	o.Version++
	made, err := encode(k, organisationRecord(o))
	made["leastAdmins"] = number(o.Settings.LeastAdmins())
	listed(made, organisationsList, organisationAt(o))
	if was == 0 {
		return putNew(k, made), err
	}
	delete(made, PartitionKey)
	delete(made, SortKey)
	delete(made, "activeAdmins")
	sets, names, values := make([]string, 0, len(made)), make(map[string]string, len(made)), make(item, len(made))
	for _, name := range slices.Sorted(maps.Keys(made)) {
		sets = append(sets, "#"+name+" = :"+name)
		names["#"+name], values[":"+name] = name, made[name]
	}
	return update(k, "SET "+strings.Join(sets, ", "), values).naming(names).when(
		"#version = :was AND (activeAdmins >= :leastAdmins OR #leastAdmins >= :leastAdmins)", item{":was": number(was)}, stale), err
}

// moveAdmins counts. One admin fewer also asks that the organisation needs no more than was known.
func moveAdmins(e directory.MoveAdmins) write {
	condition, values := ifPresent, item(nil)
	if e.By < 0 {
		condition = "activeAdmins >= :enough AND leastAdmins <= :least"
		values = item{":enough": number(e.AtLeast - e.By), ":least": number(e.AtLeast)}
	}
	return update(organisation(e.Organisation), "ADD activeAdmins :by", item{":by": number(e.By)}).when(condition, values,
		fault.New(fault.TooFewAdmins, "The organisation needs at least %d active admins.", e.AtLeast))
}

func expect(e directory.Expect) write {
	return check(user(e.User)).
		naming(map[string]string{"#version": "version", "#status": "status"}).
		when("#version = :version AND #status = :active",
			item{":version": number(e.Version), ":active": text(string(directory.StatusActive))}, stale)
}

func sessionRef(s directory.Session) directory.TicketRef {
	return directory.TicketRef{Organisation: s.Organisation, User: s.User, Hash: s.Hash}
}

func putSession(one directory.Session, condition string, otherwise *fault.Fault) (write, error) {
	k := session(sessionRef(one))
	made, err := encode(k, sessionRecord(one))
	forgotten(made, one.ExpiresAt.Add(keepSession))
	return put(k, made).when(condition, nil, otherwise), err
}

// replaceLink ends a link that was not used: one that was stays used (4.4).
func replaceLink(e directory.ReplaceLink) write {
	return update(link(e.Ref), "SET #state = :state, endedAt = :at REMOVE duePk, dueSk ADD revision :one",
		item{":state": text(string(e.State)), ":at": moment(e.At), ":one": number(1)}).
		naming(map[string]string{"#state": "state"}).
		when("attribute_exists(pk) AND #state <> :used", item{":used": text(string(directory.LinkUsed))}, stale)
}

// reserve takes a name for a user. A login's reservation is the look-up itself.
func reserve(r directory.Reservation) (write, error) {
	k := reservation(r)
	made, err := encode(k, loginRecord{
		Name: r.Name, Identity: r.Identity,
		Members: []directory.Membership{{Organisation: r.Organisation, User: r.User}}, Revision: 1,
	})
	made["user"] = text(string(r.User))
	return put(k, made).when(ifAbsent, nil, fault.InvalidField(r.Field, "taken", "This is taken.")), err
}

func release(r directory.Reservation) write {
	return drop(reservation(r)).
		naming(map[string]string{"#user": "user"}).
		when("attribute_not_exists(pk) OR #user = :user", item{":user": text(string(r.User))}, stale)
}

// putName writes a name that users of one identity share, as a reservation is written, so that each can follow the other.
func putName(e directory.PutName) (write, error) {
	k := reservation(directory.Reservation{Kind: e.Kind, Name: e.Login.Name})
	if len(e.Login.Members) == 0 {
		return drop(k).when(ifRevision, item{":revision": number(e.Login.Revision)}, stale), nil
	}
	made, err := encode(k, loginRecord(e.Login))
	made["user"] = text(string(e.Login.Members[0].User))
	return putRevised(k, made, e.Login.Revision), err
}

func queued(o directory.OutboxItem) (key, item, error) {
	k := outbox(o.Ref())
	made, err := encode(k, outboxRecord(o))
	k.due(made, o.DueAt())
	return k, made, err
}

func befriend(e directory.Befriend) (write, error) {
	k := tries(e.Ref)
	made, err := encode(k, triesRecord{Ref: e.Ref, Since: e.At, Familiar: true})
	forgotten(made, e.At.Add(keepTries))
	return update(k, "SET doc = :doc, #ttl = :ttl ADD revision :one",
		item{":doc": made[Document], ":ttl": made[TTL], ":one": number(1)}).
		naming(map[string]string{"#ttl": TTL}), err
}

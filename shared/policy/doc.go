// Package policy decides who may do what, and holds what differs between the systems, as data.
//
// It implements directory.Policies and directory.Presets. Deciding is pure: everything that a decision needs is in the
// question, nothing is read, and the same question has the same answer for ever. It does not validate requests (that a
// role exists, that a user has exactly one), does not count admins (3.10 takes a transaction), and stores nothing.
//
// # The data
//
// Everything is under presets/. A folder is a system; adding one takes no Go.
//
//	schema.cedarschema      what policies see, and the table of acts: the permission each takes, its groups
//	permissions.json        the service's own permissions, in every system's catalogue
//	common.cedar            the rules that hold everywhere
//	<preset>/preset.json    title, settings, what kinds may do, catalogue of permissions, roles, levels of identity
//	                        checks with the groups that they move clients to, conflicts of duties
//	<preset>/policies.cedar what settings cannot say
//
// The folder "platform" is the operators' own organisation; its roles are their departments (9.2). An operator's
// permissions come from there wherever it acts: a role of the customer's catalogue gives it nothing.
//
// # The model
//
// An Actor asks about a User, a Change, an Account or an Organisation; the schema describes each. An actor and the same
// person as a user are two entities on purpose: the first carries what it may do, the second what others may want to
// change, and a policy compares them by "resource == principal.user". Tenancy is Cedar's hierarchy: whatever is in an
// organisation is "in" it. The settings are those of the question's organisation, so that an operator's change of a
// setting for one organisation is all that it takes.
//
// An access evaluation (2.7) asks about a permission, which no policy could list ahead; all of them are the one act
// "use" with the permission in the circumstances. What the platform must see to, as the approval of 2.5, is an
// obligation, and an annotation of the permit that carries it.
//
// # Decisions
//
//   - A denial always names its policy (2.10). So each ordinary reason is a forbid of its own, and the permits ask for
//     the same once more, so that a forgotten forbid denies ("deny-by-default") rather than allows. Of several forbids
//     the first in file order is told, common.cedar before the preset's own: the order is the data's.
//   - A policy's action scope is decided when it is loaded, not for each question: an act's policies are listed once, so
//     that deciding about a payment does not look at the thirty rules about users.
//   - A policy that cannot be evaluated is an error, never a rule that is skipped, as Cedar has it by default. The tests
//     hold every policy against the schema, under Cedar's strict validation, which leaves no such policy.
//   - Of an actor's accounts and companies the policies see those that the question is about: a user may have thousands,
//     and no policy can name one. Permissions and roles are seen whole, since policies do name them.
//   - A preset is read when it is first asked about, and kept: a function that serves one organisation pays for one. Of its
//     policies, and of those common to all, an act's first question has those parsed that name the act or one of its
//     groups, or no act: some eight of fifty. What is wrong with the others, only Check tells, which a test asks.
//   - No function parses the schema. It would, for its table of acts alone, at every start; so a test writes the table
//     down as Go (table.go, -update), which takes nothing to read, and fails where it is not the schema's.
package policy

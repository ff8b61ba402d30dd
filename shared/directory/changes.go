package directory

import "context"

// Get reads a change with its timeline, also long after it ended (3.12).
//
// Faults: notFound, forbidden.
func (c *Changes) Get(ctx context.Context, r Request, id ChangeID) (Change, error) {
	v, plan, err := c.visitChange(ctx, r, id, nil)
	if err != nil {
		return Change{}, err
	}
	return plan.Change, c.decide(ctx, v, Question{Action: ActionViewChange, Change: &plan.Change})
}

// List reads a page of the organisation's changes, newest first; of one state where state is not empty.
//
// Faults: forbidden; invalid on "cursor".
func (c *Changes) List(ctx context.Context, r Request, state ChangeState, page Page) ([]Change, string, error) {
	v, err := c.enter(ctx, r, nil)
	if err != nil {
		return nil, "", err
	}
	if err := c.decide(ctx, v, Question{Action: ActionListChanges}); err != nil {
		return nil, "", err
	}
	return c.Store.Changes(ctx, v.organisation.ID, state, page)
}

// ETag names the change's state, for If-Match.
func (c Change) ETag() string { return `"` + string(c.State) + "-" + c.Digest[:16] + `"` }

// Start tells whether the order is to start the execution, rather than to return the token that it waits with.
func (o WorkflowOrder) Start() bool { return o.TaskToken == "" }

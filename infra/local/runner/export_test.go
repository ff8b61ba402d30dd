package runner

import "mandate/infra/local/parts"

// Parts are the runner's, for tests that kill them.
func (r *Runner) Parts() (database, mailbox, machine *parts.Process) {
	return r.parts[0], r.parts[1], r.parts[2]
}

package lambda

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"
)

// pool holds the instances of one function and the requests that wait for one.
type pool struct {
	service *Service
	fn      Function
	arn     string

	busy sync.WaitGroup // one for each instance until its process is gone, and for each request in the background

	mu        sync.Mutex
	stopped   bool
	queue     []*invocation // in line, first come first
	instances map[string]*instance
	idle      []*instance // parked at /next; the last parked is the first used, so that the others can cool
	starting  int         // instances that have not asked for their first event
	spent     Usage       // of instances that are gone
}

// invocation is one request on its way.
type invocation struct {
	id        string
	trace     string
	payload   []byte
	initFails int // instances that died before they could take it

	settled bool         // guarded by the pool's mutex
	outcome chan outcome // gets exactly one, when settled becomes true
}

type outcome struct {
	response []byte
	err      error
}

func newInvocation(payload []byte) *invocation {
	return &invocation{
		id:      requestID(),
		trace:   traceID(),
		payload: payload,
		outcome: make(chan outcome, 1), // the caller may have left
	}
}

func (inv *invocation) settle(response []byte, err error) {
	if !inv.settled {
		inv.settled = true
		inv.outcome <- outcome{response, err}
	}
}

func newPool(s *Service, fn Function) *pool {
	fn.Timeout = cmp.Or(fn.Timeout, 3*time.Second)
	fn.MemoryMB = cmp.Or(fn.MemoryMB, 256)
	fn.MaxInstances = cmp.Or(fn.MaxInstances, 10)
	return &pool{
		service:   s,
		fn:        fn,
		arn:       fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", cmp.Or(fn.Env["AWS_REGION"], DefaultRegion), Account, fn.Name),
		instances: make(map[string]*instance),
	}
}

// submit puts a request in line.
func (p *pool) submit(inv *invocation) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return ErrClosed
	}
	p.queue = append(p.queue, inv)
	p.dispatch()
	return nil
}

// background runs f on, so that stop's caller can wait for it.
func (p *pool) background(f func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return ErrClosed
	}
	p.busy.Go(f)
	return nil
}

// abandon takes a request out of the line and says whether it was still there.
func (p *pool) abandon(inv *invocation) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.Index(p.queue, inv)
	if at < 0 {
		return false
	}
	p.queue = slices.Delete(p.queue, at, at+1)
	return true
}

// stop ends every instance and request.
func (p *pool) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	for _, inv := range p.queue {
		inv.settle(nil, ErrClosed)
	}
	p.queue = nil
	for _, inst := range p.instances {
		if inst.current != nil {
			inst.current.settle(nil, ErrClosed)
		}
		inst.kill()
	}
}

// configure has new instances begin with another environment, and ends those that have the one before.
func (p *pool) configure(env map[string]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fn.Env = env
	for _, inst := range p.instances {
		inst.retired = true
	}
	for _, inst := range p.idle {
		inst.kill()
	}
	p.idle = nil
}

// The methods below expect the pool's mutex to be held.

// dispatch gives waiting requests to idle instances and starts an instance for
// each request that none is coming for.
func (p *pool) dispatch() {
	for len(p.queue) > 0 && len(p.idle) > 0 {
		inst := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		inst.offer <- p.assign(inst)
	}
	for !p.stopped && p.coming() < len(p.queue) && len(p.instances) < p.fn.MaxInstances {
		p.spawn()
	}
}

// coming counts the instances that are about to ask for an event: those that
// start, and those that have answered and are on their way back. Without the
// latter a caller that sends one request after the other would now and then be
// quicker than the instance, and start a second one for nothing.
func (p *pool) coming() int {
	n := p.starting
	for _, inst := range p.instances {
		if inst.current != nil && inst.current.settled {
			n++
		}
	}
	return n
}

// assign gives the first request in line to an instance.
func (p *pool) assign(inst *instance) *invocation {
	inv := p.queue[0]
	p.queue = slices.Delete(p.queue, 0, 1)
	inst.current, inst.taken = inv, false
	inst.deadline = time.Now().Add(p.fn.Timeout)
	inst.timer = time.AfterFunc(p.fn.Timeout, func() { p.overdue(inst, inv) })
	return inv
}

// release takes back a request that its instance never took, for another.
func (p *pool) release(inst *instance) {
	inst.timer.Stop()
	inv := inst.current
	inst.current = nil
	if inv.settled { // the caller's time was up
		return
	}
	p.queue = slices.Insert(p.queue, 0, inv)
}

func (p *pool) unpark(inst *instance) {
	if at := slices.Index(p.idle, inst); at >= 0 {
		p.idle = slices.Delete(p.idle, at, at+1)
	}
}

func (p *pool) spawn() {
	inst := &instance{
		id:      rand.Text(),
		pool:    p,
		env:     p.fn.Env,
		offer:   make(chan *invocation, 1), // never blocks: only a parked instance is offered one
		ended:   make(chan struct{}),
		spawned: time.Now(),
	}
	inst.limit = initLimit
	if len(p.queue) > 0 && p.queue[0].initFails > 0 { // as on AWS, the second start has the function's own time
		inst.limit = max(initLimit, p.fn.Timeout)
	}
	inst.timer = time.AfterFunc(inst.limit, inst.tooSlow)
	p.instances[inst.id] = inst
	p.starting++
	p.spent.Spawns++
	p.busy.Go(inst.live)
}

// The methods below take the pool's mutex themselves.

// overdue ends an instance that did not answer, or did not come back for the
// next event, in time.
func (p *pool) overdue(inst *instance, inv *invocation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if inst.current != inv {
		return
	}
	p.service.log.Warn("function timed out", "function", p.fn.Name, "requestId", inv.id, "answered", inv.settled)
	inv.settle(nil, timedOut(inv.id, p.fn.Timeout))
	inst.kill()
}

// buried takes account of an instance whose process is gone.
func (p *pool) buried(inst *instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// First the connection on which it last asked for an event: the handler that
	// serves it may still be about to give the event back.
	for c := inst.conn; c != nil && !c.isClosed(); c = inst.conn {
		p.mu.Unlock()
		<-c.closed
		p.mu.Lock()
	}
	inst.dead = true
	inst.timer.Stop()
	delete(p.instances, inst.id)
	p.unpark(inst)
	p.spent.CPU += cpuOf(inst.state)
	if !p.stopped && !inst.retired && inst.startError == nil {
		p.service.log.Warn("function instance ended", "function", p.fn.Name, "pid", inst.pid(), "state", inst.state.String())
	}
	switch inv := inst.current; {
	case inst.conn == nil:
		p.starting--
		p.notStarted(inst)
	case inv == nil || inv.settled:
	case !inst.taken && inst.conn.reset.Load():
		p.release(inst)
	default:
		inv.settle(nil, exited(inv.id, inst.state, inst.startError))
	}
	p.dispatch()
}

// notStarted charges the request that has waited longest with an instance that
// never came to work. As on AWS a start is tried twice for a request, which
// then fails with the start's error: otherwise a function that cannot start
// would be started for ever.
func (p *pool) notStarted(inst *instance) {
	if p.stopped || len(p.queue) == 0 {
		return
	}
	inv := p.queue[0]
	inv.initFails++
	if inv.initFails < 2 {
		return
	}
	p.queue = slices.Delete(p.queue, 0, 1)
	switch {
	case inst.initError != nil:
		inv.settle(nil, inst.initError)
	case inst.slow:
		inv.settle(nil, timedOut(inv.id, inst.limit))
	default:
		inv.settle(nil, exited(inv.id, inst.state, inst.startError))
	}
}

// requestID is a version 4 UUID (RFC 9562), as Lambda's are.
func requestID() string {
	b := random(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// traceID is an X-Ray header of an unsampled trace, since nothing records it.
func traceID() string {
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", time.Now().Unix(), hex.EncodeToString(random(12)), hex.EncodeToString(random(8)))
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails (crypto/rand)
	return b
}

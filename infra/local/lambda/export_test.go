package lambda

// Handed says whether an event of the function is with an instance.
func (s *Service) Handed(function string) bool {
	p := s.pools[function]
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, inst := range p.instances {
		if inst.current != nil && !inst.current.settled {
			return true
		}
	}
	return false
}

// Idle counts the function's instances that wait for an event.
func (s *Service) Idle(function string) int {
	p := s.pools[function]
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.idle)
}

package main

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"mandate/functions/account"
	"mandate/infra/deployment"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
)

// measureMemory tells the most memory that each function had resident: when it had answered its first event, and when it had
// answered a thousand.
func measureMemory(ctx context.Context, b *bench) error {
	p, err := b.newPlace(ctx, "bench-memory")
	if err != nil {
		return err
	}
	starts, err := b.starts(ctx, p)
	if err != nil {
		return err
	}
	budgets := map[string]float64{}
	for _, declared := range deployment.Functions() {
		budgets[string(declared.Name)] = float64(declared.MemoryMB)
	}
	for _, one := range starts {
		first, later, err := one.peaks(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", one.function.Name, err)
		}
		if budget, declared := budgets[one.function.Name]; declared {
			b.figures.add("memory."+one.function.Name+".first", first, "MiB resident after the first event")
			b.figures.within("memory."+one.function.Name, later, "MiB resident after a thousand", budget)
		} else {
			b.figures.add("memory.floor."+one.function.Name, later, "MiB resident after a thousand")
		}
	}
	return b.measureAllocations(ctx, p)
}

// peaks are of a new process of the function, in MiB.
func (s *start) peaks(ctx context.Context) (first, later float64, err error) {
	service, err := serve(ctx, s.function)
	if err != nil {
		return 0, 0, err
	}
	defer service.Close()
	for i := range 1000 {
		if _, err := service.Invoke(ctx, s.function.Name, s.event); err != nil {
			return 0, 0, err
		}
		if i > 0 && i < 999 {
			continue
		}
		usage, err := service.Usage(s.function.Name)
		if err != nil {
			return 0, 0, err
		}
		first, later = later, float64(usage.Peak)/(1<<20)
	}
	return first, later, nil
}

// measureAllocations counts what a session check allocates, in this process, beside the read that it makes.
func (b *bench) measureAllocations(ctx context.Context, p *place) error {
	admin, err := p.member(ctx, "bc-connect", ada)
	if err != nil {
		return err
	}
	check := request{http.MethodGet, "/v1/me", admin.token, nil}
	event, err := p.payload(ctx, check)
	if err != nil {
		return err
	}
	batch, err := b.batchOf(ctx, p, api.Account, check)
	if err != nil {
		return err
	}
	server := httpapi.New(httpapi.Options{Now: now})
	account.Register(server, &directory.Self{Core: directory.Core{Store: p.store, Policies: b.presets, Presets: b.presets, Now: now}})
	handler := server.Handler()
	answer, err := handler.Invoke(ctx, event)
	if err == nil {
		err = read(answer, "a session check", nil)
	}
	if err != nil {
		return err
	}
	b.figures.add("allocations.sessionCheck", fewest(func() { _, err = handler.Invoke(ctx, event) }), "allocations")
	b.figures.add("allocations.floor.read", fewest(func() { _, err = p.dynamoDB.BatchGetItem(ctx, batch) }), "allocations")
	return err
}

// fewest are the allocations of one of many runs in which this process did least besides.
func fewest(run func()) float64 {
	least := testing.AllocsPerRun(100, run)
	for range 50 {
		least = min(least, testing.AllocsPerRun(4, run))
	}
	return least
}

package main

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// gatewayRequests are sent to the running service.
const gatewayRequests = 4000

// measureGateway sends session checks through everything that make run starts, over as many connections as others were
// measured with. It is for orientation: time on the wall, of a machine that does all of it.
func measureGateway(ctx context.Context, b *bench) error {
	p := b.running()
	admin, err := p.member(ctx, "bc-connect", ada)
	if err != nil {
		return err
	}
	check := request{http.MethodGet, "/v1/me", admin.token, nil}
	if err := b.sendMany(ctx, check, gatewayRequests/10); err != nil { // to warm up
		return err
	}
	begin := time.Now()
	if err := b.sendMany(ctx, check, gatewayRequests); err != nil {
		return err
	}
	each := time.Since(begin) / gatewayRequests
	b.figures.add("gateway.getMe", float64(each.Microseconds())/1000, "ms a request, over 8 connections")
	return nil
}

func (b *bench) sendMany(ctx context.Context, r request, count int) error {
	var wait sync.WaitGroup
	errs := make(chan error, callers)
	for range callers {
		wait.Go(func() {
			for range count / callers {
				if err := b.send(ctx, r, nil); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(errs)
	return <-errs // nil where there is none
}

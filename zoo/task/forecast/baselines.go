package forecast

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/classical"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/scoring"
)

// Baselines implements task.Task: forecasts that learn nothing or little, on the same rows of a part as Evaluate. Each is
// fitted to the rows of a series before the part, and is told the rows of the part as they come. A method that does not suit
// one of the series, such as a seasonal one without a season, is left out.
func (f *Forecast) Baselines(ctx context.Context, p task.Part) ([]task.Rival, error) {
	part, err := in(p)
	if err != nil {
		return nil, err
	}
	origins := f.origins(part)
	if len(origins) == 0 {
		return nil, nil
	}
	var rivals []task.Rival
	for _, method := range classical.Methods() {
		metrics, err := f.rival(ctx, method, origins)
		if errors.Is(err, classical.ErrUnsuited) {
			continue
		}
		if err != nil {
			return nil, err
		}
		rivals = append(rivals, task.Rival{Name: method.Name, Metrics: metrics})
	}
	if i := slices.IndexFunc(rivals, func(r task.Rival) bool { return r.Name == classical.Naive2().Name }); i >= 0 && f.panel.Horizon > 0 {
		for _, r := range rivals {
			weigh(r.Metrics, rivals[i].Metrics)
		}
	}
	return rivals, nil
}

// naive2 returns the metrics of the method by which those of a dataset are weighed whose protocol has forecasts of its last rows,
// as the M4 competition does; nil for any other.
func (f *Forecast) naive2(ctx context.Context, origins []origin) (map[string]float64, error) {
	if f.panel.Horizon == 0 {
		return nil, nil
	}
	m, err := f.rival(ctx, classical.Naive2(), origins)
	if errors.Is(err, classical.ErrUnsuited) {
		return nil, nil
	}
	return m, err
}

// weigh adds the overall weighted average to metrics, if there is one.
func weigh(metrics, naive2 map[string]float64) {
	if naive2 == nil {
		return
	}
	mase, ok := metrics["mase"]
	if owa := scoring.OWA(metrics["smape"], mase, naive2["smape"], naive2["mase"]); ok && owa-owa == 0 {
		metrics["owa"] = owa
	}
}

// rival returns the metrics of a method's forecasts from origins.
func (f *Forecast) rival(ctx context.Context, method classical.Method, origins []origin) (map[string]float64, error) {
	scores, err := f.scorer(nil)
	if err != nil {
		return nil, err
	}
	if err := f.follow(ctx, method, origins, scores); err != nil {
		return nil, err
	}
	return scores.metrics(), nil
}

// follow has a method forecast from origins, which are in the order of the strands and of their rows. Of several scorers each
// takes one of the forecasts of a strand, in turn.
func (f *Forecast) follow(ctx context.Context, method classical.Method, origins []origin, scores ...*scorer) error {
	for len(origins) > 0 {
		if err := args.Context(ctx); err != nil {
			return err
		}
		// Some strands at a time, by as many goroutines: what they say is scored in the strands' order.
		var each [][]origin
		for len(origins) > 0 && len(each) < 4*runtime.GOMAXPROCS(0) {
			n := slices.IndexFunc(origins, func(at origin) bool { return at.strand != origins[0].strand })
			if n < 0 {
				n = len(origins)
			}
			each, origins = append(each, origins[:n]), origins[n:]
		}
		outlooks, faults := make([][]outlook, len(each)), make([]error, len(each))
		var wait sync.WaitGroup
		for g := range runtime.GOMAXPROCS(0) {
			wait.Add(1)
			go func() {
				defer wait.Done()
				for i := g; i < len(each); i += runtime.GOMAXPROCS(0) {
					outlooks[i], faults[i] = f.followOne(method, each[i])
				}
			}()
		}
		wait.Wait()
		for i := range each {
			if faults[i] != nil {
				return faults[i]
			}
			for j, at := range each[i] {
				if err := scores[j%len(scores)].add(at, outlooks[i][j]); err != nil {
					return errors.Wrapf(err, "%s of %s", method.Name, f.panel.Meta.Name)
				}
			}
		}
	}
	return nil
}

// followOne has a method forecast from origins of one strand.
func (f *Forecast) followOne(method classical.Method, origins []origin) ([]outlook, error) {
	s, horizon := f.strands[origins[0].strand], f.opts.Horizon
	into := make([]outlook, len(origins))
	for i := range into {
		into[i].point = make([][]float64, horizon)
		for h := range into[i].point {
			into[i].point[h] = make([]float64, s.width())
		}
	}
	for v := range s.width() {
		y := valuesOf(s.filled, v)
		row := int(origins[0].row)
		model, err := method.Fit(y[:row], f.panel.Period)
		if err != nil {
			return nil, err
		}
		for i, at := range origins {
			model.Update(y[row:at.row]...)
			row = int(at.row)
			next, err := model.Forecast(horizon)
			if err != nil {
				return nil, err
			}
			for h, x := range next {
				into[i].point[h][v] = x
			}
		}
	}
	return into, nil
}

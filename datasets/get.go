package datasets

import (
	"context"

	"github.com/pkg/errors"
)

// Get fetches the dataset of that name unless it is there, and returns the folder that holds it. An embedded dataset
// has none: "". [DataDir] and [OnProgress] are heeded. The cache is [CacheDir].
func Get(ctx context.Context, name string, opts ...Option) (dir string, err error) {
	e, o, err := namedWith(name, opts)
	if err != nil || e.source == nil {
		return "", err
	}
	o.ctx = ctx
	return o.locate(name, e.source)
}

// Path returns the folder that holds the dataset of that name, or "" if it is embedded or has to be fetched.
func Path(name string, opts ...Option) (dir string, err error) {
	e, o, err := namedWith(name, opts)
	if err != nil || e.source == nil {
		return "", err
	}
	return o.find(e.source), nil
}

// namedWith returns the entry of a name, and what the options add up to.
func namedWith(name string, opts []Option) (entry, options, error) {
	o, err := gather(opts)
	if err != nil {
		return entry{}, o, err
	}
	e, err := named(name)
	return e, o, err
}

// named returns the entry of a dataset that has a name.
func named(name string) (entry, error) {
	for _, e := range catalogue() {
		if e.info.Name == name {
			return e, nil
		}
	}
	return entry{}, errors.WithStack(unknownDataset(name))
}

package kernel

import (
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"
)

// Float32 returns the kernels for float32: the fastest set that the processor can run, or the one that the environment
// variable ZOO_KERNEL names (portable, avx2 or avx512). A name that is unknown or that the processor cannot run is an
// error. The choice is made once.
func Float32() (Kernels[float32], error) {
	if k := used.Load(); k != nil {
		return *k, nil
	}
	return chosen()
}

var chosen = sync.OnceValues(func() (Kernels[float32], error) { return choose(available(), os.Getenv("ZOO_KERNEL")) })

// used is what Use has chosen, or nil.
var used atomic.Pointer[Kernels[float32]]

// Sets returns the names of the sets that the processor can run, the fastest first.
func Sets() []string {
	var names []string
	for _, k := range available() {
		names = append(names, k.Name())
	}
	return names
}

// Use has Float32 return the set of a name, until it is called again: what is compiled meanwhile keeps the set. An empty
// name means what would be chosen without it. It is for tests, which compare the sets in one process.
func Use(name string) error {
	if name == "" {
		used.Store(nil)
		return nil
	}
	k, err := choose(available(), name)
	if err == nil {
		used.Store(&k)
	}
	return err
}

// choose returns the set of that name, or the first if the name is empty.
func choose(sets []Kernels[float32], name string) (Kernels[float32], error) {
	names := make([]string, len(sets))
	for i, k := range sets {
		if names[i] = k.Name(); name == "" || name == names[i] {
			return k, nil
		}
	}
	return nil, errors.Errorf("ZOO_KERNEL is %q, which is no set of kernels that this processor runs; it runs %s, and chooses %s if ZOO_KERNEL is empty",
		name, strings.Join(names, ", "), names[0])
}

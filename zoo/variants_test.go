package zoo

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// TestOpenVariants keeps runs of the cells' variants, some of which have the very parameters of the usual form: a run
// must not be opened as that by its name, and with its network it forecasts as it did.
func TestOpenVariants(t *testing.T) {
	for _, network := range []*graph.Network{
		rnn.NewRelu(graph.Hidden(4)),
		lstm.NewPeephole(graph.Hidden(4)),
		gru.NewResetBefore(graph.Hidden(4)),
		birnn.New(rnn.NewRelu(graph.Hidden(4)), graph.MergeMean),
	} {
		t.Run(network.Name(), func(t *testing.T) {
			run, err := Train(context.Background(), network, datasets.Airline(), train.Epochs(1))
			if err != nil {
				t.Fatal(err)
			}
			want := predicted(t, run, 3)
			dir, err := run.Keep(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), network.Name()) {
				t.Errorf("opened without its network: error %v; want one that names it", err)
			}
			back, err := Open(dir, network)
			if err != nil {
				t.Fatal(err)
			}
			if got := predicted(t, back, 3); !reflect.DeepEqual(got, want) {
				t.Errorf("opened it forecasts %v; want %v", got, want)
			}
		})
	}
}

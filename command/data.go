package command

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/pkg/errors"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/download"
)

type dataEvent struct {
	Event   string `json:"event"`
	Dataset string `json:"dataset"`
	Path    string `json:"path"` // "" if it is embedded or has to be fetched
	Where   string `json:"where"`
	Licence string `json:"licence"`
}

func newData() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "data",
		Short: "Fetch a dataset, or say where it is",
		Long: "Fetch a dataset into the cache, or say where it is. A dataset is looked for in the folder of --data, then in that of\n" +
			"the environment variable ZOO_DATA, then in the cache; zoo run fetches it too where it is missing.",
		Example: `  zoo data get imdb
  zoo data path imdb`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return linef("data: %q is neither get nor path (zoo data --help explains them)", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDataGet(), newDataPath())
	return cmd
}

func newDataGet() *cobra.Command {
	var dir string
	var quiet, asJSON bool
	cmd := &cobra.Command{
		Use:     "get <dataset>",
		Short:   "Fetch a dataset into the cache",
		Long:    "Fetch a dataset into the cache, unless it is there, and print its folder. A download that was broken off goes on.",
		Example: "  zoo data get imdb",
		Args:    arguments("<dataset>"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			opts := []datasets.Option{datasets.DataDir(dir)}
			before, err := datasetInfo(args[0], opts)
			if err != nil {
				return err
			}
			if before.Where == "to download" && !quiet {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\nlicence: %s\nsource: %s\n", before.Name, before.Title, before.Licence, before.Source)
			}
			bar := &downloadBar{w: cmd.ErrOrStderr(), quiet: quiet}
			path, err := datasets.Get(ctx, args[0], append(opts, datasets.OnProgress(bar.show))...)
			bar.done()
			switch {
			case ctx.Err() != nil && err != nil:
				return &interruption{fmt.Sprintf("interrupted; zoo data get %s goes on where it stopped", args[0])}
			case err != nil:
				return err
			}
			return printData(cmd.OutOrStdout(), args[0], path, opts, asJSON)
		},
	}
	dataFlags(cmd, &dir, &asJSON)
	cmd.Flags().BoolVar(&quiet, "quiet", false, "show no progress")
	return cmd
}

func newDataPath() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "path <dataset>",
		Short:   "Say where a dataset is",
		Long:    "Print the folder that holds a dataset, or say that it is embedded. It is an error if it has to be fetched.",
		Example: "  zoo data path imdb",
		Args:    arguments("<dataset>"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts := []datasets.Option{datasets.DataDir(dir)}
			path, err := datasets.Path(args[0], opts...)
			if err != nil {
				return err
			}
			return printData(cmd.OutOrStdout(), args[0], path, opts, asJSON)
		},
	}
	dataFlags(cmd, &dir, &asJSON)
	return cmd
}

func dataFlags(cmd *cobra.Command, dir *string, asJSON *bool) {
	cmd.Flags().StringVar(dir, "data", "", "folder that is searched before the one of ZOO_DATA and the cache")
	cmd.Flags().BoolVar(asJSON, "json", false, "print a JSON object")
}

// datasetInfo returns the description of a dataset that has a name. Of any other it returns the error of datasets.
func datasetInfo(name string, opts []datasets.Option) (datasets.Info, error) {
	if _, err := datasets.Path(name, opts...); err != nil {
		return datasets.Info{}, err
	}
	return datasets.Describe(name, opts...)
}

// printData says where a dataset is.
func printData(w io.Writer, name, path string, opts []datasets.Option, asJSON bool) error {
	info, err := datasetInfo(name, opts)
	if err != nil {
		return err
	}
	switch {
	case asJSON:
		return writeJSON(w, dataEvent{"data", name, path, info.Where, info.Licence})
	case info.Where == "embedded":
		fmt.Fprintf(w, "%s is embedded in the program\n", name)
	case path == "":
		return errors.Errorf("dataset %s is not on this machine; fetch it with zoo data get %s", name, name)
	default:
		fmt.Fprintln(w, path)
	}
	return nil
}

// downloadBar shows how a download goes: a bar on a terminal, a line now and then elsewhere.
type downloadBar struct {
	w     io.Writer
	quiet bool
	bar   *progressbar.ProgressBar
	name  string // of the file that the bar shows
	next  time.Time
}

func (d *downloadBar) show(p download.Progress) {
	if d.quiet {
		return
	}
	f, ok := d.w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		const every = 10 * time.Second
		if now := time.Now(); now.After(d.next) {
			d.next = now.Add(every)
			fmt.Fprintf(d.w, "%s: %s\n", p.Name, amount(p))
		}
		return
	}
	if d.bar == nil || d.name != p.Name {
		d.done()
		total := p.Total
		if total == 0 {
			total = -1
		}
		d.name = p.Name
		d.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(d.w),
			progressbar.OptionSetDescription(p.Name),
			progressbar.OptionShowBytes(true),
			progressbar.OptionSetWidth(20),
			progressbar.OptionThrottle(refresh),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish())
	}
	d.bar.Set64(p.Done)
}

// amount says how much of a file is there.
func amount(p download.Progress) string {
	const mb = 1e6
	if p.Total == 0 {
		return fmt.Sprintf("%.1f MB", float64(p.Done)/mb)
	}
	return fmt.Sprintf("%.1f of %.1f MB", float64(p.Done)/mb, float64(p.Total)/mb)
}

// done leaves the terminal as it was.
func (d *downloadBar) done() {
	if d.bar != nil {
		d.bar.Exit()
		d.bar.Clear()
	}
}

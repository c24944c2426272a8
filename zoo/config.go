package zoo

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Config is everything that decides a run. Defaults and Configure return one that gives a good result; its JSON form is kept
// with the run.
type Config struct {
	Format  int    `json:"format"` // of the JSON form
	Model   string `json:"model"`
	Dataset string `json:"dataset"`
	Folder  string `json:"folder,omitempty"` // in which a relative path of Dataset was
	Task    string `json:"task"`             // what is learnt from the dataset; "" means what the dataset says
	task.Recipe
	Data    datasets.Settings `json:"data"`    // how the dataset is read
	Options task.Options      `json:"options"` // the task's own: a *forecast.Options, a *classify.Options
}

// format is that of this version. In format 1 the settings of the data and some of the task's stood beside the recipe's, and
// the others under the task's name.
const format = 2

// Defaults returns the configuration that gives a good result for a model and a dataset. A name that is not known makes one
// that New refuses.
func Defaults(model, dataset string) Config {
	c, err := Configure(model, dataset, nil)
	if err != nil {
		return Config{Format: format, Model: model, Dataset: dataset, Recipe: task.DefaultRecipe()}
	}
	return c
}

// Configure returns the configuration that gives a good result for a model and a dataset with what is given, values of
// settings by their names as zoo run takes them: {"hidden": "64", "epochs": "5"}. What is given may change the others'
// defaults. An unknown name, of whatever, and a setting that is not for the task are UsageErrors or a
// datasets.UnknownError; whether the values are in their bounds New says.
func Configure(model, dataset string, given map[string]string) (Config, error) {
	var data datasets.Settings
	var set option.Set
	data.Declare(&set)
	for _, f := range set.Fields() { // which say what a file holds
		if value, ok := given[f.Name]; ok {
			if err := f.Set(value); err != nil {
				return Config{}, err
			}
		}
	}
	if err := set.Check(); err != nil {
		return Config{}, err
	}
	info, err := describe(dataset, data, given["task"])
	if err != nil {
		return Config{}, err
	}
	kind, err := taskFor(given["task"], info)
	if err != nil {
		return Config{}, err
	}
	c := configure(kind, task.Subject{Model: model, Data: info})
	c.Dataset = dataset
	if a, ok := c.Options.(task.Adjuster); ok {
		a.Adjust(&c.Recipe, task.Subject{Model: model, Data: info}, func(name string) (string, bool) {
			value, ok := given[name]
			return value, ok
		})
	}
	return c, c.lay(given, info)
}

// describe describes a dataset. Of the kinds of data that a file may hold, it takes one that the task of a name learns from.
func describe(dataset string, data datasets.Settings, name string) (datasets.Info, error) {
	info, err := datasets.Describe(dataset, datasets.Use(data))
	if err != nil || name == "" || data.Holds != "" {
		return info, err
	}
	k, err := TaskByName(name)
	if err != nil || accepts(k, info) {
		return info, err
	}
	for _, holds := range k.Accepts() {
		other, err := datasets.Describe(dataset, datasets.Use(data), datasets.Holds(holds))
		if err == nil && accepts(k, other) {
			return other, nil
		}
	}
	return info, nil
}

// DefaultsFor returns the configuration that gives a good result for a task, a model and data of one's own. Of a nil task it
// is one that New refuses.
func DefaultsFor(kind task.Kind, model string) Config {
	if args.Nil(kind) {
		return Config{Format: format, Model: model, Recipe: task.DefaultRecipe()}
	}
	return configure(kind, task.Subject{Model: model, Data: datasets.Info{Where: "file"}})
}

// identity returns what names a dataset among all.
func identity(d datasets.Info) string {
	if d.Spec != "" {
		return d.Spec
	}
	return inMemory + d.Name
}

// configure returns the defaults of a task.
func configure(kind task.Kind, s task.Subject) Config {
	c := Config{Format: format, Model: s.Model, Dataset: identity(s.Data), Data: s.Data.Settings, Task: kind.Name(), Recipe: task.DefaultRecipe()}
	c.Options = kind.Defaults(&c.Recipe, s)
	return c
}

// lay sets the settings that are given.
func (c *Config) lay(given map[string]string, info datasets.Info) error {
	if _, ok := given[minimize]; ok { // in place of what the task maximizes by default
		c.Maximize = ""
	}
	var s option.Set
	c.Declare(&s)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if name == "task" {
			continue
		}
		f := s.Lookup(name)
		if f == nil {
			return c.notFor(name, given[name], s.Names(), info.Kind)
		}
		if err := f.Set(given[name]); err != nil {
			return err
		}
	}
	return nil
}

// notFor says why there is no setting of a name.
func (c *Config) notFor(name, value string, known []string, kind string) error {
	var data option.Set
	c.Data.Declare(&data)
	if f := data.Lookup(name); f != nil {
		return errors.WithStack(&option.UsageError{Setting: name, Want: "it is for " + strings.Join(f.Data(), " or ") + "; " + c.Dataset + " is " + article(kind)})
	}
	var others []string
	for _, k := range Tasks() {
		var s option.Set
		k.Options().Declare(&s)
		if s.Lookup(name) != nil {
			others = append(others, k.Name())
		}
	}
	if others != nil {
		return errors.WithStack(&option.UsageError{Setting: name, Want: "it is for the task " + strings.Join(others, " or ") + "; the task of " + c.Dataset + " is " + c.Task})
	}
	want := "there is no such setting"
	if near := suggest.Nearest(name, known); near != "" {
		want += "; did you mean " + near + "?"
	}
	return option.Wrong(name, value, "%s", want)
}

// Declare declares all settings of the configuration: those of the network and of training, of the kind of data that the
// task learns from, and the task's own.
func (c *Config) Declare(s *option.Set) {
	c.Recipe.Declare(s)
	kind, err := TaskByName(c.Task)
	if err == nil {
		highest, lowest := task.Decisive(kind)
		for setting, names := range map[string][]string{maximize: highest, minimize: lowest} {
			if f := s.Lookup(setting); f != nil && names != nil {
				f.Help += ": one of " + strings.Join(names, ", ")
			}
		}
	}
	var data option.Set
	data.Group("The data")
	c.Data.Declare(&data)
	for _, f := range data.Fields() {
		if err != nil || f.Data() == nil || slices.ContainsFunc(f.Data(), func(k string) bool { return slices.Contains(kind.Accepts(), k) }) {
			s.Add(f)
		}
	}
	if !args.Nil(c.Options) {
		s.Group("The task " + c.Task)
		c.Options.Declare(s)
	}
}

// Check returns a UsageError for the first value that is out of range, or that cannot work whatever the data.
func (c Config) Check() error {
	if _, err := ModelByName(c.Model); err != nil {
		return err
	}
	return c.checkTraining(nil)
}

// checkTraining is Check for a network of one's own, or nil.
func (c Config) checkTraining(network *graph.Network) error {
	kind, err := c.check(network)
	if err != nil {
		return err
	}
	return checkDecisive(c.Recipe, kind)
}

// check returns the task, or what is wrong whether or not it is to be trained.
func (c Config) check(network *graph.Network) (task.Kind, error) {
	kind, err := c.kind()
	if err != nil {
		return nil, err
	}
	var s option.Set
	c.Declare(&s)
	if err := s.Check(); err != nil {
		return nil, err
	}
	if checker, ok := kind.(task.Checker); ok {
		if network == nil {
			if network, err = c.network(c.Model); err != nil {
				return nil, err
			}
		}
		err = checker.Check(c.setting(network, nil))
	}
	return kind, err
}

// The settings that say which metric decides the best epoch.
const (
	maximize = "maximize"
	minimize = "minimize"
)

// checkDecisive returns an error if a task has no metric of the name that is to decide the best epoch, before one has been
// trained in vain.
func checkDecisive(r task.Recipe, kind task.Kind) error {
	highest, lowest := task.Decisive(kind)
	names := map[string][]string{maximize: highest, minimize: lowest}
	for _, c := range []struct{ setting, name, other, better string }{{maximize, r.Maximize, minimize, "more"}, {minimize, r.Minimize, maximize, "less"}} {
		known := names[c.setting]
		switch {
		case c.name == "", slices.Contains(known, c.name):
		case slices.Contains(names[c.other], c.name):
			return option.Wrong(c.setting, c.name, "of that %s is not better; give it to %s", c.better, c.other)
		case known == nil:
			return option.Wrong(c.setting, c.name, "the task %s has no metric of which %s is better; %s one of %s", kind.Name(), c.better, c.other, strings.Join(names[c.other], ", "))
		default:
			return option.Wrong(c.setting, c.name, "the task %s has no such metric of which %s is better; %s one of %s", kind.Name(), c.better, chooseNear(c.name, known), strings.Join(known, ", "))
		}
	}
	return nil
}

// chooseNear suggests what was meant: the nearest name, or that which is one of the words, as f1 is of macro_f1.
func chooseNear(name string, known []string) string {
	near := suggest.Nearest(name, known)
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == ' ' }) {
		if near == "" && slices.Contains(known, word) {
			near = word
		}
	}
	if near == "" {
		return "choose"
	}
	return "did you mean " + near + "? Choose"
}

// kind returns the task of the configuration.
func (c Config) kind() (task.Kind, error) {
	info, err := datasets.Describe(c.Dataset, datasets.Use(c.Data))
	switch {
	case err == nil:
		return taskFor(c.Task, info)
	case c.Task != "": // of a dataset that is there already
		return TaskByName(c.Task)
	}
	return nil, err
}

// network returns the network of a model in the configuration's size.
func (c Config) network(model string) (*graph.Network, error) {
	m, err := ModelByName(model)
	if err != nil {
		return nil, err
	}
	return m.New(c.Recipe.Network()...), nil
}

// setting returns what a task is made of.
func (c Config) setting(network *graph.Network, params *graph.Params) task.Setting {
	return task.Setting{Network: network, Other: c.network, Params: params, Options: c.Options, Recipe: c.Recipe, Data: c.Data}
}

// inMemory is before the name of a dataset that was made in the program, or read by it: there is no opening it again.
const inMemory = "memory:"

// open opens the dataset of the configuration. A file is looked for in the folder that it was in at first, and then here.
func (c Config) open(opts []datasets.Option) (datasets.Dataset, error) {
	if name, ok := strings.CutPrefix(c.Dataset, inMemory); ok {
		return nil, errors.Errorf("the dataset %q was made in the program that trained on it; give one to evaluate on", name)
	}
	opts = append([]datasets.Option{datasets.Use(c.Data)}, opts...)
	there, relative := datasets.InFolder(c.Dataset, c.Folder)
	if c.Folder == "" || !relative {
		return datasets.Open(c.Dataset, opts...)
	}
	d, err := datasets.Open(there, opts...)
	if errors.Is(err, fs.ErrNotExist) {
		if d, here := datasets.Open(c.Dataset, opts...); here == nil {
			return d, nil
		}
		err = errors.WithMessage(err, "it is no longer where it was, nor here; give another dataset to evaluate on")
	}
	return d, err
}

// located notes the folder of a dataset whose path is relative.
func (c *Config) located() error {
	if _, relative := datasets.InFolder(c.Dataset, "."); !relative || c.Folder != "" {
		return nil
	}
	dir, err := os.Getwd()
	c.Folder = dir
	return errors.Wrap(err, "the folder of "+c.Dataset)
}

// own returns a copy that shares nothing with the configuration.
func (c Config) own() (Config, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return c, errors.WithStack(err)
	}
	var copied Config
	return copied, errors.WithStack(json.Unmarshal(data, &copied))
}

// UnmarshalJSON implements json.Unmarshaler, for the formats of all versions.
func (c *Config) UnmarshalJSON(data []byte) error {
	var head struct {
		Format int
		Task   string
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return errors.WithStack(err)
	}
	if head.Format > format {
		return errors.Errorf("its format is %d; this version reads up to %d: use a newer one", head.Format, format)
	}
	var kind task.Kind
	if head.Task == "" { // as when there was only one
		kind = Tasks()[0]
	} else {
		var err error
		if kind, err = TaskByName(head.Task); err != nil {
			return err
		}
	}
	type fields Config // without this method
	read := fields{Options: kind.Options()}
	read.Accumulate = 1 // what older versions did, and did not write
	decode := train.DecodeJSON
	if head.Format < 2 { // whose fields are also those of the state, and of parts that are read below
		decode = json.Unmarshal
	}
	if err := decode(data, &read); err != nil {
		return errors.WithStack(err)
	}
	if read.Options == nil {
		read.Options = kind.Options()
	}
	if head.Format < 2 {
		var sections map[string]json.RawMessage
		if err := json.Unmarshal(data, &sections); err != nil {
			return errors.WithStack(err)
		}
		for _, part := range []struct {
			data json.RawMessage
			to   any
		}{{data, &read.Data}, {data, read.Options}, {sections[kind.Name()], read.Options}} {
			if part.data == nil {
				continue
			}
			if err := json.Unmarshal(part.data, part.to); err != nil {
				return errors.WithStack(err)
			}
		}
		if read.Maximize == "" { // which the task decided then
			var r task.Recipe
			kind.Defaults(&r, task.Subject{Model: read.Model})
			read.Maximize = r.Maximize
		}
	}
	read.Format, read.Task = format, kind.Name()
	*c = Config(read)
	return nil
}

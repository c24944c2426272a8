package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// offline returns a command with an empty cache, a folder of data and no way to the net.
func offline(t *testing.T, data string, args ...string) outcome {
	t.Helper()
	home := t.TempDir()
	cmd := exec.Command(binary, args...)
	cmd.Env = []string{"HOME=" + home, "XDG_CACHE_HOME=" + filepath.Join(home, "cache"), "LocalAppData=" + home, "ZOO_DATA=" + data,
		"HTTPS_PROXY=http://127.0.0.1:1", "SystemRoot=" + os.Getenv("SystemRoot")}
	return start(t, cmd, home, "")
}

func TestData(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := os.MkdirAll(filepath.Join(data, "imdb"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, data, filepath.Join("imdb", "aclImdb_v1.tar.gz"), "")
	for _, command := range []string{"get", "path"} {
		contains(t, offline(t, "", "data", command, "airline").done(t).out, "airline is embedded in the program\n")
		contains(t, offline(t, data, "data", command, "imdb").done(t).out, filepath.Join(data, "imdb")+"\n")
		contains(t, offline(t, "", "data", command, "imdb", "--data", data).done(t).out, filepath.Join(data, "imdb")+"\n")
		list := events(t, offline(t, data, "data", command, "imdb", "--json").done(t).out)
		hasFields(t, list[0], "event", "dataset", "path", "where", "licence")
	}
	contains(t, offline(t, data, "datasets").done(t).out, "cached", "to download", "embedded")
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"data", "path", "imdb"}, statusFailed, "zoo: dataset imdb is not on this machine; fetch it with zoo data get imdb\n"},
		{[]string{"data", "get", "imdb", "--quiet"}, statusFailed, "zoo: dataset imdb: cannot fetch https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz (or put the file at "},
		{[]string{"data", "get", "imbd"}, statusUsage, `zoo: dataset "imbd" not found; did you mean "imdb"? (zoo datasets lists them)` + "\n"},
		{[]string{"data", "get"}, statusUsage, "zoo: get: want <dataset>; the dataset is missing (zoo data get --help explains them)\n"},
		{[]string{"data", "fetch", "imdb"}, statusUsage, `zoo: data: "fetch" is neither get nor path (zoo data --help explains them)` + "\n"},
	} {
		o := offline(t, "", c.args...)
		if o.status != c.status || !strings.HasPrefix(o.err, c.want) || strings.Count(o.err, "\n") != 1 || o.out != "" {
			t.Errorf("%v: status %d, %q, %q; want %d, %q", c.args, o.status, o.out, o.err, c.status, c.want)
		}
	}
	o := offline(t, "", "data", "get", "sst2")
	contains(t, o.err, "licence: none stated (cite Socher et al. 2013)\n", filepath.Join("rnnzoo", "datasets", "sst-trees", "trainDevTestTrees_PTB.zip")+" yourself)")
}

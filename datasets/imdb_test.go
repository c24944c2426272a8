package datasets

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// reviewArchive returns a tar.gz of files and their texts, in their order.
func reviewArchive(t *testing.T, files ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f[0], Mode: 0o644, Size: int64(len(f[1]))}); err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, f[1])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var reviews = [][2]string{
	{"aclImdb/README", "not a review"},
	{"aclImdb/train/pos/1_9.txt", "Good.<br /><br />Really."},
	{"aclImdb/train/neg/0_2.txt", "Bad\u0085"},
	{"aclImdb/train/unsup/0_0.txt", "unknown"},
	{"aclImdb/train/labeledBow.feat", "1 2"},
	{"./aclImdb/test/neg/7_1.txt", "Worse"},
}

func TestReadIMDB(t *testing.T) {
	train, test, err := readIMDB("a", bytes.NewReader(reviewArchive(t, reviews...)))
	if err != nil {
		t.Fatal(err)
	}
	if want := []Example{{"Bad", 0}, {"Good.\n\nReally.", 1}}; !reflect.DeepEqual(train, want) {
		t.Errorf("train: %q; want %q", Texts(train), Texts(want))
	}
	if want := []Example{{"Worse", 0}}; !reflect.DeepEqual(test, want) {
		t.Errorf("test: %q; want %q", Texts(test), Texts(want))
	}
}

func TestReadIMDBErrors(t *testing.T) {
	whole := reviewArchive(t, reviews...)
	broken := bytes.Clone(whole)
	broken[len(broken)-6]++ // of the checksum
	with := func(name, text string) []byte {
		return reviewArchive(t, append([][2]string{{name, text}}, reviews...)...)
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "a: the archive is cut short; delete it and fetch it again"},
		{"cut short", whole[:len(whole)/2], "a: the archive is cut short; delete it and fetch it again"},
		{"end missing", whole[:len(whole)-4], "a: the archive is cut short; delete it and fetch it again"},
		{"wrong checksum", broken, "a: the archive has a wrong checksum; delete it and fetch it again"},
		{"a page", []byte("<html>not here any more</html>"), "a: it is no tar.gz; delete it and fetch it again"},
		{"another archive", reviewArchive(t, [2]string{"x/train/pos/1.txt", "a"}), "a: no reviews in aclImdb/test/{pos,neg}; is this the archive of IMDb?"},
		{"Latin-1", with("aclImdb/test/pos/3_9.txt", "na\xefve"), "a: aclImdb/test/pos/3_9.txt is not UTF-8; fetch the archive again"},
		{"empty review", with("aclImdb/test/pos/3_9.txt", " <br />"), "a: aclImdb/test/pos/3_9.txt is empty; fetch the archive again"},
		{"long review", with("aclImdb/test/pos/3_9.txt", strings.Repeat("a", mostReview+1)), "a: aclImdb/test/pos/3_9.txt: more than 262144 reviews or 1048576 bytes in one; is this the archive of IMDb?"},
	} {
		if _, _, err := readIMDB("a", bytes.NewReader(c.data)); err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}

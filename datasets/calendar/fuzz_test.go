package calendar

import (
	"encoding/json"
	"math/rand"
	"os"
	"testing"
)

// FuzzReadWrites: what is read is written just so, by the form and by one made of its text, and whatever is not leads
// to no panic.
func FuzzReadWrites(f *testing.F) {
	for _, label := range []string{"2024-01-31", "1/2/2006 3:04 PM", "Mon Jan  2 15:04:05 2006", "20240131T1504Z", "1990Q1", "2020-W53-7", "12", "43831.5", "Sept. 2000", "31 août 2020"} {
		f.Add(label, "1/3/2006 3:04 PM")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, labels := range [][]string{{a}, {a, b}, {a, b, a}} {
			for _, read := range []func([]string) (Form, error){
				func(l []string) (Form, error) { form, _, err := Read(l); return form, err },
				func(l []string) (Form, error) { form, _, err := ReadSerials(l); return form, err },
				func(l []string) (Form, error) { form, _, err := ReadUnix(l); return form, err },
				func(l []string) (Form, error) { form, _, err := ReadDecimalYears(l); return form, err },
			} {
				form, err := read(labels)
				if err != nil {
					continue
				}
				again, err := ParseForm(form.String())
				if err != nil || again != form {
					t.Fatalf("%q: form %q becomes %q, %v", labels, form, again, err)
				}
				for _, label := range labels {
					v, err := form.Parse(label)
					if err != nil {
						t.Fatalf("%q was read by %q and is not: %v", label, form, err)
					}
					if got := form.Write(v); got != label {
						t.Fatalf("%q is written %q by %q", label, got, form)
					}
				}
			}
			Next(labels, 3)
		}
		if IsTime(a) {
			if _, _, err := Read([]string{a}); err != nil {
				t.Fatalf("%q is a time, and not read: %v", a, err)
			}
		}
		if form, err := ParseForm(a); err == nil {
			if v, err := form.Parse(b); err == nil && form.Write(v) != b {
				t.Fatalf("%q is written %q by %q", b, form.Write(v), form)
			}
		}
	})
}

// TestReadWritesMutants does the same for labels of all forms with a byte or two changed.
func TestReadWritesMutants(t *testing.T) {
	text, err := os.ReadFile("testdata/next.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Labels []string }
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewSource(1))
	const letters = "0123456789 -/:.,TZ+QWapJnM%\xff"
	read := 0
	for _, c := range cases {
		for range 10 {
			label := []byte(c.Labels[rng.Intn(len(c.Labels))])
			for range 1 + rng.Intn(2) {
				at := rng.Intn(len(label))
				switch rng.Intn(3) {
				case 0:
					label[at] = letters[rng.Intn(len(letters))]
				case 1:
					label = append(label[:at:at], label[at+1:]...)
				case 2:
					label = append(append(label[:at:at], letters[rng.Intn(len(letters))]), label[at:]...)
				}
			}
			form, times, err := Read([]string{string(label)})
			if err != nil {
				continue
			}
			read++
			v, err := form.Parse(string(label))
			if err != nil || !v.Equal(times[0]) || form.Write(v) != string(label) {
				t.Errorf("%q is read as %v, again as %v, %v, and written %q by %v", label, times[0], v, err, form.Write(v), form)
			}
		}
	}
	if read < 500 {
		t.Errorf("only %d mutants are times", read)
	}
}

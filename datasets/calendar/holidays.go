package calendar

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/lines"
)

// Holidays are days that are unlike others. The zero value has none.
type Holidays struct {
	days  []int64 // rising
	names []string
}

const (
	// mostHolidays is the most days of a file: those of a thousand years, a hundred a year.
	mostHolidays = 100_000
	// mostBytes is the most bytes of such a file, with long names.
	mostBytes = 64 << 20
	// mostWords is more words than a date has.
	mostWords = 8
)

// ReadHolidays reads a file of days, one a line, in one of the forms that [Read] reads, and the day's name behind it if
// it has one: 2024-12-25 Christmas. Blank lines and those that begin with # are skipped. It reads up to 100,000 days.
func ReadHolidays(r io.Reader) (*Holidays, error) {
	in, err := lines.New("holidays", r, nil, mostBytes)
	if err != nil {
		return nil, err
	}
	var labels, names []string
	var numbers []int
	for {
		line, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		text := strings.TrimSpace(string(line))
		if text == "" || text[0] == '#' {
			continue
		}
		label, name := cutDay(text)
		if label == "" {
			return nil, errors.Errorf("holidays: line %d: %s does not begin with a day such as 2024-12-25; write one a line", in.Number(), fault.Quote(text))
		}
		if len(labels) == mostHolidays {
			return nil, errors.Errorf("holidays: line %d: more than %d days; leave some out", in.Number(), mostHolidays)
		}
		labels, names, numbers = append(labels, label), append(names, name), append(numbers, in.Number())
	}
	if len(labels) == 0 {
		return nil, errors.New("holidays: no days; write one a line, such as 2024-12-25")
	}
	_, times, err := Read(labels)
	if err != nil {
		var at *LabelError
		if errors.As(err, &at) {
			return nil, errors.Errorf("holidays: line %d: %s %s", numbers[at.Index], fault.Quote(at.Label), at.Why)
		}
		return nil, errors.WithMessage(err, "holidays")
	}
	order := make([]int, len(times))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return times[a].Compare(times[b]) })
	h := &Holidays{}
	for _, i := range order {
		h.days, h.names = append(h.days, dayOf(times[i])), append(h.names, names[i])
	}
	return h, nil
}

// holiday is a day as JSON keeps it.
type holiday struct {
	Day  string `json:"day"` // 2024-12-25
	Name string `json:"name,omitempty"`
}

// MarshalJSON writes the days and their names, so that who has read them needs the file no more.
func (h *Holidays) MarshalJSON() ([]byte, error) {
	all := []holiday{}
	if h != nil {
		for i, day := range h.days {
			all = append(all, holiday{time.Unix(day*secondsOfDay, 0).UTC().Format(time.DateOnly), h.names[i]})
		}
	}
	return json.Marshal(all)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (h *Holidays) UnmarshalJSON(data []byte) error {
	var all []holiday
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	var read Holidays
	for _, at := range all {
		t, err := time.Parse(time.DateOnly, at.Day)
		if err != nil {
			return errors.Errorf("holidays: %s is no day such as 2024-12-25", fault.Quote(at.Day))
		}
		day := dayOf(t)
		if n := len(read.days); n > 0 && day < read.days[n-1] {
			return errors.Errorf("holidays: %s comes after a later day", at.Day)
		}
		read.days, read.names = append(read.days, day), append(read.names, at.Name)
	}
	if h == nil {
		return errors.New("holidays: there is nothing to read into: it is nil")
	}
	*h = read
	return nil
}

const secondsOfDay = 24 * 60 * 60

// cutDay cuts a line into a day, as much as reads as one, and a name; the day is empty if there is none.
func cutDay(line string) (label, name string) {
	const separators = " \t,;"
	end, words := 0, 0
	for end < len(line) && words < mostWords {
		size := strings.IndexAny(line[end:], separators)
		if size < 0 {
			size = len(line) - end
		}
		end += size
		if readsAsDay(line[:end]) {
			label, name = line[:end], strings.Trim(line[end:], separators+`"`)
		}
		words++
		end++
	}
	return label, name
}

// readsAsDay reports whether a label is a date to the day without a time of day.
func readsAsDay(label string) bool {
	for _, c := range skeletons(label) {
		day, clock := false, false
		for _, p := range c.parts {
			day = day || p.code != 0 && strings.IndexByte("doju", p.code) >= 0
			clock = clock || p.code == 'H' || p.code == 'I'
		}
		if _, at := c.read([]string{label}); at == 1 && day && !clock {
			return true
		}
	}
	return false
}

// Name returns the name of the holiday that t's day is; ok is false if it is none.
func (h *Holidays) Name(t time.Time) (name string, ok bool) {
	if h == nil {
		return "", false
	}
	i, ok := slices.BinarySearch(h.days, dayOf(t))
	if !ok {
		return "", false
	}
	return h.names[i], true
}

// Feature returns 1 if a holiday lies in the step at t, 0 otherwise: on its day, if steps are days or shorter; in the
// month that ends at t, if they are month ends; and from t to before the next step, if they are longer than days.
func (h *Holidays) Feature(t time.Time, f Frequency) float64 {
	if h == nil || f.Unit == Step {
		return 0
	}
	from, to := dayOf(t), dayOf(t)+1
	switch f.Unit {
	case Day, BusinessDay, Week, Month, Quarter, Year:
		to = max(to, dayOf(f.Next(t, 1)))
	case MonthEnd:
		from = min(from, dayOf(f.Next(t, -1))+1)
	}
	if f.Unit == BusinessDay && f.count() == 1 { // no weekend
		to = from + 1
	}
	if i, _ := slices.BinarySearch(h.days, from); i < len(h.days) && h.days[i] < to {
		return 1
	}
	return 0
}

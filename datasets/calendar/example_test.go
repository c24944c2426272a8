package calendar_test

import (
	"fmt"

	"github.com/rnnzoo/rnnzoo/datasets/calendar"
)

func ExampleRead() {
	form, times, err := calendar.Read([]string{"30-Nov-2023", "31-Dec-2023", "31-Jan-2024"})
	if err != nil {
		panic(err)
	}
	every, err := calendar.Find(times)
	if err != nil {
		panic(err)
	}
	fmt.Println(every)
	fmt.Println(form.Write(every.Next(times[2], 1)))
	// Output:
	// month ends
	// 29-Feb-2024
}

func ExampleNext() {
	fmt.Println(calendar.Next([]string{"1/1/2024 10:00 PM", "1/1/2024 11:00 PM"}, 2))
	// Output: [1/2/2024 12:00 AM 1/2/2024 1:00 AM]
}

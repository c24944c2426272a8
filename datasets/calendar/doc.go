// Package calendar reads and writes the labels of time steps: how dates and times are written, how far apart the steps
// are, and how they go on.
//
//	form, times, err := calendar.Read([]string{"30-Nov-2023", "31-Dec-2023", "31-Jan-2024"})
//	every, err := calendar.Find(times)                    // month ends
//	label := form.Write(every.Next(times[len(times)-1], 1)) // 29-Feb-2024
//
// A [Form] reads a label only if it would write it just so, letter by letter: what goes on is written as the file
// writes it. A [Frequency] is how far steps are apart; times may be missing as long as those that are there lie on its
// grid.
//
// What reads labels takes time and memory in proportion to their number; a label of more than 64 bytes is no time. All
// functions and values serve any number of goroutines.
package calendar

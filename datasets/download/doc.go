// Package download fetches files from the net into a folder, and unpacks archives, so that the folder never holds half
// a file or the wrong one:
//
//	client := &download.Client{}
//	path, err := client.Get(ctx, dir, download.File{URL: url, Size: 789539, SHA256: sum})
//
// A download that breaks off goes on where it stopped, also in a later process, unless the file has changed; processes
// do not disturb each other, also when they unpack what they fetched (Client.GetArchive); a file appears under its name
// only once its size and checksum are right.
//
// A Client serves any number of goroutines.
package download

package datasets

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

func namesInfo() Info {
	return Info{
		Name:    "names",
		Kind:    KindTexts,
		Task:    "classify",
		Title:   "Surnames of 18 nationalities",
		Size:    "18,012 names",
		Licence: "MIT (Sean Robertson)",
		Source:  "https://github.com/spro/practical-pytorch/tree/master/data/names",
		Where:   "cached",
	}
}

// namesClasses are the nationalities, of which each has a file, and the checksums of these.
var namesClasses = [...]struct{ name, sum string }{
	{"Arabic", "6f424a8dbe51cbbbabab7a57d38b617210125e4e3991f3c657cb79b8f104bafc"},
	{"Chinese", "09ba8f1f7e38dbc99372d461b26ad4433b811fc6bfa6a3ecca6fe11a9a777465"},
	{"Czech", "e17ab0ec47616a72c39cb85c783f70c3663ab64488721e5d8378f146d2226be7"},
	{"Dutch", "924f32b635170eae561f84538632138fc07d4c8bbd70ba3fb980de1ecc4d2af3"},
	{"English", "9cca037066d3d5989e24bc01801416162de506b5e28e15b7c092a47905d29bf2"},
	{"French", "81e65b36c60ed5b89a17422f6edcadbb89546f38ad69e960e64e7ba682012a95"},
	{"German", "7449cd590b97a733e18d613a4155decd77ec35dc5f8aadd7a82204dce4f051db"},
	{"Greek", "3555b5186de7f401e6d991b088e9e644ca3099116477818c25ab5793801389e6"},
	{"Irish", "cf8c7013256252a88d2503127b87282a11f21b2ff6db1bded68834c19a1ec058"},
	{"Italian", "f88414c27d0606a11a678b4859277828c2565d6cc4d9ee932deef6e94f3b35e4"},
	{"Japanese", "e0e717e114fec3e7eade4d9dabe0067c475f43147e36a22b47902ee76ad9e67f"},
	{"Korean", "cd54221ccb362a6cba4c78828838cf3268a0e59744767a37cf6ec4b74036b136"},
	{"Polish", "45bab898af2f60ed3a728bbf6980e28821011a7caa53227553b5785903a40826"},
	{"Portuguese", "50a8735f41f4f73757c8ce5b16cb0275cd86b2b214bcbc8c9805f508cb131c53"},
	{"Russian", "0cfe53ac18041e8f63666aa77313e0a3ff378facb132abee052d8ebdc8c3d62c"},
	{"Scottish", "78d0252711d87d948ea86fe34826c51d2d794a8e52d15b5d6f7b6244d45d62dd"},
	{"Spanish", "1bcb462ed3316756a85781d68232bddae04498fdddd5d9219c53fd1fbdeba7a7"},
	{"Vietnamese", "f3f9e4164ab47601178a6e45b216464a64122f49d05541f24bf18a757253281d"},
}

// namesSource fetches the files one by one, of a commit, since their checksums are known. None is of the PyTorch
// tutorial's data.zip, and a name more or less would be other parts.
func namesSource() *source {
	const commit = "c520c52e68e945d88fff563dba1c028b6ec0197b"
	s := &source{folder: "names/names"}
	for _, c := range namesClasses {
		s.files = append(s.files, download.File{
			URL:    "https://raw.githubusercontent.com/spro/practical-pytorch/" + commit + "/data/names/" + c.name + ".txt",
			SHA256: c.sum,
		})
	}
	return s
}

// openNames reads the files. Their 20,050 lines hold 18,012 different pairs of a name and a nationality, of which each
// is an example: what stands there twice, as do 108 Arabic names in 2,000 lines, would else be learnt and tested. The
// files have no split. A tenth is held out for the test and another for validation by the seed of the split, each
// nationality in its share; the 469 names of several nationalities are in one part with all of these, so that nobody
// can have them all right. Letters keep the marks that some 150 lines have; the tutorial takes these off.
//
// S. Robertson, Practical PyTorch: classifying names with a character-level RNN, 2017.
func openNames(dir string, o options) (Dataset, error) {
	l := &Labelled{Meta: namesInfo()}
	var all []Example
	for label, c := range namesClasses {
		l.Classes = append(l.Classes, c.name)
		path := filepath.Join(dir, c.name+".txt")
		err := readFile(path, func(r io.Reader) error {
			names, err := readNames(path, r)
			for _, name := range names {
				all = append(all, Example{name, label})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if err := l.divide(l.Meta.Name, all, 0.1, 0.1, o.split); err != nil {
		return nil, err
	}
	return l, nil
}

// mostName is some times what the longest name has, in bytes.
const mostName = 200

// readNames reads a name a line and returns the different ones in their order. At most 32 MiB are read, 200 bytes a
// name and 2¹⁸ names.
func readNames(name string, r io.Reader) ([]string, error) {
	var names []string
	seen := map[string]bool{}
	err := eachCorpusLine(name, r, mostCorpus, func(number int, raw []byte) error {
		line := strings.TrimSpace(string(raw)) // some end with a space that does not break
		switch {
		case line == "" || seen[line]:
			return nil
		case len(line) > mostName:
			return errors.Errorf("%s: line %d: %s is longer than %d bytes; is it a file of names?", name, number, fault.Quote(line), mostName)
		case len(names) == mostSentences:
			return errors.Errorf("%s: line %d: more than %d names; is it of the corpus?", name, number, mostSentences)
		}
		seen[line] = true
		names = append(names, line)
		return nil
	})
	if err == nil && len(names) == 0 {
		err = errors.Errorf("%s: it holds no name; delete it and fetch it again", name)
	}
	return names, err
}

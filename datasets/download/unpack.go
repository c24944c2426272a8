package download

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
)

// Limits on what an archive may unpack to. Text and numbers, which is what archives of data hold, shrink to a tenth or
// so: far more is a bomb.
const (
	mostRatio   = 100
	mostSmall   = 64 << 20 // bytes that a small archive may unpack to all the same
	mostMembers = 1 << 20
)

// Unpack writes the files of an archive into dir: one of .zip, .tar.gz, .tgz or .gz, where a .gz becomes one file of
// its name without the ending. If keep is not nil, it chooses the files by their slash-separated names.
//
// Nothing is in its place before all of it is unpacked, and each file then comes into its place whole. Files that are
// there are replaced. Of several processes that unpack one archive into dir, one does so at a time. An archive is refused
// if a name in it leaves dir, if it holds links or devices, or if it unpacks to more than 100 times its size and more
// than 64 MiB.
func Unpack(archive, dir string, keep func(name string) bool) error {
	if !isFile(archive) {
		_, err := os.Stat(archive)
		if err == nil {
			err = errors.New("it is not a file")
		}
		return errors.Wrapf(reason(err), "cannot open %s", archive)
	}
	unlock, err := lockIn(context.Background(), dir, filepath.Base(archive))
	if err != nil {
		return err
	}
	defer unlock()
	return unpack(archive, dir, keep, mostSmall)
}

// unpack is Unpack with what a small archive may unpack to. The caller has the archive's lock in dir.
func unpack(archive, dir string, keep func(name string) bool, small int64) error {
	info, err := os.Stat(archive)
	if err != nil {
		return errors.Wrapf(reason(err), "cannot open %s", archive)
	}
	// Who has the lock owns the folder: what is in it is of a process that was killed.
	temp := unpackPath(dir, filepath.Base(archive))
	if err := os.RemoveAll(temp); err != nil {
		return errors.Wrapf(reason(err), "cannot remove %s", temp)
	}
	if err := os.Mkdir(temp, 0o777); err != nil {
		return errors.Wrapf(reason(err), "cannot write into %s", dir)
	}
	defer os.RemoveAll(temp)
	root, err := os.OpenRoot(temp)
	if err != nil {
		return errors.Wrapf(reason(err), "cannot open %s", temp)
	}
	u := &unpacker{root: root, keep: keep, left: max(mostRatio*info.Size(), small)}
	if err := errors.WithMessagef(u.unpack(archive), "cannot unpack %s", archive); err != nil {
		root.Close()
		return err
	}
	if err := root.Close(); err != nil {
		return errors.WithStack(err)
	}
	return merge(temp, dir)
}

// unpackPath is where the files of an archive of that name are until all are unpacked.
func unpackPath(dir, name string) string { return filepath.Join(dir, "."+name+".unpack") }

// merge moves the files in a folder into another one.
func merge(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return errors.WithStack(err)
	}
	for _, e := range entries {
		source, target := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		if e.IsDir() {
			// To rename a folder fails where another archive's is.
			if err := os.MkdirAll(target, 0o777); err != nil {
				return errors.Wrapf(reason(err), "cannot make the folder %s", target)
			}
			if err := merge(source, target); err != nil {
				return err
			}
			continue
		}
		if err := os.Rename(source, target); err != nil {
			return errors.Wrapf(reason(err), "cannot write %s", target)
		}
	}
	return nil
}

// unpacker writes the members of an archive into a folder that they cannot leave.
type unpacker struct {
	root    *os.Root
	keep    func(string) bool
	left    int64 // bytes that may still be written
	members int
}

func (u *unpacker) unpack(archive string) error {
	name := filepath.Base(archive)
	if strings.HasSuffix(name, ".zip") {
		return u.zip(archive)
	}
	f, err := os.Open(archive)
	if err != nil {
		return reason(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return damage(err)
	}
	if strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz") {
		return u.tar(z)
	}
	if plain, ok := strings.CutSuffix(name, ".gz"); ok {
		return u.file(plain, z)
	}
	return errors.New("want the ending .zip, .tar.gz, .tgz or .gz")
}

func (u *unpacker) zip(archive string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return damage(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if !f.Mode().IsRegular() {
			return errors.Errorf("%q is neither a file nor a folder", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			return damage(err)
		}
		err = u.file(f.Name, r)
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacker) tar(z io.Reader) error {
	// Also what is skipped has to be decompressed.
	t := tar.NewReader(&bounded{z, u.left + mostMembers*1024})
	for {
		h, err := t.Next()
		if err == io.EOF {
			// The padding behind the end, so that the checksum is compared.
			_, err := io.Copy(io.Discard, &bounded{z, mostSmall})
			return damage(err)
		}
		if err != nil {
			return damage(err)
		}
		switch h.Typeflag {
		case tar.TypeDir, tar.TypeXGlobalHeader:
		case tar.TypeReg:
			if err := u.file(h.Name, t); err != nil {
				return err
			}
		default:
			return errors.Errorf("%q is neither a file nor a folder", h.Name)
		}
	}
}

// file writes a member, if it is wanted.
func (u *unpacker) file(name string, r io.Reader) error {
	if u.members++; u.members > mostMembers {
		return errors.Errorf("more than %d files", mostMembers)
	}
	local := filepath.FromSlash(name)
	if strings.Contains(name, `\`) || !filepath.IsLocal(local) {
		return errors.Errorf("%q would leave the folder", name)
	}
	if u.keep != nil && !u.keep(path.Clean(name)) {
		return nil
	}
	if err := u.root.MkdirAll(filepath.Dir(local), 0o777); err != nil {
		return errors.Wrapf(reason(err), "cannot make the folder of %q", name)
	}
	f, err := u.root.Create(local)
	if err != nil {
		return errors.Wrapf(reason(err), "cannot write %q", name)
	}
	written, err := io.Copy(f, &bounded{r, u.left})
	u.left -= written
	if err != nil {
		f.Close()
		return errors.WithMessagef(damage(err), "%q", name)
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return errors.Wrapf(reason(err), "cannot write %q", name)
	}
	return errors.WithStack(f.Close())
}

// bounded is a reader with an error once more than left bytes come.
type bounded struct {
	r    io.Reader
	left int64
}

var errBomb = errors.New("it unpacks to far more than its size; it may be a decompression bomb")

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errBomb
	}
	return n, err
}

// damage explains an error of a format.
func damage(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("the archive is cut short; delete it and fetch it again")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zip.ErrChecksum):
		return errors.New("the archive has a wrong checksum; delete it and fetch it again")
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, zip.ErrFormat):
		return errors.New("it is no archive of its ending; delete it and fetch it again")
	}
	return err
}

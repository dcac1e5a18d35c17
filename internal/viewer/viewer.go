package viewer

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
)

//go:embed all:dist
var dist embed.FS

// File is one file of the web map.
type File struct {
	Name        string // such as app.js or fonts/be-vietnam-pro-latin-400.woff2
	ContentType string
	// Packed tells that the content is compressed by its format.
	Packed  bool
	Content []byte
}

// contentTypes by the end of the name.
var contentTypes = map[string]File{
	".html":        {ContentType: "text/html; charset=utf-8"},
	".js":          {ContentType: "text/javascript; charset=utf-8"},
	".css":         {ContentType: "text/css; charset=utf-8"},
	".json":        {ContentType: "application/json"},
	".webmanifest": {ContentType: "application/manifest+json"},
	".svg":         {ContentType: "image/svg+xml"},
	".txt":         {ContentType: "text/plain; charset=utf-8"},
	".png":         {ContentType: "image/png", Packed: true},
	".woff2":       {ContentType: "font/woff2", Packed: true},
}

// Files returns everything that was built, by name.
func Files() (map[string]File, error) {
	files := map[string]File{}
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, known := contentTypes[path.Ext(name)]
		if !known {
			return fmt.Errorf("viewer: what is %s?", name)
		}
		f.Name = name
		f.Content, err = fs.ReadFile(root, name)
		files[name] = f
		return err
	})
	return files, err
}

// Package webmap answers with the files of the web map, which is embedded, and with the
// styles by which it and others draw the tiles.
package webmap

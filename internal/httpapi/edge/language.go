package edge

import (
	"slices"

	"github.com/hanoitwin/hanoitwin/internal/httpapi/media"
)

// speaks tells whether answers of an operation have texts for people in one language.
// Files are the same for everybody.
func speaks(op *Operation) bool {
	return op.Scope == Change || !op.File && slices.ContainsFunc(op.Formats, media.Format.Spoken)
}

// chooseLanguage notes in which language to answer.
func (x *Exchange) chooseLanguage() {
	if fields := x.Request.Header["Accept-Language"]; len(fields) > 0 {
		x.Lang = media.Preferred(fields)
	}
}

// setLanguage says in which language the answer is, where its format has one.
func (x *Exchange) setLanguage() {
	if x.Op != nil && x.Op.spoken && x.Format.Spoken() {
		x.Headers[headerLanguage] = x.Fixed.language[x.Lang]
	}
}

const headerLanguage = "Content-Language"

// Say returns one of two texts that say the same, the one in the language of the
// answer.
func (x *Exchange) Say(vi, en string) string { return x.Lang.Say(vi, en) }

// LangOf is the language of an answer in a format, as links tell it; "" where there is
// none.
func (x *Exchange) LangOf(f media.Format) string {
	switch {
	case f.Spoken():
		return x.Lang.Tag()
	case f == media.Map:
		return media.Vietnamese.Tag()
	}
	return ""
}

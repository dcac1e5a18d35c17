package access

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestTokens(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id, hash, whole := newToken()
		gotID, secret, ok := splitToken(whole.Reveal())
		if !ok || gotID != id || digestOf(secret) != hash || seen[id] || seen[secret] {
			t.Fatalf("token of id %s: ok %t, id %s", id, ok, gotID)
		}
		seen[id], seen[secret] = true, true
	}
}

func TestSplitTokenRefuses(t *testing.T) {
	good := "ht_" + strings.Repeat("0a", 8) + "_" + strings.Repeat("9f", 32)
	if _, _, ok := splitToken(good); !ok {
		t.Fatal("the good one is refused")
	}
	for name, bad := range map[string]string{
		"nothing":         "",
		"prefix alone":    "ht_",
		"other prefix":    "hx_" + good[3:],
		"upper case":      strings.ToUpper(good),
		"id upper":        "ht_" + strings.ToUpper(good[3:19]) + good[19:],
		"short":           good[:len(good)-1],
		"long":            good + "0",
		"no separator":    strings.Replace(good[3:], "_", "0", 1) + "ht_",
		"early separator": "ht_" + strings.Repeat("0a", 7) + "_0" + "_" + strings.Repeat("9f", 32),
		"moved separator": "ht_" + strings.Repeat("0a", 7) + "_" + strings.Repeat("9f", 33),
		"not hex":         good[:len(good)-1] + "g",
		"space":           good[:len(good)-1] + " ",
		"not ASCII":       good[:len(good)-2] + "é",
		"zero byte":       good[:len(good)-1] + "\x00",
	} {
		if id, secret, ok := splitToken(bad); ok {
			t.Errorf("%s: id %q, secret %q", name, id, secret)
		}
	}
}

// FuzzSplitToken holds that what is taken for a token is exactly one.
func FuzzSplitToken(f *testing.F) {
	_, _, whole := newToken()
	f.Add(whole.Reveal())
	f.Add("ht_0123456789abcdef_")
	f.Add("ht__" + strings.Repeat("0", 80))
	f.Fuzz(func(t *testing.T, token string) {
		id, secret, ok := splitToken(token)
		if ok && ("ht_"+id+"_"+secret != token || len(id) != 16 || len(secret) != 64 || strings.Trim(id+secret, "0123456789abcdef") != "") {
			t.Fatalf("%q: id %q, secret %q", token, id, secret)
		}
	})
}

// TestNothingIsTold prints secrets in every way that a mistake could.
func TestNothingIsTold(t *testing.T) {
	_, _, secret := newToken()
	token := secret.Reveal()
	c := Credentials{Authorization: []string{"Bearer " + token}, APIKey: []string{token}}
	type holder struct {
		S Secret
		C Credentials
	}
	var out bytes.Buffer
	for _, v := range []any{secret, &secret, c, &c, holder{secret, c}, []any{secret, c}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("a mistake", "value", v)
		}
	}
	if !strings.Contains(out.String(), redacted) {
		t.Error("nothing was printed")
	}
	for _, leak := range []string{token, token[20:], fmt.Sprintf("%x", token[20:])} {
		if i := strings.Index(strings.ToLower(out.String()), leak); i >= 0 {
			t.Errorf("leaks: …%s…", out.String()[max(0, i-60):i])
		}
	}
}

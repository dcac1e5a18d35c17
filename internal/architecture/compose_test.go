package architecture

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/hanoitwin/hanoitwin/internal/realdata"
)

// TestComposeFile lets docker-compose judge docker-compose.yml: with a password
// it is valid, without one it is refused.
func TestComposeFile(t *testing.T) {
	root := moduleRoot(t)
	if _, err := exec.LookPath("docker-compose"); err != nil {
		realdata.Missing(t, "docker-compose: %v", err)
	}
	for password, valid := range map[string]bool{"bí mật": true, "": false} {
		cmd := exec.Command("docker-compose", "-f", filepath.Join(root, "docker-compose.yml"), "config", "-q")
		cmd.Env = append(os.Environ(), "POSTGRES_PASSWORD="+password)
		if out, err := cmd.CombinedOutput(); (err == nil) != valid {
			t.Errorf("with password %q: %v\n%s", password, err, out)
		}
	}
}

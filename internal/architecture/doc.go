// Package architecture holds no code, only the tests of what docs/architecture.md
// promises: imports point down, and each driver stays in its one package.
package architecture

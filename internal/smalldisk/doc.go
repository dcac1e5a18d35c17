// Package smalldisk gives tests a file system so small that they can really fill it.
//
// It is one in memory (tmpfs), which takes the right to mount. Root has it, but not in
// every container; so where it is wanting, the test program runs the test once more in
// a user and a mount namespace of its own (user_namespaces(7)), in which a process
// without any rights may mount, and the test has the result of that.
//
//	func TestFullDisk(t *testing.T) {
//		if !smalldisk.Allowed(t) {
//			return // it has run elsewhere
//		}
//		disk := smalldisk.New(t, dir, 8<<20)
//		disk.Fill()
//
// Where there is neither, the test is skipped, and fails with CI=true.
package smalldisk

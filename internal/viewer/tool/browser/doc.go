// Package browser holds no code, only tests: the real program is started with the
// seed data, Chromium opens the web map of it, and the tests do what a planner
// does and look at what a planner sees.
//
// All share one Chromium; each tab has a profile of its own, and most tests open
// their links in tabs that are there already (visit). Those that change the city
// start a server of their own. Several run at once. Drawing by software takes most
// of the time: the screens have a sixteenth of the pixels of real ones, but
// for pictures, and no motion but where it is asked for (lively).
//
// Nothing waits for a time, but for something that is seen, and long (patience):
// what fails on a busy machine is a mistake in the map.
//
// Each test ends by asking that the page has written no warning or error to its
// console, has asked no other server for anything and got no refusal. Golden
// pictures are in testdata; -update takes them anew: look at them.
package browser

package twin

// TakeAtMost makes the twin read everything anew where more than n features
// changed.
func (t *Twin) TakeAtMost(n int) { t.revisions = n }

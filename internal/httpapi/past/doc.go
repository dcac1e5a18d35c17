// Package past answers what was and what differs: the history of a feature, the
// differences between two versions or two days, as features and as tiles.
package past

package page

// Everything tells whether the question is for all features of the layer, by id.
func (q *Question) Everything() bool { return q.all() && len(q.Order) == 0 }

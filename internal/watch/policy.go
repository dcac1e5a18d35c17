package watch

type Policy struct{}
type Webhook struct{}

func (r *reader) webhook(raw []byte, p *Policy) *Webhook { return nil }

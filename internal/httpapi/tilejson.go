package httpapi

func (x *exchange) tileJSON() error { return notReady() }

package httpapi

func (x *exchange) nearby() error     { return notReady() }
func (x *exchange) nearbyItem() error { return notReady() }

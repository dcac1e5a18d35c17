// Package webhook sends signed messages (Standard Webhooks) to receivers that the
// operator lists, and to nobody else.
//
//	Policy: which hosts and addresses ──┐ checked when a Webhook is made, and again
//	                                    │ at each connection, after the name was
//	Webhook: URL, Secret ──► Sender ────┴─► resolved
//	                           │
//	                           └─► taken, or a Refusal: why, how long to wait
package webhook

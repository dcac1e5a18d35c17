// Package access decides who a client is, what it may do, and how often.
//
//	credentials, address ──► Guard.Admit ──────────────────────► Principal
//	                            │                                name, role, layers
//	     too many failures? ────┤► LimitError
//	                            ▼
//	     Authenticator: ht_…  ──► Keyring, read from the store each second
//	                    a JWT ──► Issuer, whose public keys are cached
//	                    none  ──► anonymous, or ErrNoCredentials
//	                            │
//	     too many requests? ────┘► LimitError
//
// It knows no HTTP server, only the text of two headers and an address, and of
// the store no more than its documents.
//
// # API keys
//
// A key is shown once, when it is made:
//
//	ht_ 5f0c2b9e41d7a836 _ 9b1d…64 hexadecimal digits…e07a
//	    id, 64 bits        secret, 256 random bits
//
// The id finds the key and is no secret. Of the secret only the SHA-256 is
// stored. A slow hash (bcrypt, Argon2) exists to make it costly to try likely
// passwords; a secret of 256 random bits has no likely values, so that whoever
// steals the hashes gains nothing from a fast one, while each request would pay
// for a slow one and a flood of wrong keys could stop the server with it.
//
// Whether a token is right takes the same time to find out wherever it is
// wrong. Tokens are never logged: Secret and Credentials print as [redacted].
//
// # When something is down
//
// Keys stay valid as they were last read while the store cannot be reached; a
// key that is revoked meanwhile, through another connection to the same store,
// works until it can be read again. Tokens of an issuer that cannot be reached
// are accepted for a day with the public keys that are known, and refused with
// ErrUnavailable when none are.
//
// # Reading the code
//
// Principal says what one may do. Then Guard.Admit, and from there down.
package access

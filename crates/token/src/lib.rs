//! Signed voucher tokens (PASETO v4.public) and anonymous shopper codes.

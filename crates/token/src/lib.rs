//! Signed voucher tokens (PASETO v4.public) and anonymous shopper codes.
//!
//! A token says that a campaign has granted a voucher to a shopper. Whoever has the public key can check that without asking
//! anyone; whether the grant was used already is the ledger's business. There is no clock and no source of randomness here:
//! seeds, codes and the time come from the shell, so the same code runs in a page and on a server.

mod claims;
mod key;
mod paseto;
mod shopper;
mod time;

pub use claims::{Claims, ClaimsError, VoucherClaims};
pub use key::{KeyError, SigningKey, VerifyingKey};
pub use paseto::{LEEWAY, MAX_TOKEN, TokenError, verify_any};
pub use shopper::{CodeError, ShopperCode};

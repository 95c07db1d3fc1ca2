//! PASETO v4.public: `v4.public.<payload and signature>.<footer>`, by the specification, and stricter.
//!
//! The footer names the key. The campaign's id is the implicit assertion: it is signed with every token and not in it, so a
//! token of one campaign is nothing to another, even under the same key. Of every token there is exactly one spelling.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use thiserror::Error;

use crate::{
    claims::VoucherClaims,
    key::{SigningKey, VerifyingKey},
};

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN: usize = 2048;
/// How far two clocks may be apart, in seconds.
pub const LEEWAY: i64 = 60;

const HEADER: &str = "v4.public.";
const SIGNATURE: usize = 64;

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// More than [`MAX_TOKEN`] bytes.
    #[error("expected a token of at most 2048 bytes, found {0}")]
    TooLong(usize),
    /// Another version or purpose.
    #[error("expected a token that begins with v4.public.")]
    Version,
    /// Wrong number of parts, or a part is not base64url in its one canonical form.
    #[error("expected payload and footer in base64url without padding")]
    Encoding,
    /// It names no key that is known here.
    #[error("the token was signed with an unknown key")]
    UnknownKey,
    /// Changed, forged, or of another campaign.
    #[error("the signature does not fit the token and the campaign")]
    Signature,
    /// Signed, but not what a voucher's token says.
    #[error("expected the claims iss, sub, jti, voucher, iat and exp, each once and sound")]
    Claims,
    /// Signed in the name of another campaign.
    #[error("the token was issued by another campaign")]
    Campaign,
    /// From the future.
    #[error("the token begins at {0} seconds since 1970")]
    NotYetValid(i64),
    /// Over.
    #[error("the token ended at {0} seconds since 1970")]
    Expired(i64),
}

impl TokenError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "token_too_long",
            Self::Version => "token_version_unsupported",
            Self::Encoding => "token_malformed",
            Self::UnknownKey => "token_key_unknown",
            Self::Signature => "token_signature_invalid",
            Self::Claims => "token_claims_invalid",
            Self::Campaign => "token_campaign_mismatch",
            Self::NotYetValid(_) => "token_not_yet_valid",
            Self::Expired(_) => "token_expired",
        }
    }
}

impl SigningKey {
    /// The token of these claims; the same claims make the same token.
    #[must_use]
    pub fn sign(&self, claims: &VoucherClaims) -> String {
        seal(self, claims.payload().as_bytes(), self.verifying_key().footer(), &claims.campaign)
    }
}

impl VerifyingKey {
    /// Checks a token for `campaign` at `now`, in seconds since 1970, with [`LEEWAY`].
    ///
    /// # Errors
    /// [`TokenError`]; nothing of a refused token can be read.
    pub fn verify(&self, token: &str, campaign: &str, now: i64) -> Result<VoucherClaims, TokenError> {
        verify_any(std::slice::from_ref(self), token, campaign, now)
    }
}

/// [`VerifyingKey::verify`] with whichever of the keys the token names, for the time when a key is replaced by another.
///
/// # Errors
/// [`TokenError`]; nothing of a refused token can be read.
pub fn verify_any(keys: &[VerifyingKey], token: &str, campaign: &str, now: i64) -> Result<VoucherClaims, TokenError> {
    let parts = Parts::read(token)?;
    // There is one spelling of a footer for each key, so that the bytes can be compared without reading them.
    let key = keys.iter().find(|key| key.footer().as_bytes() == parts.footer).ok_or(TokenError::UnknownKey)?;
    let payload = parts.open(key, campaign)?;
    let claims = VoucherClaims::from_payload(payload).ok_or(TokenError::Claims)?;
    if claims.campaign != campaign {
        return Err(TokenError::Campaign);
    }
    if claims.issued_at > now.saturating_add(LEEWAY) {
        return Err(TokenError::NotYetValid(claims.issued_at));
    }
    if claims.expires_at < now.saturating_sub(LEEWAY) {
        return Err(TokenError::Expired(claims.expires_at));
    }
    Ok(claims)
}

/// A token taken apart; nothing of it is believed yet.
struct Parts {
    message: Vec<u8>,
    signature: [u8; SIGNATURE],
    footer: Vec<u8>,
}

impl Parts {
    fn read(token: &str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN {
            return Err(TokenError::TooLong(token.len()));
        }
        let rest = token.strip_prefix(HEADER).ok_or(TokenError::Version)?;
        let (body, footer) = rest.split_once('.').unwrap_or((rest, ""));
        let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Encoding);
        let (mut message, footer) = (decode(body)?, decode(footer)?);
        let length = message.len().checked_sub(SIGNATURE).ok_or(TokenError::Encoding)?;
        let signature = message.split_off(length).try_into().map_err(|_| TokenError::Encoding)?;
        Ok(Self { message, signature, footer })
    }

    /// The payload, once the signature has been checked.
    fn open(&self, key: &VerifyingKey, implicit: &str) -> Result<&[u8], TokenError> {
        let signed = authenticated([HEADER.as_bytes(), &self.message, &self.footer, implicit.as_bytes()]);
        if key.accepts(&signed, &self.signature) { Ok(&self.message) } else { Err(TokenError::Signature) }
    }
}

fn seal(key: &SigningKey, message: &[u8], footer: &str, implicit: &str) -> String {
    let signature =
        key.sign_bytes(&authenticated([HEADER.as_bytes(), message, footer.as_bytes(), implicit.as_bytes()]));
    let mut token = HEADER.to_owned();
    BASE64_URL_SAFE_NO_PAD.encode_string([message, &signature].concat(), &mut token);
    if !footer.is_empty() {
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(footer, &mut token);
    }
    token
}

/// PASETO's pre-authentication encoding: how many pieces, then each with its length, so that none can flow into the next.
fn authenticated(pieces: [&[u8]; 4]) -> Vec<u8> {
    let length = |length: usize| (length as u64 & (u64::MAX >> 1)).to_le_bytes();
    let mut bytes = length(pieces.len()).to_vec();
    for piece in pieces {
        bytes.extend(length(piece.len()));
        bytes.extend(piece);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Parts, TokenError, seal};
    use crate::key::{SigningKey, VerifyingKey};

    const SECRET: &str =
        "k4.secret.tMv7Q99M4hByfZU-SnEzB_oZu32fhQQUONnhG5QqN3Qeudu7vAR8A_1wYE4AcfCYfhayi3VyJcEfAEFdDiCxog";
    const MESSAGE: &str = r#"{"data":"this is a signed message","exp":"2022-01-01T00:00:00+00:00"}"#;
    const FOOTER: &str = r#"{"kid":"zVhMiPBP9fRf2snEcT7gFTioeA9COcNy9DfgL1W60haN"}"#;

    /// The specification's own vectors 4-S-1 to 4-S-3.
    #[test]
    fn the_specification_signs_alike() {
        let key: SigningKey = SECRET.parse().unwrap();
        for (footer, implicit, token) in [
            (
                "",
                "",
                "v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9bg_XBBzds8lTZShVlwwKSgeKpLT3yukTw6JUz3W4h_ExsQV-P0V54zemZDcAxFaSeef1QlXEFtkqxT1ciiQEDA",
            ),
            (
                FOOTER,
                "",
                "v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9v3Jt8mx_TdM2ceTGoqwrh4yDFn0XsHvvV_D0DtwQxVrJEBMl0F2caAdgnpKlt4p7xBnx1HcO-SPo8FPp214HDw.eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
            ),
            (
                FOOTER,
                r#"{"test-vector":"4-S-3"}"#,
                "v4.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9NPWciuD3d0o5eXJXG5pJy-DiVEoyPYWs1YSTwWHNJq6DZD3je5gf-0M4JR9ipdUSJbIovzmBECeaWmaqcaP0DQ.eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
            ),
        ] {
            assert_eq!(seal(&key, MESSAGE.as_bytes(), footer, implicit), token);
            let parts = Parts::read(token).unwrap();
            assert_eq!(parts.footer, footer.as_bytes());
            assert_eq!(parts.open(key.verifying_key(), implicit), Ok(MESSAGE.as_bytes()));
            assert_eq!(parts.open(key.verifying_key(), "other"), Err(TokenError::Signature));
        }
    }

    /// 4-F-1 to 4-F-5: another purpose, another version, a signature of nothing, a wrong length, padding.
    #[test]
    fn the_specification_refuses_alike() {
        let key: VerifyingKey = SECRET.parse::<SigningKey>().unwrap().verifying_key().clone();
        for (token, implicit, error) in [
            (
                "v4.local.vngXfCISbnKgiP6VWGuOSlYrFYU300fy9ijW33rznDYgxHNPwWluAY2Bgb0z54CUs6aYYkIJ-bOOOmJHPuX_34Agt_IPlNdGDpRdGNnBz2MpWJvB3cttheEc1uyCEYltj7wBQQYX.YXJiaXRyYXJ5LXN0cmluZy10aGF0LWlzbid0LWpzb24",
                r#"{"test-vector":"4-F-1"}"#,
                TokenError::Version,
            ),
            (
                "v4.public.eyJpbnZhbGlkIjoidGhpcyBzaG91bGQgbmV2ZXIgZGVjb2RlIn22Sp4gjCaUw0c7EH84ZSm_jN_Qr41MrgLNu5LIBCzUr1pn3Z-Wukg9h3ceplWigpoHaTLcwxj0NsI1vjTh67YB.eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
                r#"{"test-vector":"4-F-2"}"#,
                TokenError::Signature,
            ),
            (
                "v3.local.23e_2PiqpQBPvRFKzB0zHhjmxK3sKo2grFZRRLM-U7L0a8uHxuF9RlVz3Ic6WmdUUWTxCaYycwWV1yM8gKbZB2JhygDMKvHQ7eBf8GtF0r3K0Q_gF1PXOxcOgztak1eD1dPe9rLVMSgR0nHJXeIGYVuVrVoLWQ.YXJiaXRyYXJ5LXN0cmluZy10aGF0LWlzbid0LWpzb24",
                r#"{"test-vector":"4-F-3"}"#,
                TokenError::Version,
            ),
            (
                "v4.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAr68PS4AXe7If_ZgesdkUMvSwscFlAl1pk5HC0e8kApeaqMfGo_7OpBnwJOAbY9V7WU6abu74MmcUE8YWAiaArVI8XJ5hOb_4v9RmDkneN0S92dx0OW4pgy7omxgf3S8c3LlQh",
                "",
                TokenError::Version,
            ),
            (
                "v4.local.32VIErrEkmY4JVILovbmfPXKW9wT1OdQepjMTC_MOtjA4kiqw7_tcaOM5GNEcnTxl60WkwMsYXw6FSNb_UdJPXjpzm0KW9ojM5f4O2mRvE2IcweP-PRdoHjd5-RHCiExR1IK6t4x-RMNXtQNbz7FvFZ_G-lFpk5RG3EOrwDL6CgDqcerSQ==.eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
                "",
                TokenError::Version,
            ),
        ] {
            let opened = Parts::read(token).and_then(|parts| parts.open(&key, implicit).map(<[u8]>::to_vec));
            assert_eq!(opened, Err(error));
        }
    }

    #[test]
    fn signed_nonsense_is_refused_by_its_claims() {
        let key: SigningKey = SECRET.parse().unwrap();
        let sound = r#"{"iss":"c","sub":"s","jti":"g","voucher":"v","iat":"2026-01-01T00:00:00Z","exp":"2026-02-01T00:00:00Z"}"#;
        let verify = |payload: &str| {
            let token = seal(&key, payload.as_bytes(), key.verifying_key().footer(), "c");
            key.verifying_key().verify(&token, "c", 1_767_225_600).map(|claims| claims.voucher.clone())
        };
        assert_eq!(verify(sound).as_deref(), Ok("v"));
        assert_eq!(verify(&sound.replace(r#""iss":"c""#, r#""iss":"d""#)), Err(TokenError::Campaign));
        for (from, to) in [
            (r#""jti":"g""#, r#""jti":"g","jti":"g""#),
            (r#""jti":"g""#, r#""jti":"g","role":"admin""#),
            (r#""jti":"g","#, ""),
            (r#""jti":"g""#, r#""jti":7"#),
            (r#""jti":"g""#, r#""jti":"""#),
            (r#""jti":"g""#, r#""jti":"\u0000""#),
            ("2026-02-01", "2026-02-31"),
            ("2026-02-01T00:00:00Z", "1769904000"),
            ("2026-02-01", "2025-02-01"),
            ("}", "} {}"),
            ("{", "["),
        ] {
            let changed = sound.replacen(from, to, 1);
            assert_ne!(changed, sound);
            assert_eq!(verify(&changed), Err(TokenError::Claims), "{changed}");
        }
    }
}

//! Ed25519 keys with their text forms (PASERK `k4.public.` and `k4.secret.`) and ids.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::Signer;
use sha2::{Digest, Sha256};
use thiserror::Error;

const PUBLIC: &str = "k4.public.";
const SECRET: &str = "k4.secret.";

/// A text that is no key. It is not repeated, because it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Another kind of text.
    #[error("expected a PASERK that begins with {expected}")]
    Kind {
        /// What it should begin with.
        expected: &'static str,
    },
    /// The part after the kind is not what it should be.
    #[error("expected {bytes} bytes in base64url without padding after {expected}")]
    Encoding {
        /// How many bytes.
        bytes: usize,
        /// After what.
        expected: &'static str,
    },
    /// The bytes are no key, or the two halves of a secret key do not belong together.
    #[error("expected the bytes of an Ed25519 key: make a new one")]
    Bytes,
}

/// Signs tokens. Its bytes are wiped when it is dropped.
#[derive(Clone)]
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    #[cfg(feature = "fast")]
    fast: Option<std::sync::Arc<aws_lc_rs::signature::Ed25519KeyPair>>,
    public: VerifyingKey,
}

/// Checks tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    key: ed25519_dalek::VerifyingKey,
    footer: String,
}

impl SigningKey {
    /// The key of a seed. For a new key the seed is 32 bytes from the system's source of randomness.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = VerifyingKey::new(key.verifying_key());
        Self {
            #[cfg(feature = "fast")]
            fast: aws_lc_rs::signature::Ed25519KeyPair::from_seed_and_public_key(seed, public.key.as_bytes())
                .ok()
                .map(std::sync::Arc::new),
            key,
            public,
        }
    }

    /// The key that checks what this one signs.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// `k4.secret.…`, for a file that nobody else can read.
    #[must_use]
    pub fn to_paserk(&self) -> String {
        SECRET.to_owned() + &BASE64_URL_SAFE_NO_PAD.encode(self.key.to_keypair_bytes())
    }

    /// Of a message and a key there is one signature (RFC 8032), whoever computes it.
    pub(crate) fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        #[cfg(feature = "fast")]
        if let Some(signature) = self.fast.as_ref().and_then(|key| key.sign(message).as_ref().try_into().ok()) {
            return signature;
        }
        self.key.sign(message).to_bytes()
    }
}

impl VerifyingKey {
    fn new(key: ed25519_dalek::VerifyingKey) -> Self {
        let hash = Sha256::new().chain_update(b"oolong token key id 1\0").chain_update(key.as_bytes()).finalize();
        let id = BASE64_URL_SAFE_NO_PAD.encode(&hash[..16]);
        Self { key, footer: format!(r#"{{"kid":"{id}"}}"#) }
    }

    /// The key of these 32 bytes.
    ///
    /// # Errors
    /// [`KeyError::Bytes`] when they are no point of the curve, or one for which anybody can sign.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Bytes)?;
        if key.is_weak() { Err(KeyError::Bytes) } else { Ok(Self::new(key)) }
    }

    /// `k4.public.…`, for files and flags.
    #[must_use]
    pub fn to_paserk(&self) -> String {
        PUBLIC.to_owned() + &BASE64_URL_SAFE_NO_PAD.encode(self.key.as_bytes())
    }

    /// The key's id as tokens name it: 128 bits of its SHA-256, in base64url.
    #[must_use]
    pub fn id(&self) -> &str {
        self.footer.trim_start_matches(r#"{"kid":""#).trim_end_matches(r#""}"#)
    }

    /// The footer of every token that this key checks.
    pub(crate) fn footer(&self) -> &str {
        &self.footer
    }

    pub(crate) fn accepts(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes: [u8; 64] = decode(text, SECRET)?;
        let key = ed25519_dalek::SigningKey::from_keypair_bytes(&bytes).map_err(|_| KeyError::Bytes)?;
        Ok(Self::from_seed(key.as_bytes()))
    }
}

impl FromStr for VerifyingKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&decode(text, PUBLIC)?)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, sink: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(sink, "SigningKey({})", self.public.id())
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, sink: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(sink, "VerifyingKey({})", self.to_paserk())
    }
}

fn decode<const BYTES: usize>(text: &str, expected: &'static str) -> Result<[u8; BYTES], KeyError> {
    let rest = text.trim().strip_prefix(expected).ok_or(KeyError::Kind { expected })?;
    let wrong = KeyError::Encoding { bytes: BYTES, expected };
    if rest.len() != BYTES.saturating_mul(4).div_ceil(3) {
        return Err(wrong);
    }
    BASE64_URL_SAFE_NO_PAD.decode(rest).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(wrong)
}

#[cfg(all(test, feature = "fast"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_ways_give_the_same_signature(seed in any::<[u8; 32]>(), message in prop::collection::vec(any::<u8>(), 0..600)) {
            let key = SigningKey::from_seed(&seed);
            prop_assert!(key.fast.is_some());
            prop_assert_eq!(key.sign_bytes(&message), key.key.sign(&message).to_bytes());
        }
    }
}

//! The shop's two secrets: made at the first start, in files that only their owner can read.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The file of the seed of the vouchers' tokens.
const TOKEN: &str = "token.key";
/// The file of the secret that stores' keys are made of.
const STORES: &str = "stores.key";
/// Bytes of a secret.
const LENGTH: usize = 32;

/// What the shop signs and checks with.
pub(crate) struct Keyring {
    /// Ed25519 seed of the vouchers' tokens.
    pub(crate) seed: [u8; LENGTH],
    /// Made before any store is known, so that each key costs one pass.
    stores: Hmac<Sha256>,
}

impl Keyring {
    /// Reads the secrets in `folder`, or makes them.
    ///
    /// # Errors
    /// When they cannot be read or written, or are none.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let [seed, stores] = [TOKEN, STORES].map(|file| secret(&folder.join(file)));
        Self::of(seed?, &stores?)
    }

    /// Whether there are secrets in `folder`.
    pub(crate) fn is_in(folder: &Path) -> bool {
        [TOKEN, STORES].iter().all(|file| folder.join(file).is_file())
    }

    /// Secrets that nobody keeps, for work that needs none.
    pub(crate) fn passing() -> Result<Self> {
        Self::of(rand::random(), &rand::random())
    }

    fn of(seed: [u8; LENGTH], stores: &[u8; LENGTH]) -> Result<Self> {
        let stores = Hmac::new_from_slice(stores).context("a secret of any length is a key")?;
        Ok(Self { seed, stores })
    }

    /// The key that a store's till says.
    pub(crate) fn store_key(&self, store: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.stores.clone().chain_update(store).finalize().into_bytes())
    }

    /// Whether `key` is the key of `store`; takes the same time whatever is wrong with it.
    pub(crate) fn is_key_of(&self, key: &str, store: &str) -> bool {
        let key = URL_SAFE_NO_PAD.decode(key).unwrap_or_default();
        self.stores.clone().chain_update(store).verify_slice(&key).is_ok()
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Keyring(…)")
    }
}

fn secret(path: &Path) -> Result<[u8; LENGTH]> {
    if !path.exists() {
        make(path).with_context(|| format!("making the key {}", path.display()))?;
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("reading the key {}", path.display()))?;
    if std::fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        tracing::warn!("a key can be read by others: set its mode to 600");
    }
    let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    let Some(bytes) = bytes else {
        bail!("{}: expected {LENGTH} bytes in base64url, found something else", path.display());
    };
    Ok(bytes)
}

/// Written beside its place and then put there, so that two processes that start together have the same one.
fn make(path: &Path) -> std::io::Result<()> {
    let draft = path.with_extension(format!("draft-{:016x}", rand::random::<u64>()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(URL_SAFE_NO_PAD.encode(rand::random::<[u8; LENGTH]>()).as_bytes())?;
    file.sync_all()?;
    let put = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match put {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    // The name must survive a loss of power as well.
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_made_once_and_for_their_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let ring = Keyring::open(folder.path()).expect("made");
        let again = Keyring::open(folder.path()).expect("read");
        assert_eq!(ring.seed, again.seed);
        let key = ring.store_key("s-1");
        assert_eq!(key, again.store_key("s-1"));
        assert!(ring.is_key_of(&key, "s-1"));
        assert!(Keyring::is_in(folder.path()));
        for wrong in ["", "zz", &key[1..], &ring.store_key("s-2")] {
            assert!(!ring.is_key_of(wrong, "s-1"), "{wrong}");
        }
        for file in std::fs::read_dir(folder.path()).expect("a folder") {
            let file = file.expect("a file");
            assert_eq!(file.metadata().expect("its mode").permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(folder.path().join("token.key"), "short").expect("written");
        assert!(Keyring::open(folder.path()).is_err());
    }

    #[test]
    fn a_ring_shows_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(format!("{:?}", Keyring::open(folder.path()).expect("made")), "Keyring(…)");
    }
}

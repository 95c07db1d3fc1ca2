//! Who the shopper is: an anonymous code made in this browser, which is all that the wallet hangs on.
//!
//! There is no account. Whoever has the code has the wallet, so it is shown only when asked for, and sent only to the
//! shop server. It is read from storage at every use: tabs that were opened at the same moment then agree on one.

use std::cell::RefCell;

use oolong_token::ShopperCode;

use crate::storage;

/// Where the code lies in the browser's storage.
pub(crate) const KEY: &str = "oolong:shopper";

thread_local! {
    /// Where storage is forbidden, the code lasts as long as the page.
    static UNKEPT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The code, made at the first use.
pub(crate) fn code() -> String {
    kept().unwrap_or_else(|| {
        let made = UNKEPT.with_borrow_mut(|unkept| {
            unkept.get_or_insert_with(|| ShopperCode::from_bytes(random()).to_string()).clone()
        });
        storage::save(KEY, &made);
        // Another tab may have been faster between the two steps.
        kept().unwrap_or(made)
    })
}

/// Whether the browser keeps the code for the next visit.
pub(crate) fn is_kept() -> bool {
    kept().is_some()
}

/// A code as typed or pasted, in the form that [`code`] has; `None` if it is none.
pub(crate) fn read(typed: &str) -> Option<String> {
    typed.parse::<ShopperCode>().ok().map(|code| code.to_string())
}

/// Takes the code of another browser.
pub(crate) fn restore(code: &str) {
    storage::save(KEY, &code);
    UNKEPT.set(Some(code.to_owned()));
}

/// A key for one wish: an idempotency key, or a wish's id.
pub(crate) fn fresh_key() -> String {
    random::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn kept() -> Option<String> {
    storage::load::<String>(KEY).filter(|code| code.parse::<ShopperCode>().is_ok())
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let filled = crypto.and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok());
    filled.expect("every browser with WebAssembly has getRandomValues");
    bytes
}

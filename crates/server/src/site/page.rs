//! Names that mean something to the page, and the one line of it that this server changes.

/// The page.
pub(crate) const INDEX: &str = "index.html";
/// The script that keeps the page for offline use.
pub(crate) const SERVICE_WORKER: &str = "sw.js";
/// What replaces it when it has to go: it unregisters itself and deletes what was kept.
pub(crate) const SERVICE_WORKER_OFF: &str = "sw-off.js";

const NO_AGENT: &str = r#"<meta name="oolong-remote" content="">"#;
const AGENT: &str = r#"<meta name="oolong-remote" content="v1/chat/completions">"#;

const NO_SHOP: &str = r#"<meta name="oolong-shop" content="">"#;
const SHOP: &str = r#"<meta name="oolong-shop" content="v1/">"#;

/// The page, told that there is a remote agent.
pub(crate) fn with_agent(page: &[u8]) -> Vec<u8> {
    told(page, NO_AGENT, AGENT)
}

/// The page, told that there is a shop.
pub(crate) fn with_shop(page: &[u8]) -> Vec<u8> {
    told(page, NO_SHOP, SHOP)
}

/// The page with one of its lines changed.
pub(super) fn told(page: &[u8], nothing: &str, something: &str) -> Vec<u8> {
    match std::str::from_utf8(page) {
        Ok(text) => text.replacen(nothing, something, 1).into_bytes(),
        Err(_) => page.to_vec(),
    }
}

/// The path with its `%xx` resolved; nothing if that gives no text.
pub(crate) fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high << 4 | low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_learns_of_the_agent() {
        let page = format!("<head>{NO_AGENT}</head>");
        assert_eq!(with_agent(page.as_bytes()), format!("<head>{AGENT}</head>").as_bytes());
        assert_eq!(with_agent(b"\xff"), b"\xff");
        assert_eq!(with_shop(format!("a{NO_SHOP}b").as_bytes()), format!("a{SHOP}b").as_bytes());
    }

    #[test]
    fn paths_are_decoded_once() {
        assert_eq!(decoded("a%20b").as_deref(), Some("a b"));
        assert_eq!(decoded("%e8%8c%b6.json").as_deref(), Some("茶.json"));
        assert_eq!(decoded("%252e").as_deref(), Some("%2e"));
        for broken in ["%", "%2", "%zz", "%ff", "%+1"] {
            assert_eq!(decoded(broken), None, "{broken}");
        }
    }
}

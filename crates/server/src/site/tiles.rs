//! Pictures of another host under the map, where the operator has some.

use axum::http::HeaderValue;
use reqwest::Url;

use super::headers::POLICY;
use super::page::told;

const NO_TILES: &str = r#"<meta name="oolong-tiles" content="">"#;
const NO_ATTRIBUTION: &str = r#"<meta name="oolong-tiles-attribution" content="">"#;
const PICTURES: &str = "img-src 'self' data:";

/// Where the pictures are, and whose they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapTiles {
    template: String,
    /// The host, as a policy names it.
    origin: String,
}

impl std::str::FromStr for MapTiles {
    type Err = String;

    /// Reads `https://host/{z}/{x}/{y}.png`.
    fn from_str(text: &str) -> Result<Self, String> {
        let expected = |found: &str| format!("expected https://host/…/{{z}}/{{x}}/{{y}}…, found {found}");
        let url = Url::parse(text).map_err(|error| expected(&error.to_string()))?;
        if let Some(missing) = ["{z}", "{x}", "{y}"].into_iter().find(|part| !text.contains(part)) {
            return Err(expected(&format!("no {missing}")));
        }
        // What a policy or an attribute could be left with is in none of these.
        let odd = |letter: char| !letter.is_ascii_graphic() || "\"'<>;,".contains(letter);
        if !matches!(url.scheme(), "https" | "http") || text.chars().any(odd) {
            return Err(expected("another scheme, or characters that no such address has"));
        }
        Ok(Self { template: text.to_owned(), origin: url.origin().ascii_serialization() })
    }
}

impl MapTiles {
    /// The page, told of them and allowed to show them.
    pub(crate) fn told(&self, page: &[u8], attribution: &str) -> Vec<u8> {
        let filled = |meta: &str, content: &str| {
            let content = content.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
            meta.replace("content=\"\"", &format!("content=\"{content}\""))
        };
        let page = told(page, NO_TILES, &filled(NO_TILES, &self.template));
        let page = told(&page, NO_ATTRIBUTION, &filled(NO_ATTRIBUTION, attribution));
        told(&page, PICTURES, &self.pictures())
    }

    /// The page's policy with them.
    pub(crate) fn policy(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&POLICY.replacen(PICTURES, &self.pictures(), 1)).ok()
    }

    fn pictures(&self) -> String {
        format!("{PICTURES} {}", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_told_and_may_show_them() {
        let page = include_bytes!("../../../../index.html");
        let tiles: MapTiles = "https://tiles.example:8443/m/{z}/{x}/{y}.png?a=1&b=2".parse().expect("a template");
        let told = String::from_utf8(tiles.told(page, "© A & \"B\"")).expect("text");
        assert!(told.contains(r#"content="https://tiles.example:8443/m/{z}/{x}/{y}.png?a=1&amp;b=2""#), "{told}");
        assert!(told.contains(r#"<meta name="oolong-tiles-attribution" content="© A &amp; &quot;B&quot;">"#), "{told}");
        let policy = tiles.policy().expect("a header");
        let policy = policy.to_str().expect("ASCII");
        assert!(policy.contains("img-src 'self' data: https://tiles.example:8443;"), "{policy}");
        assert!(told.contains(policy), "one policy is not the other");
    }

    #[test]
    fn what_is_no_address_of_tiles_is_refused() {
        for wrong in [
            "",
            "tiles/{z}/{x}/{y}.png",
            "https://tiles.example/{z}/{x}.png",
            "javascript:{z}{x}{y}",
            "https://tiles.example/{z}/{x}/{y}.png; script-src *",
            "https://tiles.example/{z}/{x}/{y}\"><script>",
        ] {
            assert!(wrong.parse::<MapTiles>().is_err(), "{wrong}");
        }
    }
}

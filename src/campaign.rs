//! Fetches the campaign: `campaign.json` beside the page, or `?campaign=` on the same site.

use std::sync::Arc;

use gloo_net::http::Request;
use oolong_catalog::{Campaign, CampaignError};

/// A campaign with the text it was read from, which the worker reads once more.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) campaign: Arc<Campaign>,
    pub(crate) text: String,
}

/// Why there is no campaign, for the page to phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoCampaign {
    /// It could not be fetched.
    Unreachable { url: String, reason: String },
    /// The address is on another site.
    Foreign { url: String },
    /// A field is wrong.
    Refused { url: String, path: String, reason: String },
}

/// Loads and checks the campaign that the page's address asks for.
pub(crate) async fn load() -> Result<Loaded, NoCampaign> {
    let url = address()?;
    let unreachable = |reason: String| NoCampaign::Unreachable { url: url.clone(), reason };
    let response = Request::get(&url).send().await.map_err(|error| unreachable(error.to_string()))?;
    if !response.ok() {
        return Err(unreachable(format!("HTTP {}", response.status())));
    }
    let text = response.text().await.map_err(|error| unreachable(error.to_string()))?;
    match Campaign::from_json(text.as_bytes()) {
        Ok(campaign) => Ok(Loaded { campaign: Arc::new(campaign), text }),
        Err(CampaignError::Shape { path, reason }) => Err(NoCampaign::Refused { url, path, reason }),
        Err(CampaignError::Content { path, expected, found }) => {
            Err(NoCampaign::Refused { url, path, reason: format!("expected {expected}, found {found}") })
        }
    }
}

/// The absolute address; another site's campaign is refused, because it would decide what is sold under this name.
fn address() -> Result<String, NoCampaign> {
    let asked = web_sys::window().and_then(|window| {
        let location = window.location();
        let query = web_sys::UrlSearchParams::new_with_str(&location.search().ok()?).ok()?;
        let wanted = query.get("campaign").unwrap_or_else(|| "campaign.json".to_owned());
        let url = web_sys::Url::new_with_base(&wanted, &location.href().ok()?);
        let same = url.as_ref().is_ok_and(|url| location.origin().is_ok_and(|origin| url.origin() == origin));
        Some(if same { url.map(|url| url.href()).map_err(|_| wanted) } else { Err(wanted) })
    });
    match asked {
        None => Ok("campaign.json".to_owned()),
        Some(Ok(url)) => Ok(url),
        Some(Err(url)) => Err(NoCampaign::Foreign { url }),
    }
}

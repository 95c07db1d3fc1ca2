//! From bytes to a campaign that can be trusted, or to the field that is wrong.

use std::collections::HashSet;

use oolong_intent::{Frame, FrameError, Goods, Item, Target};
use thiserror::Error;

use crate::campaign::{Campaign, Discount};

/// The largest campaign file that is read, in bytes.
const MAX_BYTES: usize = 16 << 20;

/// Why a campaign is refused.
#[derive(Debug, Error)]
pub enum CampaignError {
    /// The JSON has another shape than the contract's.
    #[error("campaign field `{path}`: {reason}")]
    Shape {
        /// Path of the field: `brands[0].menu[3].price`.
        path: String,
        /// What was expected and found.
        reason: String,
    },
    /// The shape is right, the content is not.
    #[error("campaign field `{path}`: expected {expected}, found {found}")]
    Content {
        /// Path of the field.
        path: String,
        /// What the contract asks for.
        expected: &'static str,
        /// What stood there.
        found: String,
    },
}

impl Campaign {
    /// Reads and checks a campaign file.
    ///
    /// # Errors
    /// [`CampaignError`] with the path of the first offending field and what was expected there.
    pub fn from_json(bytes: &[u8]) -> Result<Self, CampaignError> {
        if bytes.len() > MAX_BYTES {
            return Err(content("(file)", "at most 16 MiB", format!("{} bytes", bytes.len())));
        }
        let mut source = serde_json::Deserializer::from_slice(bytes);
        let campaign: Self = serde_path_to_error::deserialize(&mut source).map_err(|error| CampaignError::Shape {
            path: error.path().to_string(),
            reason: error.into_inner().to_string(),
        })?;
        source.end().map_err(|error| CampaignError::Shape { path: "(end)".to_owned(), reason: error.to_string() })?;
        campaign.check()?;
        Ok(campaign)
    }

    /// Checks that every id of `frame` exists here and that every item offers its modifiers.
    ///
    /// # Errors
    /// [`FrameError`] with the path of the first id that does not fit.
    pub fn check_frame(&self, frame: &Frame) -> Result<(), FrameError> {
        let wrong = |path: String, expected: &'static str, found: &str| {
            Err(FrameError { path, expected, found: found.chars().take(60).collect() })
        };
        if let Some(id) = frame.brand.as_ref().filter(|id| self.brand(id).is_none()) {
            return wrong("brand".to_owned(), "a brand of the campaign", id);
        }
        if let Some(id) = frame.voucher.as_ref().filter(|id| self.voucher(id).is_none()) {
            return wrong("voucher".to_owned(), "a voucher of the campaign", id);
        }
        for (index, item) in frame.items.iter().enumerate() {
            let at = |field: &str| format!("items[{index}].{field}");
            if let Some(Target::Item(id)) = &item.target
                && self.item(id).is_none()
            {
                return wrong(at("target"), "an item of the campaign", id);
            }
            self.check_goods(item, &at)?;
        }
        Ok(())
    }

    fn check_goods(&self, item: &Item, at: &impl Fn(&str) -> String) -> Result<(), FrameError> {
        let wrong = |path: String, expected: &'static str, found: String| Err(FrameError { path, expected, found });
        let mut offered = None;
        match &item.goods {
            Some(Goods::Item(id)) => match self.item(id) {
                Some((_, found)) => offered = Some(&found.modifier_groups),
                None => return wrong(at("item"), "an item of the campaign", id.clone()),
            },
            Some(Goods::Category(id)) if !self.categories().iter().any(|(known, _)| known == id) => {
                return wrong(at("category"), "a category of the campaign", id.clone());
            }
            _ => {}
        }
        for choice in &item.modifiers {
            let known = self.group(&choice.group).and_then(|group| group.modifier(&choice.modifier));
            if known.is_none() {
                return wrong(at("modifiers"), "a modifier of the campaign", choice.to_string());
            }
            if offered.is_some_and(|groups| !groups.contains(&choice.group)) {
                return wrong(at("modifiers"), "a modifier that the item offers", choice.to_string());
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), CampaignError> {
        check_id(&self.id, "id")?;
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(content("currency", "an ISO 4217 code like CNY", &self.currency));
        }
        if self.brands.is_empty() {
            return Err(content("brands", "at least one brand", "none"));
        }
        unique("categories", self.categories.iter().map(|category| (&category.id, &category.names)))?;
        unique("modifier_groups", self.modifier_groups.iter().map(|group| (&group.id, &group.names)))?;
        unique("brands", self.brands.iter().map(|brand| (&brand.id, &brand.names)))?;
        unique("vouchers", self.vouchers.iter().map(|voucher| (&voucher.id, &voucher.names)))?;
        for (index, group) in self.modifier_groups.iter().enumerate() {
            let path = format!("modifier_groups[{index}]");
            unique(
                &format!("{path}.modifiers"),
                group.modifiers.iter().map(|modifier| (&modifier.id, &modifier.names)),
            )?;
            if let Some(default) = group.default.as_ref().filter(|id| group.modifier(id).is_none()) {
                return Err(content(format!("{path}.default"), "the id of a modifier of this group", default));
            }
        }
        check_fee(self.delivery_fee, "delivery_fee")?;
        self.check_menus()?;
        self.check_vouchers()
    }

    fn check_menus(&self) -> Result<(), CampaignError> {
        let mut seen = HashSet::new();
        for (brand_index, brand) in self.brands.iter().enumerate() {
            check_fee(brand.delivery_fee, &format!("brands[{brand_index}].delivery_fee"))?;
            let menu = format!("brands[{brand_index}].menu");
            unique(&menu, brand.menu.iter().map(|item| (&item.id, &item.names)))?;
            for (index, item) in brand.menu.iter().enumerate() {
                let path = format!("{menu}[{index}]");
                if item.id == "unknown" || item.id == "last" || item.id == "all" {
                    return Err(content(format!("{path}.id"), "an id that is not a word of the contract", &item.id));
                }
                if !seen.insert(&item.id) {
                    return Err(content(
                        format!("{path}.id"),
                        "an id that no other item of the campaign has",
                        &item.id,
                    ));
                }
                if item.category.trim().is_empty() {
                    return Err(content(format!("{path}.category"), "the id of a category", &item.category));
                }
                if !(0..=100_000_000).contains(&item.price) {
                    return Err(content(format!("{path}.price"), "0 to 100000000 minor units", item.price));
                }
                for (group_index, id) in item.modifier_groups.iter().enumerate() {
                    if self.group(id).is_none() {
                        let path = format!("{path}.modifier_groups[{group_index}]");
                        return Err(content(path, "the id of a modifier group", id));
                    }
                }
                for (include_index, text) in item.includes.iter().enumerate() {
                    let known = text
                        .split_once(':')
                        .and_then(|(group, modifier)| self.group(group).and_then(|group| group.modifier(modifier)));
                    if known.is_none() {
                        let path = format!("{path}.includes[{include_index}]");
                        return Err(content(path, "group:modifier of the campaign", text));
                    }
                }
            }
        }
        Ok(())
    }

    fn check_vouchers(&self) -> Result<(), CampaignError> {
        for (index, voucher) in self.vouchers.iter().enumerate() {
            let path = format!("vouchers[{index}]");
            for (brand_index, id) in voucher.brands.iter().enumerate() {
                if self.brand(id).is_none() {
                    return Err(content(format!("{path}.brands[{brand_index}]"), "the id of a brand", id));
                }
            }
            if voucher.min_spend < 0 {
                return Err(content(format!("{path}.min_spend"), "0 or more", voucher.min_spend));
            }
            let percent = match voucher.discount {
                Discount::Percent { percent, .. } | Discount::NthItemPercent { percent, .. } => percent,
                _ => 1,
            };
            if !(1..=100).contains(&percent) {
                return Err(content(format!("{path}.discount.percent"), "1 to 100", percent));
            }
            if let Discount::Amount { amount: money } | Discount::FixedPrice { price: money, .. } = voucher.discount
                && money < 0
            {
                return Err(content(format!("{path}.discount"), "0 or more", money));
            }
        }
        Ok(())
    }
}

fn unique<'a>(path: &str, entries: impl Iterator<Item = (&'a String, &'a Vec<String>)>) -> Result<(), CampaignError> {
    let mut seen = HashSet::new();
    for (index, (id, names)) in entries.enumerate() {
        let path = format!("{path}[{index}]");
        check_id(id, &format!("{path}.id"))?;
        if !seen.insert(id) {
            return Err(content(format!("{path}.id"), "an id that no other entry has", id));
        }
        if names.is_empty() {
            return Err(content(format!("{path}.names"), "at least one name", "none"));
        }
        for (name_index, name) in names.iter().enumerate() {
            if name.trim().is_empty() || name.chars().count() > 80 {
                return Err(content(format!("{path}.names[{name_index}]"), "a name of 1 to 80 characters", name));
            }
        }
    }
    Ok(())
}

fn check_fee(fee: Option<i64>, path: &str) -> Result<(), CampaignError> {
    match fee {
        Some(fee) if !(0..=100_000_000).contains(&fee) => Err(content(path, "0 to 100000000 minor units", fee)),
        _ => Ok(()),
    }
}

fn check_id(id: &str, path: &str) -> Result<(), CampaignError> {
    let sound =
        !id.is_empty() && id.chars().count() <= 64 && !id.contains([':', '*']) && !id.chars().any(char::is_control);
    if sound { Ok(()) } else { Err(content(path, "an id of 1 to 64 characters without : and *", id)) }
}

#[expect(clippy::needless_pass_by_value, reason = "callers hand over numbers and texts alike, once, on the way out")]
fn content(path: impl Into<String>, expected: &'static str, found: impl ToString) -> CampaignError {
    let found = found.to_string().chars().take(80).collect();
    CampaignError::Content { path: path.into(), expected, found }
}

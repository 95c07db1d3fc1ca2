//! Questions that change nothing: shops, stock, menus, vouchers.

use oolong_catalog::{Discount, Voucher};
use oolong_intent::{Frame, Goods, ModifierChoice, Prefer};

use crate::{
    answer::{Answer, MenuScope, StoreWish},
    dialogue::Dialogue,
    turn::Turn,
};

/// How many items of a menu one card shows.
const MENU: usize = 40;

impl Dialogue {
    /// No shop data is connected in this build: the answer says what was understood and that it ends there.
    pub(crate) fn find_store(&self, frame: &Frame, turn: &mut Turn) {
        turn.answers.push(Answer::Stores(StoreWish {
            brand: frame.brand.clone(),
            place: frame.place.clone(),
            prefer: frame.prefer,
            open_now: frame.open_now,
            items: self.named(frame),
        }));
    }

    pub(crate) fn check_stock(&mut self, frame: &Frame, turn: &mut Turn) {
        self.items_or_menu(frame, true, turn);
    }

    pub(crate) fn ask_menu(&mut self, frame: &Frame, turn: &mut Turn) {
        self.items_or_menu(frame, false, turn);
    }

    fn items_or_menu(&mut self, frame: &Frame, stock: bool, turn: &mut Turn) {
        let items = self.named(frame);
        let unknown = frame.items.iter().find(|entry| entry.goods == Some(Goods::Unknown));
        if let Some(said) = unknown.and_then(|entry| entry.said.as_deref()) {
            self.unknown(said, 1, turn);
        }
        if !items.is_empty() {
            return turn.answers.push(Answer::Items { items, stock });
        }
        if unknown.is_some() {
            return;
        }
        let category = frame.items.iter().find_map(|entry| match &entry.goods {
            Some(Goods::Category(id)) => Some(id.clone()),
            _ => None,
        });
        let modifiers: Vec<ModifierChoice> = frame.items.iter().flat_map(|entry| entry.modifiers.clone()).collect();
        if !modifiers.is_empty() && category.is_none() {
            return turn.answers.push(Answer::Modifiers(modifiers));
        }
        let scope = MenuScope {
            brand: frame.brand.clone().or_else(|| self.state.brand.clone()),
            category,
            max_price: frame.max_price,
            cheapest: frame.prefer == Some(Prefer::Cheapest),
        };
        self.show_menu(scope, turn);
    }

    /// Shows the part of the menu; of all brands when the settled one has nothing there.
    pub(crate) fn show_menu(&self, mut scope: MenuScope, turn: &mut Turn) {
        let fits = |scope: &MenuScope| {
            let all = self.campaign.items().filter(|(brand, item)| {
                scope.brand.as_ref().is_none_or(|id| *id == brand.id)
                    && scope.category.as_ref().is_none_or(|id| *id == item.category)
                    && scope.max_price.is_none_or(|most| item.price <= i64::from(most))
            });
            all.map(|(_, item)| item).collect::<Vec<_>>()
        };
        let mut found = fits(&scope);
        if found.is_empty() && scope.brand.is_some() {
            scope.brand = None;
            found = fits(&scope);
        }
        if scope.cheapest {
            found.sort_by_key(|item| item.price);
        }
        let more = found.len().saturating_sub(MENU);
        let items = found.into_iter().take(MENU).map(|item| item.id.clone()).collect();
        turn.answers.push(Answer::Menu { scope, items, more });
    }

    pub(crate) fn find_voucher(&self, frame: &Frame, turn: &mut Turn) {
        let brand = frame.brand.as_ref().or(self.state.brand.as_ref());
        let fits = |voucher: &&Voucher| {
            frame.voucher.as_ref().is_none_or(|id| *id == voucher.id)
                && brand.is_none_or(|id| voucher.brands.is_empty() || voucher.brands.contains(id))
                && frame.max_price.is_none_or(|most| voucher.min_spend <= i64::from(most))
                && frame.items.iter().all(|entry| entry.goods.as_ref().is_none_or(|goods| self.covers(voucher, goods)))
        };
        let all = &self.campaign.vouchers;
        let mut ids: Vec<String> = all.iter().filter(fits).map(|voucher| voucher.id.clone()).collect();
        if ids.is_empty() {
            // A particular voucher is shown even where the settled brand does not take it.
            ids.extend(frame.voucher.clone().filter(|id| self.campaign.voucher(id).is_some()));
        }
        turn.answers.push(Answer::Vouchers { ids, brand: brand.cloned() });
    }

    /// Whether a voucher can be used for these goods.
    fn covers(&self, voucher: &Voucher, goods: &Goods) -> bool {
        let found = match goods {
            Goods::Item(id) => self.campaign.item(id),
            Goods::Category(_) | Goods::Unknown => None,
        };
        let category = match (goods, found) {
            (Goods::Category(id), _) => Some(id),
            (_, Some((_, item))) => Some(&item.category),
            _ => None,
        };
        let sold = found.is_none_or(|(brand, _)| voucher.brands.is_empty() || voucher.brands.contains(&brand.id));
        let kind = match &voucher.discount {
            Discount::Item { category: only, item, .. } | Discount::FixedPrice { category: only, item, .. } => {
                only.as_ref().is_none_or(|only| Some(only) == category)
                    && item.as_ref().is_none_or(|only| found.is_none_or(|(_, found)| found.id == *only))
            }
            Discount::Percent { .. }
            | Discount::Amount { .. }
            | Discount::NthItemPercent { .. }
            | Discount::Delivery => *goods != Goods::Unknown,
        };
        sold && kind
    }

    /// The items of the campaign that a frame names, each once.
    fn named(&self, frame: &Frame) -> Vec<String> {
        let mut items: Vec<String> = Vec::new();
        for entry in &frame.items {
            if let Some(Goods::Item(id)) = &entry.goods
                && self.campaign.item(id).is_some()
                && !items.contains(id)
            {
                items.push(id.clone());
            }
        }
        items
    }
}

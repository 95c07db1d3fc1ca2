//! All words of the page. A language is a value of [`Words`], so a sentence that one of them lacks does not compile.

mod chinese;
mod english;

use oolong_intent::{Intent, Role};
use oolong_protocol::TroubleKind;
use serde::{Deserialize, Serialize};

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Language {
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh")]
    Chinese,
}

impl Language {
    /// What the shopper chose before, or else what the browser prefers.
    pub(crate) fn at_first() -> Self {
        let browser = || web_sys::window().and_then(|window| window.navigator().language()).unwrap_or_default();
        crate::storage::load("oolong:language")
            .unwrap_or_else(|| if browser().to_lowercase().starts_with("zh") { Self::Chinese } else { Self::English })
    }

    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::English => &english::WORDS,
            Self::Chinese => &chinese::WORDS,
        }
    }

    /// The BCP 47 tag, for the document and for speech input.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }
}

/// A sentence and what to do next.
pub(crate) struct Advice {
    pub(crate) what: &'static str,
    pub(crate) next: &'static str,
}

/// Every word that the page can show, in one language.
pub(crate) struct Words {
    pub(crate) switch_to: &'static str,
    pub(crate) switch_label: &'static str,
    pub(crate) skip: &'static str,
    // The empty conversation.
    pub(crate) ask: &'static str,
    pub(crate) ask_more: &'static str,
    pub(crate) conversation: &'static str,
    pub(crate) try_saying: &'static str,
    // The composer.
    pub(crate) placeholder: &'static str,
    pub(crate) say_label: &'static str,
    pub(crate) send: &'static str,
    pub(crate) speak: &'static str,
    pub(crate) listening: &'static str,
    pub(crate) left: fn(usize) -> String,
    pub(crate) too_long: fn(usize, usize) -> String,
    // The model.
    pub(crate) model: &'static str,
    pub(crate) model_idle: &'static str,
    pub(crate) model_downloading: &'static str,
    pub(crate) model_verifying: &'static str,
    pub(crate) model_starting: &'static str,
    pub(crate) model_ready: &'static str,
    pub(crate) model_cancelled: &'static str,
    pub(crate) model_failed: &'static str,
    pub(crate) model_restarting: &'static str,
    pub(crate) model_set_aside: &'static str,
    pub(crate) download_line: fn(&str, &str, &str) -> String,
    pub(crate) cancel: &'static str,
    pub(crate) resume: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) cancelled_line: &'static str,
    pub(crate) model_size: &'static str,
    pub(crate) model_source: &'static str,
    pub(crate) from_cache: &'static str,
    pub(crate) from_network: &'static str,
    pub(crate) model_offline: &'static str,
    pub(crate) offline_yes: &'static str,
    pub(crate) offline_no: &'static str,
    pub(crate) model_loaded_in: &'static str,
    pub(crate) model_memory: &'static str,
    pub(crate) model_hash: &'static str,
    pub(crate) private: &'static str,
    pub(crate) unkept: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) reading: &'static str,
    pub(crate) details: &'static str,
    pub(crate) trouble: fn(TroubleKind) -> Advice,
    // The cart.
    pub(crate) cart: &'static str,
    pub(crate) cart_empty: &'static str,
    pub(crate) pieces: fn(u32) -> String,
    pub(crate) total: &'static str,
    pub(crate) subtotal: &'static str,
    pub(crate) undo: &'static str,
    pub(crate) checkout: &'static str,
    pub(crate) fewer: fn(&str) -> String,
    pub(crate) more: fn(&str) -> String,
    pub(crate) remove: fn(&str) -> String,
    pub(crate) remove_short: &'static str,
    pub(crate) show_cart: &'static str,
    pub(crate) hide_cart: &'static str,
    pub(crate) pickup: &'static str,
    pub(crate) delivery: &'static str,
    pub(crate) way: &'static str,
    pub(crate) place: &'static str,
    pub(crate) time: &'static str,
    pub(crate) now: &'static str,
    pub(crate) in_minutes: fn(u16) -> String,
    pub(crate) without: fn(&str) -> String,
    pub(crate) drop_voucher: fn(&str) -> String,
    pub(crate) demo_note: &'static str,
    // Cards about goods.
    pub(crate) added: &'static str,
    pub(crate) changed: &'static str,
    pub(crate) removed: &'static str,
    pub(crate) updated: &'static str,
    pub(crate) details_changed: &'static str,
    pub(crate) refused: fn(&str, &str) -> String,
    pub(crate) nothing_changed: &'static str,
    pub(crate) also_called: &'static str,
    pub(crate) which_item: &'static str,
    pub(crate) which_of: fn(&str) -> String,
    pub(crate) none_of: &'static str,
    pub(crate) which_line: &'static str,
    pub(crate) ask_place: &'static str,
    pub(crate) ask_place_hint: &'static str,
    pub(crate) ask_group: fn(&str, &str) -> String,
    pub(crate) unknown: fn(&str) -> String,
    pub(crate) unknown_exact: fn(&str) -> String,
    pub(crate) unknown_near: &'static str,
    pub(crate) unknown_none: &'static str,
    pub(crate) menu: &'static str,
    pub(crate) menu_of: fn(&str) -> String,
    pub(crate) menu_button: &'static str,
    pub(crate) up_to: fn(&str) -> String,
    pub(crate) more_items: fn(usize) -> String,
    pub(crate) menu_empty: &'static str,
    pub(crate) add: &'static str,
    pub(crate) on_menu: &'static str,
    pub(crate) stock_note: &'static str,
    pub(crate) included: &'static str,
    pub(crate) extras_cost: &'static str,
    pub(crate) free: &'static str,
    // Stores and vouchers.
    pub(crate) stores: &'static str,
    pub(crate) stores_note: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) here: &'static str,
    pub(crate) wish: &'static str,
    pub(crate) nearest: &'static str,
    pub(crate) fastest: &'static str,
    pub(crate) cheapest: &'static str,
    pub(crate) open_now: &'static str,
    pub(crate) any_brand: &'static str,
    pub(crate) vouchers: &'static str,
    pub(crate) vouchers_of: fn(&str) -> String,
    pub(crate) vouchers_none: &'static str,
    pub(crate) claim: &'static str,
    pub(crate) claimed_mark: &'static str,
    pub(crate) use_it: &'static str,
    pub(crate) used_mark: &'static str,
    pub(crate) claimed: fn(&str) -> String,
    pub(crate) claimed_before: fn(&str) -> String,
    pub(crate) voucher_used: fn(&str) -> String,
    pub(crate) voucher_saves: fn(&str) -> String,
    pub(crate) voucher_replaced: fn(&str) -> String,
    pub(crate) free_delivery_used: &'static str,
    pub(crate) voucher_misfit: fn(&str) -> String,
    pub(crate) no_voucher: &'static str,
    pub(crate) off_percent: fn(u8) -> String,
    pub(crate) off_amount: fn(&str) -> String,
    pub(crate) at_most: fn(&str, &str) -> String,
    pub(crate) one_free: fn(&str) -> String,
    pub(crate) one_for: fn(&str, &str) -> String,
    pub(crate) nth_off: fn(u8, u8) -> String,
    pub(crate) delivery_free: &'static str,
    pub(crate) from_spend: fn(&str) -> String,
    pub(crate) any_spend: &'static str,
    pub(crate) until: fn(&str) -> String,
    pub(crate) any_item: &'static str,
    pub(crate) misfit_empty: &'static str,
    pub(crate) misfit_brand: fn(&str) -> String,
    pub(crate) misfit_spend: fn(&str) -> String,
    pub(crate) misfit_goods: fn(&str) -> String,
    pub(crate) misfit_pieces: fn(u32) -> String,
    pub(crate) misfit_not_delivered: &'static str,
    pub(crate) misfit_not_yet: &'static str,
    pub(crate) misfit_over: &'static str,
    // The end of an order.
    pub(crate) summary: &'static str,
    pub(crate) place_order: &'static str,
    pub(crate) not_yet: &'static str,
    pub(crate) placed: fn(u32) -> String,
    pub(crate) placed_note: &'static str,
    pub(crate) status: fn(u32) -> String,
    pub(crate) status_cancelled: fn(u32) -> String,
    pub(crate) status_none: &'static str,
    pub(crate) cancelled: &'static str,
    pub(crate) cancelled_placed: &'static str,
    // Short answers.
    pub(crate) nothing_there: &'static str,
    pub(crate) not_in_cart: fn(&str) -> String,
    pub(crate) no_position: fn(u16, usize) -> String,
    pub(crate) declined: &'static str,
    pub(crate) chat: &'static str,
    pub(crate) out_of_scope: &'static str,
    pub(crate) unsure: &'static str,
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
    pub(crate) undone: &'static str,
    pub(crate) intent: fn(Intent) -> &'static str,
    // How it was understood.
    pub(crate) understood: &'static str,
    pub(crate) confidence: &'static str,
    pub(crate) ran: &'static str,
    pub(crate) ran_local: &'static str,
    pub(crate) ran_remote: &'static str,
    pub(crate) ran_keyword: &'static str,
    pub(crate) tokens: &'static str,
    pub(crate) tokens_line: fn(u32, u32) -> String,
    pub(crate) took: &'static str,
    pub(crate) stages: [&'static str; 5],
    pub(crate) memory: &'static str,
    pub(crate) frames: &'static str,
    pub(crate) resembles: &'static str,
    pub(crate) role: fn(Role) -> &'static str,
    // No campaign.
    pub(crate) campaign_loading: &'static str,
    pub(crate) campaign_refused: &'static str,
    pub(crate) campaign_field: &'static str,
    pub(crate) campaign_reason: &'static str,
    pub(crate) campaign_file: &'static str,
    pub(crate) campaign_next: &'static str,
    pub(crate) campaign_unreachable: &'static str,
    pub(crate) campaign_unreachable_next: &'static str,
    pub(crate) campaign_foreign: &'static str,
    pub(crate) campaign_foreign_next: &'static str,
    // Sentences for the chips.
    pub(crate) say_two: fn(&str, &[&str]) -> String,
    pub(crate) say_one_from: fn(&str, Option<&str>, &str) -> String,
    pub(crate) say_menu: fn(&str) -> String,
    pub(crate) say_vouchers: &'static str,
    pub(crate) say_make_it: fn(&str) -> String,
    pub(crate) say_second: fn(&str) -> String,
    pub(crate) say_remove: fn(&str) -> String,
    pub(crate) say_use_voucher: &'static str,
    pub(crate) say_done: &'static str,
}

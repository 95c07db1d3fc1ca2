//! Why something was refused: stable codes, words in both languages, and what to do next.

use serde::{Deserialize, Serialize};

/// Words in the languages of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// A refusal as problem details (RFC 9457), `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank`: the code says which kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status.
    pub status: u16,
    /// The reason's stable code.
    pub code: Reason,
    /// What it means.
    pub text: Text,
    /// What can be done now.
    pub next: Text,
    /// What was expected and found, for developers; English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Problem {
    /// A refusal for `reason`.
    #[must_use]
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        let row = reason.row();
        Self {
            kind: "about:blank".to_owned(),
            status: row.status,
            code: reason,
            text: Text { en: row.text.0.to_owned(), zh: row.text.1.to_owned() },
            next: Text { en: row.next.0.to_owned(), zh: row.next.1.to_owned() },
            detail: detail.into(),
        }
    }
}

struct Row {
    status: u16,
    text: (&'static str, &'static str),
    next: (&'static str, &'static str),
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])* $name:ident = $status:literal, $en:literal, $zh:literal, $next_en:literal, $next_zh:literal;)*) => {
        /// Every reason for which the shop refuses something; its name in JSON is its stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason {
            $($(#[doc = $doc])* $name,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            fn row(self) -> Row {
                match self {
                    $(Self::$name => Row { status: $status, text: ($en, $zh), next: ($next_en, $next_zh) },)*
                }
            }
        }
    };
}

reasons! {
    /// The voucher is over.
    DiscountCodeExpired = 409, "This voucher has expired.", "这张券已过期。", "See which vouchers are still running.", "看看还有哪些券可用。";
    /// It has not begun.
    DiscountCodeNotYetValid = 409, "This voucher has not started yet.", "这张券还没到使用时间。", "Come back when it starts.", "等开始后再来。";
    /// No such voucher.
    DiscountCodeInvalid = 404, "There is no such voucher.", "没有这张券。", "See the vouchers of this campaign.", "看看本次活动的券。";
    /// The order is too small.
    DiscountCodeMinimumNotMet = 409, "The order is below the voucher's minimum.", "订单未达到用券门槛。", "Add something, or order without it.", "再加一点，或不用券下单。";
    /// The shopper has had as many as one may have.
    DiscountCodeUsageLimitReached = 409, "You already have as many of these as one person may have.", "您已领到这张券的上限。", "Use the ones in your wallet.", "用券包里的吧。";
    /// Not this shopper's.
    DiscountCodeUserIneligible = 403, "This voucher belongs to somebody else.", "这张券不属于您。", "Use a voucher of your own wallet.", "请用自己券包里的券。";
    /// Not with the others.
    DiscountCodeCombinationDisallowed = 409, "These vouchers cannot be used together.", "这些券不能一起用。", "Choose one of them; we suggest the one that saves most.", "选一张用，我们推荐最省的那张。";
    /// Nothing in the order is of the kind that it is for.
    DiscountCodeItemIneligible = 409, "Nothing in this order is covered by the voucher.", "订单里没有适用这张券的商品。", "Add something it is for, or order without it.", "加一件适用的商品，或不用券下单。";
    /// All are claimed.
    VoucherSoldOut = 409, "All of these vouchers have been claimed.", "这张券已领完。", "Another voucher may fit; some may come back.", "看看别的券，也可能有退回的。";
    /// Stopped for now.
    VoucherSuspended = 409, "This voucher is paused at the moment. Yours stay yours.", "这张券暂停领取和使用，已领的不会失效。", "Try again later; its end date will be moved.", "请稍后再试，有效期会顺延。";
    /// Taken back.
    VoucherRevoked = 409, "This voucher was withdrawn.", "这张券已被收回。", "See which vouchers are still running.", "看看还有哪些券可用。";
    /// Used already.
    VoucherRedeemed = 409, "This voucher has been used already.", "这张券已经用过了。", "Use another one.", "换一张券。";
    /// Held by an order.
    VoucherReserved = 409, "This voucher is held by another order.", "这张券已被另一张订单占用。", "Cancel that order or wait until it lapses.", "取消那张订单，或等它失效。";
    /// For an order at another store.
    VoucherOtherStore = 409, "This voucher is held for an order at another store.", "这张券属于另一家店的订单。", "Redeem it at the store of the order.", "请到下单的门店使用。";
    /// The brand does not take it.
    VoucherOtherBrand = 409, "This brand does not take the voucher.", "这个品牌不收这张券。", "See which brands take it.", "看看哪些品牌可用。";
    /// The token is not ours.
    VoucherTokenInvalid = 422, "This is not one of our vouchers.", "这不是我们的券。", "Scan it again, or ask the shopper to open the wallet.", "请重新扫码，或请顾客打开券包。";
    /// No such store.
    StoreUnknown = 404, "There is no such store.", "没有这家店。", "Choose a store from the list.", "请从列表中选店。";
    /// Its slots are taken.
    StoreBusy = 409, "This store is busy.", "这家店正忙。", "Take the next time, or a store near by.", "选下一个时间，或附近的店。";
    /// It takes no orders for a while.
    StorePaused = 409, "This store is pausing orders.", "这家店暂停接单。", "Take a store near by, or come back later.", "选附近的店，或稍后再来。";
    /// Outside its hours.
    StoreClosed = 409, "This store is closed now.", "这家店现在不营业。", "Take a store near by, or order for when it opens.", "选附近的店，或预约营业时间。";
    /// For good.
    StorePermanentlyClosed = 409, "This store has closed for good.", "这家店已停业。", "Take a store near by.", "选附近的店。";
    /// Not known how it stands.
    StoreStateUnknown = 409, "We do not know whether this store is open.", "暂不清楚这家店是否营业。", "Take a store near by.", "选附近的店。";
    /// It does not do that.
    FulfilmentUnavailable = 409, "This store does not hand orders over that way.", "这家店不支持这种取餐方式。", "Take the other way, pickup or delivery, or another store.", "换成自取或外送，或换一家店。";
    /// It does not take orders so long before.
    OrderTooFarAhead = 409, "This store does not take orders so far ahead.", "这家店不接这么早的预约。", "Order for sooner, or take a store near by.", "选早一点的时间，或附近的店。";
    /// It does not have that.
    ItemUnavailable = 409, "This store does not have everything in your order.", "这家店缺订单里的商品。", "Take another store, or change the order.", "换一家店，或改订单。";
    /// The goods are not of one brand that the store sells.
    ItemOtherBrand = 409, "This store does not sell that brand.", "这家店不卖这个品牌。", "Take a store of that brand.", "请选该品牌的店。";
    /// The order is not well formed.
    OrderInvalid = 422, "Something in this order cannot be ordered.", "订单里有无法下单的内容。", "Change the order and try again.", "修改订单后再试。";
    /// No such order.
    OrderUnknown = 404, "There is no such order.", "没有这张订单。", "See your orders.", "看看您的订单。";
    /// It was not confirmed in time.
    OrderLapsed = 409, "This order was not confirmed in time; its vouchers are back in your wallet.", "订单未及时确认，券已退回券包。", "Order again.", "请重新下单。";
    /// It is too far on.
    OrderNotCancellable = 409, "The store is already making this order.", "门店已在制作这张订单。", "Pick it up when it is ready.", "做好后请取餐。";
    /// It cannot go from its state to that.
    OrderStateConflict = 409, "This order is past that step.", "订单已过这一步。", "Look at how the order stands.", "看看订单状态。";
    /// No shopper code.
    ShopperUnknown = 401, "No shopper code was sent.", "缺少顾客码。", "Reload the page.", "请刷新页面。";
    /// No or another store's key.
    StoreKeyInvalid = 401, "This key is not the store's.", "门店密钥不对。", "Check the key in the till's settings.", "请检查收银设置里的密钥。";
    /// No key.
    IdempotencyKeyMissing = 400, "The request has no usable idempotency key.", "请求缺少幂等键。", "Reload the page.", "请刷新页面。";
    /// Same key, other body.
    IdempotencyKeyReused = 422, "This key was used for another request.", "这个幂等键已用于另一请求。", "Send it with a new key.", "请换一个键再发。";
    /// Same key, not yet answered.
    IdempotencyKeyInFlight = 409, "This request is being worked on.", "请求正在处理。", "Wait a moment, then send it again.", "稍等片刻再试。";
    /// Unreadable.
    RequestInvalid = 400, "The request could not be read.", "请求无法读取。", "Reload the page.", "请刷新页面。";
    /// Too large.
    RequestTooLarge = 413, "The request is too large.", "请求过大。", "Order less at once.", "请分次下单。";
    /// The disk is full.
    LedgerFull = 503, "Nothing new can be written down at the moment; nothing is lost.", "暂时无法写入，已有内容不受影响。", "Try again in a few minutes.", "请几分钟后再试。";
    /// Too much at once, or the database is away.
    LedgerUnavailable = 503, "The voucher desk is not reachable at the moment.", "券服务暂时无法访问。", "Nothing is lost; it is tried again.", "内容不会丢失，会自动重试。";
    /// Too many requests.
    RateLimited = 429, "Too many requests from your connection.", "请求过于频繁。", "Wait a moment.", "请稍等片刻。";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_words_in_both_languages() {
        for reason in Reason::ALL {
            let problem = Problem::new(*reason, "");
            assert!((400..600).contains(&problem.status), "{reason:?}");
            assert!(!problem.text.en.is_empty() && !problem.next.en.is_empty(), "{reason:?}");
            assert!(!problem.text.zh.is_ascii(), "{reason:?}");
            assert!(!problem.next.zh.is_ascii(), "{reason:?}");
        }
    }
}

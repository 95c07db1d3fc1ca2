//! Words about the counter that the page itself shows.

/// In one language.
pub(crate) struct ShopWords {
    pub(crate) opening: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) panels: &'static str,
    pub(crate) wallet: &'static str,
    pub(crate) stores: &'static str,
    pub(crate) orders: &'static str,
    pub(crate) close: &'static str,
    /// Instead of the remark that nothing is sent: below the cart and before an order.
    pub(crate) note: &'static str,
    pub(crate) waiting: fn(u32) -> String,
}

pub(super) const ENGLISH: ShopWords = ShopWords {
    opening: "Asking the counter …",
    closed: "The counter could not be loaded. Your cart is as it was.",
    panels: "Vouchers, stores and orders",
    wallet: "Vouchers",
    stores: "Stores",
    orders: "Orders",
    close: "Close",
    note: "The store and the final price are shown before anything is ordered. Nothing is charged in this demo.",
    waiting: |count| match count {
        1 => "One claim waits for the network".to_owned(),
        count => format!("{count} claims wait for the network"),
    },
};

pub(super) const CHINESE: ShopWords = ShopWords {
    opening: "正在询问柜台……",
    closed: "柜台加载失败，购物车不变。",
    panels: "优惠券、门店和订单",
    wallet: "优惠券",
    stores: "门店",
    orders: "订单",
    close: "关闭",
    note: "下单前会显示门店和最终价格。演示不会收费。",
    waiting: |count| format!("{count} 张券等待联网领取"),
};

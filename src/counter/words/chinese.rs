//! Chinese.

use super::{Words, orders, stores, till, wallet};

pub(super) static WORDS: Words = Words {
    now: "现在",
    in_minutes: |minutes| format!("{minutes} 分钟后"),
    without: |name| format!("不要{name}"),
    loading: "正在加载",
    retry: "重试",
    close: "关闭",
    unreachable: ("连不上店家。", "请检查网络后重试。"),
    late: ("店家迟迟没有回应。", "请稍后再试。"),
    garbled: ("读不懂店家的回应。", "请稍后再试；若一直如此，请刷新页面。"),
    as_of: |time| format!("截至 {time}"),
    till_failed: "活动加载失败，请检查网络后刷新。",
    wallet: wallet::ZH,
    stores: stores::ZH,
    orders: orders::ZH,
    till: till::ZH,
};

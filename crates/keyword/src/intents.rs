//! Which intent a tally of signs speaks for: rules in order, the surest first.

use oolong_intent::{Asked, Context, Intent};

use crate::cues::Cue;
use crate::signs::Signs;

/// The intent that words of the stretch ask for by themselves, if any.
pub(crate) fn said(signs: &Signs, context: &Context) -> Option<Intent> {
    let has = |cue| signs.has(cue);
    let cart = !context.cart.is_empty();
    let shopping = signs.goods + signs.vouchers > 0 || has(Cue::Coupon);
    let dealing = signs.numbers > 0 || signs.any(&[Cue::Order, Cue::Coupon, Cue::Pickup, Cue::DeliverTo]);
    if has(Cue::Other) && !(shopping && dealing) {
        return Some(Intent::Other);
    }
    if has(Cue::CancelOrder) {
        return Some(Intent::CancelOrder);
    }
    if has(Cue::OrderStatus) && signs.vouchers == 0 {
        return Some(Intent::OrderStatus);
    }
    if let Some(intent) = voucher(signs, context) {
        return Some(intent);
    }
    if has(Cue::Cancel) || has(Cue::Remove) {
        return off(signs, context);
    }
    let wants = has(Cue::Order) || has(Cue::Want);
    if has(Cue::AskMenu) {
        return Some(Intent::AskMenu);
    }
    let fetched = signs.any(&[Cue::Pickup, Cue::Delivery, Cue::DeliverTo]) || (signs.goods > 0 && signs.numbers > 0);
    let shop = has(Cue::FindStore)
        || (signs.any(&[Cue::Nearest, Cue::Fastest]) && !fetched)
        || (has(Cue::Where) && signs.brands > 0);
    let nearby = has(Cue::Here) && (signs.brands > 0 || signs.any(&[Cue::Have, Cue::Where, Cue::Open]));
    let open = has(Cue::Open) && (signs.brands > 0 || has(Cue::Where));
    if (shop || nearby || open) && !has(Cue::Order) && !has(Cue::CheckStock) {
        return Some(Intent::FindStore);
    }
    if has(Cue::CheckStock) && (signs.goods > 0 || has(Cue::Have)) {
        return Some(Intent::CheckStock);
    }
    // 还有一杯… and "any" beside a count name more goods, they do not ask for them.
    if has(Cue::Have) && !has(Cue::Order) && (signs.numbers == 0 || signs.goods == 0) {
        match (signs.goods, signs.brands, signs.prices) {
            (1.., ..) => return Some(Intent::CheckStock),
            (0, 1.., _) => return Some(Intent::FindStore),
            (0, 0, 1..) => return Some(Intent::AskMenu),
            (0, 0, 0) if signs.words > 0 => return Some(Intent::CheckStock),
            (0, 0, 0) => {}
        }
    }
    if has(Cue::Change) && (cart || signs.goods == 0) {
        return Some(Intent::Change);
    }
    if cart && (signs.ordinals > 0 || (has(Cue::Last) && signs.modifiers > 0)) {
        return Some(Intent::Change);
    }
    // "The plum cake without cream" of what is in the cart alters it; a number or an order verb asks for more of it.
    if cart && signs.in_cart > 0 && signs.in_cart == signs.goods && signs.modifiers > 0 && signs.numbers == 0 {
        let more = has(Cue::Order) && !has(Cue::Into);
        return Some(if more { Intent::Order } else { Intent::Change });
    }
    if wants && signs.goods > 0 || has(Cue::Order) && (signs.brands > 0 || has(Cue::Generic)) {
        return Some(Intent::Order);
    }
    if cart && has(Cue::Order) && signs.modifiers > 0 {
        return Some(Intent::Change);
    }
    None
}

/// The intent of a whole wish, whatever it shows.
pub(crate) fn of(signs: &Signs, context: &Context) -> Intent {
    if let Some(intent) = said(signs, context) {
        return intent;
    }
    let has = |cue| signs.has(cue);
    let cart = !context.cart.is_empty();
    let details = signs.times > 0 || signs.any(&[Cue::Pickup, Cue::Delivery, Cue::DeliverTo, Cue::Now]);
    match context.asked {
        Some(Asked::Item) if signs.goods > 0 || has(Cue::Generic) => return Intent::Order,
        Some(Asked::Place) if signs.words > 0 || details => return Intent::Change,
        Some(Asked::Brand) if signs.brands > 0 => return Intent::Change,
        Some(Asked::Voucher) if signs.vouchers > 0 => return Intent::UseVoucher,
        Some(Asked::Quantity) if signs.numbers > 0 && signs.goods == 0 => return Intent::Change,
        Some(Asked::Confirm) if signs.goods + signs.modifiers == 0 => {
            if has(Cue::Deny) {
                return Intent::Deny;
            }
            if has(Cue::Confirm) || has(Cue::Order) {
                return Intent::Confirm;
            }
        }
        _ => {}
    }
    if signs.goods > 0 {
        return Intent::Order;
    }
    if signs.modifiers > 0 || (cart && details) {
        return Intent::Change;
    }
    if signs.vouchers > 0 {
        return if cart { Intent::UseVoucher } else { Intent::FindVoucher };
    }
    if signs.brands > 0 {
        return if has(Cue::Order) || has(Cue::Want) { Intent::Order } else { Intent::FindStore };
    }
    if signs.any(&[Cue::Order, Cue::Want]) && (details || signs.prices > 0 || signs.words > 0 || has(Cue::Generic)) {
        return Intent::Order;
    }
    // Courtesies count only where nothing else was said: a few unknown words may be a name, a sentence is not.
    match () {
        () if signs.words > 4 => Intent::Other,
        () if has(Cue::Chat) => Intent::Chat,
        () if has(Cue::Deny) => Intent::Deny,
        () if has(Cue::Confirm) => Intent::Confirm,
        () => Intent::Other,
    }
}

fn voucher(signs: &Signs, context: &Context) -> Option<Intent> {
    let has = |cue| signs.has(cue);
    let about = signs.vouchers > 0 || signs.any(&[Cue::Coupon, Cue::FindVoucher]);
    if !about {
        return None;
    }
    let goods = signs.goods > 0 && signs.any(&[Cue::Order, Cue::Want]);
    if has(Cue::ClaimVoucher) {
        return Some(Intent::ClaimVoucher);
    }
    if has(Cue::FindVoucher) && (has(Cue::Have) || !has(Cue::UseVoucher)) || has(Cue::Have) && !has(Cue::Order) {
        return Some(Intent::FindVoucher);
    }
    if goods {
        return Some(Intent::Order);
    }
    if has(Cue::UseVoucher) {
        return Some(Intent::UseVoucher);
    }
    let wanted = signs.goods == 0 && signs.any(&[Cue::Order, Cue::Want]);
    (wanted && context.cart.is_empty()).then_some(Intent::ClaimVoucher)
}

/// Taking something away: a cup, a topping, or the order itself.
fn off(signs: &Signs, context: &Context) -> Option<Intent> {
    let cart = !context.cart.is_empty();
    if signs.modifiers > 0 && (signs.goods == 0 || !cart) {
        return Some(if signs.goods > 0 { Intent::Order } else { Intent::Change });
    }
    if signs.goods + signs.ordinals > 0 {
        return cart.then_some(Intent::Remove).or(signs.has(Cue::Cancel).then_some(Intent::Remove));
    }
    if signs.any(&[Cue::Last, Cue::All]) && cart {
        return Some(Intent::Remove);
    }
    if signs.has(Cue::Cancel) {
        // "Cancel" of something that no menu knows is somebody else's business.
        return Some(if signs.words > 0 && !cart { Intent::Other } else { Intent::CancelOrder });
    }
    None
}

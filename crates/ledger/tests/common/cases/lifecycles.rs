//! Lifecycles as lines of data.

use oolong_ledger::Place;

use crate::common::script::play;

/// Claiming and redeeming, and every way in which that is refused.
pub(crate) async fn vouchers(place: Place) {
    play(
        place,
        "
        status free -> available
        balance free -> 10 10 0 0 0 0 0
        ann claims free -> 201
        ann claims free -> 409 discount_code_usage_limit_reached
        ann claims nothing -> 404 discount_code_invalid
        ann claims later -> 409 discount_code_not_yet_valid
        status later -> not_yet
        ann claims off -> 201
        ann claims off -> 201
        bob claims off -> 201
        bob claims off -> 409 voucher_sold_out
        status off -> sold_out
        operator adds off 2 -> 200
        operator adds off 0 -> 400 request_invalid
        operator adds nothing 1 -> 404 discount_code_invalid
        bob claims off -> 201
        balance off -> 5 1 4 0 0 0 0
        wallet ann -> free:claimed off:claimed off:claimed
        s1 redeems ann:free:1 -> 200
        s1 redeems ann:free:1 -> 409 voucher_redeemed
        s2 redeems ann:free:1 -> 409 voucher_redeemed
        s1 redeems ann:free:2 -> 422 voucher_token_invalid
        s1 redeems rubbish -> 422 voucher_token_invalid
        ann claims free -> 409 discount_code_usage_limit_reached
        ann claims bean_only -> 201
        s1 redeems ann:bean_only:1 -> 409 voucher_other_brand
        s-bean redeems ann:bean_only:1 -> 200
        balance free -> 10 9 0 0 1 0 0
        # Nobody but the operator does what the operator does.
        ann suspends free -> 400 request_invalid
        s1 claims free -> 400 request_invalid
        ",
    )
    .await;
}

/// Suspending, the end, its extension, taking back.
pub(crate) async fn operation(place: Place) {
    play(
        place,
        "
        ann claims free -> 201
        bob claims free -> 201
        operator suspends free -> 200
        status free -> suspended
        cid claims free -> 409 voucher_suspended
        s1 redeems ann:free:1 -> 409 voucher_suspended
        ann orders s1 tea ann:free:1 -> 409 voucher_suspended
        wallet ann -> free:claimed
        operator resumes free -> 200
        cid claims free -> 201
        s1 redeems cid:free:1 -> 200
        wait 3700
        status free -> expired
        dan claims free -> 409 discount_code_expired
        s1 redeems ann:free:1 -> 409 discount_code_expired
        # The wallet says so at once; the balance when the clockwork has gone through.
        wallet ann -> free:expired
        balance free -> 10 7 2 0 1 0 0
        clock sweeps -> 200
        clock sweeps -> 200
        balance free -> 10 7 0 0 1 2 0
        operator extends free 3600 -> 400 request_invalid
        operator extends later 9999 -> 400 request_invalid
        operator extends free 7200 -> 200
        wallet ann -> free:claimed
        s1 redeems ann:free:1 -> 200
        balance free -> 10 7 0 0 2 1 0
        clock sweeps -> 200
        balance free -> 10 7 1 0 2 0 0
        dan claims free -> 201
        operator revokes free bob:free:1 -> 200
        operator revokes free bob:free:1 -> 409 voucher_revoked
        operator revokes free ann:free:1 -> 409 voucher_redeemed
        operator revokes free nobody:free:1 -> 404 discount_code_invalid
        s1 redeems bob:free:1 -> 409 voucher_revoked
        balance free -> 10 6 1 0 2 0 1
        operator revokes free -> 200
        wallet dan -> free:revoked
        s1 redeems dan:free:1 -> 409 voucher_revoked
        clock sweeps -> 200
        balance free -> 10 6 0 0 2 0 2
        # In the same instant, but after it.
        eve claims free -> 201
        wallet eve -> free:claimed
        ",
    )
    .await;
}

/// An order's life, with its vouchers.
pub(crate) async fn orders(place: Place) {
    play(
        place,
        "
        ann claims free -> 201
        ann claims off -> 201
        ann orders s1 tea,cake -> 201
        wallet ann -> free:reserved off:reserved
        balance free -> 10 9 0 1 0 0 0
        s1 redeems ann:free:1 -> 200
        ann cancels -> 409 order_not_cancellable
        ann confirms -> 200
        ann confirms -> 200
        queue s1 ->
        clock sends -> 200
        queue s1 -> A001:sent
        ann cancels -> 409 order_not_cancellable
        s2 makes ann -> 404 order_unknown
        s1 makes ann -> 200
        queue s1 -> A001:ready
        s1 hands ann -> 200
        s1 hands ann -> 200
        s1 makes ann -> 409 order_state_conflict
        ann confirms -> 409 order_state_conflict
        wallet ann -> free:redeemed off:redeemed
        balance off -> 3 2 0 0 1 0 0
        # Held for one order, a voucher is not for another, nor for another store; called off, it is back.
        bob claims off -> 201
        bob orders s1 cake bob:off:1 -> 201
        bob cancels ann -> 404 order_unknown
        bob orders s2 cake bob:off:1 -> 409 voucher_reserved
        s2 redeems bob:off:1 -> 409 voucher_other_store
        operator revokes off bob:off:1 -> 409 voucher_reserved
        bob cancels -> 200
        bob cancels -> 200
        wallet bob -> off:claimed
        bob confirms -> 409 order_state_conflict
        # Not confirmed in time, it lapses, and may not be confirmed even before the clockwork has seen it.
        bob orders s1 cake -> 201
        wallet bob -> off:reserved
        wait 121
        bob confirms -> 409 order_lapsed
        clock sweeps -> 200
        bob confirms -> 409 order_lapsed
        bob cancels -> 409 order_lapsed
        wallet bob -> off:claimed
        # What was wrong with an order.
        bob orders s1 coal -> 422 order_invalid
        bob orders s1 tea*0 -> 422 order_invalid
        bob orders s1 tea+size:huge -> 422 order_invalid
        bob orders s1 tea+nonsense -> 422 order_invalid
        bob orders s1 latte -> 409 item_other_brand
        bob orders s1 tea ann:off:1 -> 403 discount_code_user_ineligible
        bob orders s1 tea bob:off:1,bob:off:1 -> 409 discount_code_combination_disallowed
        bob orders s-pickup tea delivery -> 409 fulfilment_unavailable
        bob orders s-courier tea -> 409 fulfilment_unavailable
        bob orders s-courier tea none delivery -> 201
        bob orders s1 tea at=999999 -> 200 order_too_far_ahead
        bob orders s-cakeless cake -> 200 item_unavailable
        bob orders s-unknown tea -> 200 store_state_unknown
        wallet bob -> off:claimed
        ",
    )
    .await;
}

/// What nobody fetches hides nothing, and holds no voucher for ever.
pub(crate) async fn forgotten(place: Place) {
    play(
        place,
        "
        ann claims off -> 201
        ann orders s1 tea -> 201
        ann confirms -> 200
        clock sends -> 200
        wait 1
        bob orders s1 tea -> 201
        bob confirms -> 200
        clock sends -> 200
        queue s1 -> A001:sent A002:sent
        s1 makes ann -> 200
        queue s1 -> A002:sent A001:ready
        s1 makes bob -> 200
        queue s1 -> A002:ready A001:ready
        wallet ann -> off:reserved
        wait 86401
        clock sweeps -> 200
        queue s1 ->
        wallet ann -> off:claimed
        s1 hands ann -> 409 order_state_conflict
        s1 hands bob -> 200
        ",
    )
    .await;
}

/// Stores that pause, close, are busy; what nobody has said for long counts no more.
pub(crate) async fn stores(place: Place) {
    play(
        place,
        "
        stands s1 -> open 5
        stands s-unknown -> unknown
        s1 says paused until=1200 -> 200
        stands s1 -> paused
        ann orders s1 tea -> 200 store_paused
        ann orders s1 tea at=1500 -> 201
        s2 says open -> 200
        s1 says open -> 200
        stands s1 -> open 5
        s1 says busy minutes=20 -> 200
        stands s1 -> busy 20
        bob orders s1 tea -> 200 store_busy
        s1 says unknown -> 400 request_invalid
        s1 says open minutes=3 -> 400 request_invalid
        s1 says open until=3000 -> 400 request_invalid
        s1 says closed until=-3000 -> 400 request_invalid
        s1 says open pace=0 -> 400 request_invalid
        s-unknown says open -> 200
        stands s-unknown -> open 5
        bob orders s-unknown tea -> 201
        s1 says paused -> 200
        bob orders s1 tea -> 200 store_paused
        # A word is fresh for half an hour.
        wait 1801
        stands s1 -> open 5
        stands s-unknown -> unknown
        bob orders s1 tea -> 201
        s1 says permanently_closed -> 200
        wait 9999
        stands s1 -> permanently_closed
        bob orders s1 tea -> 200 store_permanently_closed
        # Two in a minute and no more: the third is offered the next minute, and other stores.
        ann orders s3 tea -> 201
        bob orders s3 tea -> 201
        cid orders s3 tea -> 200 store_busy
        stands s3 -> busy 7
        # What is called off is free again.
        bob cancels -> 200
        cid orders s3 tea -> 201
        # A store may change its pace.
        s3 says open pace=1 -> 200
        s4 says open pace=5 -> 200
        ann orders s4 tea -> 201
        ann orders s4 tea -> 201
        ann orders s4 tea -> 201
        # Until when a pause lasts was said, so it lasts until then.
        s5 says paused until=20000 -> 200
        wait 3600
        stands s5 -> paused
        ann orders s5 tea -> 200 store_paused
        wait 5000
        stands s5 -> open 5
        ",
    )
    .await;
}

//! What can be asked of the ledger.

use oolong_protocol::shop::{ChangeState, Millis, OrderRequest};

/// One change, by one actor.
#[derive(Clone, Debug)]
pub struct Command {
    /// Who asks.
    pub actor: Actor,
    /// How a repetition is recognised; only the ledger's own work and the operator's go without.
    pub idempotency: Option<Idempotency>,
    /// What is asked.
    pub act: Act,
}

/// Who asks for a change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A shopper, by the id that is derived from the secret code.
    Shopper(String),
    /// A store, by its id; its key was checked before.
    Store(String),
    /// Whoever runs the server, on the command line.
    Operator,
    /// The server's own clockwork.
    Clockwork,
}

/// An idempotency key and what it was sent with. Keys belong to their actor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Idempotency {
    /// 8 to 128 visible ASCII characters.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub fingerprint: [u8; 32],
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Act {
    /// A voucher of the campaign for the actor.
    Claim {
        /// Its id in the campaign.
        voucher: String,
    },
    /// A slot and the vouchers for an order of the actor.
    PlaceOrder {
        /// What is wanted, checked against the campaign by the ledger.
        request: Box<OrderRequest>,
        /// The store that is asked.
        store: Box<StoreFacts>,
        /// Stores near by that sell all of it, nearest first; a dozen is enough.
        near: Vec<Candidate>,
    },
    /// The actor's order is wanted as it was reserved.
    Confirm {
        /// Its id.
        order: String,
    },
    /// The actor's order is not wanted any more.
    Cancel {
        /// Its id.
        order: String,
    },
    /// The actor, a store, redeems a grant whose token was verified.
    Redeem {
        /// The grant's id.
        grant: String,
        /// The store's brand.
        brand: String,
    },
    /// The actor, a store, says how it stands.
    ChangeState {
        /// What it says.
        change: ChangeState,
        /// The store.
        store: Box<StoreFacts>,
    },
    /// The actor, a store, has made the order.
    Ready {
        /// Its id.
        order: String,
    },
    /// The actor, a store, has handed the order over; vouchers that it still holds are redeemed.
    Collected {
        /// Its id.
        order: String,
    },
    /// Nobody can claim or use the voucher until it is resumed.
    Suspend {
        /// Its id.
        voucher: String,
    },
    /// The voucher can be claimed and used again.
    Resume {
        /// Its id.
        voucher: String,
    },
    /// The voucher ends later; grants that expired meanwhile come back.
    Extend {
        /// Its id.
        voucher: String,
        /// The new end, later than the old.
        until: Millis,
    },
    /// More of the voucher.
    AddStock {
        /// Its id.
        voucher: String,
        /// How many more.
        count: u64,
    },
    /// Takes one grant back, or all of a voucher that are not used.
    Revoke {
        /// Id of the voucher.
        voucher: String,
        /// Only this grant.
        grant: Option<String>,
    },
    /// What the partner has not taken of an order is announced from now on, with all its tries before it. Not of an order
    /// that has failed: it is closed.
    AnnounceAgain {
        /// Id of the order.
        order: String,
    },
    /// Clockwork: brings vouchers of the campaign that the ledger does not know yet into being.
    Issue,
    /// Clockwork: a process takes an announcement on, so that no other tells the partner at the same time.
    Announcing {
        /// Id of the order.
        order: String,
        /// Which of its announcements.
        seq: i64,
    },
    /// Clockwork: the partner has taken an announcement.
    Announced {
        /// Id of the order.
        order: String,
        /// Which of its announcements.
        seq: i64,
    },
    /// Clockwork: the partner has not taken an announcement.
    NotAnnounced {
        /// Id of the order.
        order: String,
        /// Which of its announcements.
        seq: i64,
        /// The number of the try, as it was given when the announcement was taken on. Another number is old news.
        attempt: i64,
        /// What was met.
        error: String,
        /// How long to wait before the next try; `None`: it is given up, and the order has failed.
        wait: Option<Millis>,
    },
    /// Clockwork: hands due orders to their stores as far as their caps allow.
    SendDue,
    /// Clockwork: rolls back reservations that are too old, and ends grants whose time is over.
    Sweep,
}

/// What the rules must know of a store; from the pack of stores, where the ledger's own row does not know better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreFacts {
    /// Id.
    pub id: String,
    /// Names, English first.
    pub names: Vec<String>,
    /// Brand id.
    pub brand: String,
    /// Orders that it can begin in any 60 seconds.
    pub orders_per_minute: u16,
    /// How far ahead it accepts orders, minutes.
    pub ahead_minutes: u16,
    /// How long it takes to make one, minutes.
    pub prep_minutes: u16,
    /// Menu ids that it does not have.
    pub unavailable: Vec<String>,
    /// Whether shoppers can fetch orders there.
    pub picks_up: bool,
    /// Whether it delivers.
    pub delivers: bool,
    /// When it is open, as far ahead as it accepts orders: pairs of beginning and end. `None`: nobody knows.
    pub open: Option<Vec<(Millis, Millis)>>,
    /// Closed for good.
    pub permanently_closed: bool,
}

/// A store that could take an order in another's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// How far from the store that was asked, metres.
    pub metres: u32,
    /// The store.
    pub facts: StoreFacts,
}

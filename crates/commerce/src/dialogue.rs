//! The dialogue policy: frames in context become changes of the state and answers.

use std::sync::Arc;

use oolong_catalog::Campaign;
use oolong_intent::{Asked, Context, Evidence, Frame, Goods, Intent, Item, Quantity, Role};

use crate::{
    action::Action,
    answer::{Also, Answer, Question},
    pricing::Totals,
    state::{Pending, State},
    turn::Turn,
};

/// How many changes can be taken back.
const HISTORY: usize = 50;

/// One utterance as a parser understood it.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// What was understood.
    pub frames: &'a [Frame],
    /// How sure the parser is: 0 to 1.
    pub confidence: f32,
    /// Below this, nothing is changed without asking.
    pub threshold: f32,
    /// How it was read, if known.
    pub evidence: Option<&'a Evidence>,
}

/// A conversation with one shopper about one campaign.
#[derive(Clone, Debug)]
pub struct Dialogue {
    pub(crate) campaign: Arc<Campaign>,
    pub(crate) state: State,
    history: Vec<State>,
    pub(crate) now: Option<i64>,
    /// Whether a ledger keeps wallet and orders, so that nothing here may pretend to.
    pub(crate) ledger: bool,
}

impl Dialogue {
    /// Goes on from a stored state, or from nothing with `State::default()`.
    #[must_use]
    pub fn new(campaign: Arc<Campaign>, mut state: State) -> Self {
        state.mend(&campaign);
        Self { campaign, state, history: Vec::new(), now: None, ledger: false }
    }

    /// Tells the time, in seconds since 1970, for vouchers that begin and end.
    pub fn set_now(&mut self, now: i64) {
        self.now = Some(now);
    }

    /// From now on a ledger keeps wallet and orders: claims and orders are asked of it, here they only become answers.
    pub fn use_ledger(&mut self) {
        self.ledger = true;
    }

    /// What the ledger says is in the wallet and can be used: voucher ids, one that is held twice is here twice.
    pub fn set_wallet(&mut self, vouchers: Vec<String>) {
        self.state.wallet = vouchers;
        self.state.wallet.retain(|id| self.campaign.voucher(id).is_some());
    }

    /// The campaign.
    #[must_use]
    pub fn campaign(&self) -> &Arc<Campaign> {
        &self.campaign
    }

    /// All that is known, for showing and storing.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The prices of the order.
    #[must_use]
    pub fn totals(&self) -> Totals {
        Totals::of(&self.campaign, &self.state.order, self.now)
    }

    /// Whether there is anything to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.history.is_empty()
    }

    /// What the parser should know when the shopper speaks next.
    #[must_use]
    pub fn context(&self) -> Context {
        let item = |line: &crate::cart::Line| Item {
            goods: Some(Goods::Item(line.item.clone())),
            quantity: Quantity::new(line.quantity.into()),
            modifiers: line.modifiers.clone(),
            ..Item::default()
        };
        Context {
            asked: self.state.asked,
            brand: self.state.brand.clone(),
            cart: self.state.order.cart.lines().iter().map(item).collect(),
        }
    }

    /// The context for a second reading, when the first found no such thing at the brand that the shopper had settled on:
    /// someone with a milk tea of one brand in the cart may well want a coffee of another.
    #[must_use]
    pub fn wider(context: &Context, frames: &[Frame]) -> Option<Context> {
        let missing = unknown_goods(frames) > 0 && frames.iter().all(|frame| frame.brand.is_none());
        (missing && context.brand.is_some()).then(|| Context { brand: None, ..context.clone() })
    }

    /// Whether the second reading found what the first did not.
    #[must_use]
    pub fn better(first: &[Frame], second: &[Frame]) -> bool {
        unknown_goods(second) < unknown_goods(first)
    }

    /// Answers an utterance. What would change the order in doubt is asked about first.
    pub fn answer(&mut self, heard: &Heard<'_>) -> Vec<Answer> {
        if heard.confidence < heard.threshold && heard.frames.iter().any(alters) {
            let frames = heard.frames.to_vec();
            self.state.asked = Some(Asked::Confirm);
            self.state.pending = Some(Pending::Frames(frames.clone()));
            return vec![Answer::Unsure(frames)];
        }
        // Not knowing what was said is no proof that it is none of our business.
        if heard.confidence < heard.threshold && heard.frames.iter().all(|frame| frame.intent == Intent::Other) {
            return vec![Answer::NotUnderstood];
        }
        let answers = self.work(|dialogue, turn| {
            for frame in heard.frames {
                dialogue.follow(frame, turn);
            }
            let Some(evidence) = heard.evidence else { return Vec::new() };
            for unfit in &evidence.unfit {
                turn.refuse_words(&unfit.item, &unfit.said);
            }
            dialogue.namesakes(heard.frames, evidence, turn)
        });
        // A frame that says nothing to act upon still gets an answer.
        if answers.is_empty() { vec![Answer::Ask(Question::Item)] } else { answers }
    }

    /// Does what a button says. Buttons of the cart itself answer nothing: the cart shows it.
    pub fn act(&mut self, action: Action) -> Vec<Answer> {
        if action == Action::Undo {
            return self.undo();
        }
        self.work(|dialogue, turn| {
            dialogue.press(action, turn);
            Vec::new()
        })
    }

    /// Runs one turn, keeps what it changed for undo, and makes the answers.
    fn work(&mut self, turn_work: impl FnOnce(&mut Self, &mut Turn) -> Vec<Also>) -> Vec<Answer> {
        let before = self.state.clone();
        let mut turn = Turn::new(&self.state.order.cart);
        let also = turn_work(self, &mut turn);
        if let Some(id) = turn.touched().last() {
            self.state.focus = Some(*id);
        }
        let cart = &self.state.order.cart;
        self.state.focus.take_if(|id| cart.line(*id).is_none());
        if before.order != self.state.order || before.wallet != self.state.wallet || before.placed != self.state.placed
        {
            if self.ledger && before.placed != self.state.placed {
                // The ledger has the order now: taking steps back here would order it twice.
                self.history.clear();
            } else {
                self.remember(before);
            }
        }
        self.ask_what_is_missing(&mut turn);
        turn.finish(&self.campaign, &self.state.order, also, self.now)
    }

    fn remember(&mut self, before: State) {
        if self.history.len() == HISTORY {
            self.history.remove(0);
        }
        self.history.push(State { pending: None, asked: None, ..before });
    }

    fn undo(&mut self) -> Vec<Answer> {
        match self.history.pop() {
            Some(before) => {
                let wallet = std::mem::replace(&mut self.state, before).wallet;
                if self.ledger {
                    self.state.wallet = wallet;
                }
                vec![Answer::Undone]
            }
            None => Vec::new(),
        }
    }

    /// One frame. Whatever waited for an answer is settled by it or dropped.
    fn follow(&mut self, frame: &Frame, turn: &mut Turn) {
        let pending = self.state.pending.take();
        self.state.asked = None;
        if let Some(brand) = frame.brand.as_ref().filter(|id| self.campaign.brand(id).is_some())
            && matches!(frame.intent, Intent::Order | Intent::Change | Intent::AskMenu)
        {
            self.state.brand = Some(brand.clone());
        }
        match frame.intent {
            Intent::Order => self.order(frame, pending, turn),
            Intent::Change => self.change(frame, pending.as_ref(), turn),
            Intent::Remove => self.remove(frame, turn),
            Intent::FindStore => self.find_store(frame, turn),
            Intent::CheckStock => self.check_stock(frame, turn),
            Intent::AskMenu => self.ask_menu(frame, turn),
            Intent::FindVoucher => self.find_voucher(frame, turn),
            Intent::ClaimVoucher => self.claim_voucher(frame, turn),
            Intent::UseVoucher => self.use_voucher(frame.voucher.as_deref(), turn),
            Intent::OrderStatus => turn.answers.push(Answer::Status(self.state.placed.clone())),
            Intent::CancelOrder => self.cancel_order(turn),
            Intent::Confirm => self.confirm(pending, turn),
            Intent::Deny => turn.answers.push(Answer::Declined),
            Intent::Chat => turn.answers.push(Answer::Chat),
            Intent::Other => turn.answers.push(Answer::OutOfScope),
        }
    }

    /// "Yes": to what was asked, or, with goods in the cart and nothing asked, to going on.
    pub(crate) fn confirm(&mut self, pending: Option<Pending>, turn: &mut Turn) {
        match pending {
            Some(Pending::Place) => self.place(turn),
            Some(Pending::Frames(frames)) => {
                for frame in &frames {
                    self.follow(frame, turn);
                }
            }
            Some(Pending::Goods(choice)) if choice.options.len() == 1 => self.pick(&choice, 0, turn),
            Some(Pending::Goods(choice)) => self.offer(choice, turn),
            Some(Pending::Checkout) | None if self.state.order.cart.is_empty() => {
                self.state.asked = Some(Asked::Item);
                turn.answers.push(Answer::Ask(Question::Item));
            }
            Some(Pending::Checkout) | None => self.checkout(turn),
        }
    }

    /// Other items that bear exactly the name that was said, unless a brand makes it clear which one is meant.
    fn namesakes(&self, frames: &[Frame], evidence: &Evidence, turn: &Turn) -> Vec<Also> {
        if self.state.brand.is_some() || frames.iter().any(|frame| frame.brand.is_some()) {
            return Vec::new();
        }
        let mut also: Vec<Also> = Vec::new();
        for span in evidence.spans.iter().filter(|span| span.role == Role::Item && !span.fuzzy) {
            let Some(said) = evidence.text.get(span.start..span.end).map(str::to_lowercase) else { continue };
            let added = turn.touched().iter().filter_map(|id| self.state.order.cart.line(*id));
            let Some(line) = added.into_iter().find(|line| {
                let named = self.campaign.item(&line.item);
                named.is_some_and(|(_, item)| item.names.iter().any(|name| name.to_lowercase() == said))
            }) else {
                continue;
            };
            for (_, item) in self.campaign.items() {
                let namesake = item.id != line.item && item.names.iter().any(|name| name.to_lowercase() == said);
                if namesake && also.len() < 4 && !also.iter().any(|known| known.item == item.id) {
                    also.push(Also { line: line.id, item: item.id.clone() });
                }
            }
        }
        also
    }
}

/// Whether a frame would change the order or the wallet; the rest only shows something.
fn alters(frame: &Frame) -> bool {
    matches!(
        frame.intent,
        Intent::Order
            | Intent::Change
            | Intent::Remove
            | Intent::ClaimVoucher
            | Intent::UseVoucher
            | Intent::CancelOrder
            | Intent::Confirm
    )
}

fn unknown_goods(frames: &[Frame]) -> usize {
    frames.iter().flat_map(|frame| &frame.items).filter(|item| item.goods == Some(Goods::Unknown)).count()
}

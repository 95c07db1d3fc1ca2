//! The one pipeline: units, wishes, an intent for each, its goods and details.

use std::sync::Arc;

use oolong_catalog::{Brand, Campaign, Gazetteer};
use oolong_intent::{
    Cancelled, Context, Evidence, Frame, Goods, Intent, IntentParser, Item, Parse, ParseError, ParserKind, Quantity,
    RawFrame, Target, Unfit, Utterance,
};

use crate::confidence::confidence;
use crate::cues::Cues;
use crate::details;
use crate::entries::{Alteration, Pointed, alterations};
use crate::evidence::spans;
use crate::goods::{goods, named};
use crate::intents;
use crate::modifiers::choose;
use crate::phrases::{Phrase, phrases};
use crate::places::place;
use crate::signs::Signs;
use crate::units::{Unit, units};
use crate::unknown;
use crate::wishes::wishes;

/// Cue words and the names of one campaign: an [`IntentParser`] without a model.
///
/// Its confidence lies between [`LOWEST`](crate::LOWEST) and [`HIGHEST`](crate::HIGHEST).
pub struct KeywordParser {
    campaign: Arc<Campaign>,
    gazetteer: Gazetteer,
    cues: Cues,
}

impl KeywordParser {
    /// A parser that serves `campaign`.
    #[must_use]
    pub fn new(campaign: impl Into<Arc<Campaign>>) -> Self {
        let campaign = campaign.into();
        Self { gazetteer: Gazetteer::new(&campaign), campaign, cues: Cues::new() }
    }

    /// Serves another campaign from now on.
    pub fn set_campaign(&mut self, campaign: impl Into<Arc<Campaign>>) {
        self.campaign = campaign.into();
        self.gazetteer = Gazetteer::new(&self.campaign);
    }
}

impl IntentParser for KeywordParser {
    /// Never asks `cancelled`: it is done before anyone could wish it were.
    fn parse(&mut self, utterance: &Utterance, context: &Context, _: Cancelled<'_>) -> Result<Parse, ParseError> {
        let text = utterance.as_str();
        let broken = |error: &dyn std::fmt::Display| ParseError::Engine(error.to_string());
        let (units, mentions) = units(text, &self.gazetteer, &self.cues);
        let mut evidence = Evidence { text: text.to_owned(), ..Evidence::default() };
        let mut frames = Vec::new();
        let mut read = Vec::new();
        for range in wishes(&units, &self.campaign, context) {
            let mut wish =
                Wish { units: units[range].to_vec(), text, campaign: &self.campaign, context, unfit: Vec::new() };
            let frame = Frame::try_from(RawFrame::from(wish.frame())).map_err(|error| broken(&error))?;
            self.campaign.check_frame(&frame).map_err(|error| broken(&error))?;
            evidence.unfit.append(&mut wish.unfit);
            read.append(&mut wish.units);
            frames.push(frame);
        }
        // A change in which nothing changes is a clause that only sounded like one.
        let empty = |frame: &Frame| *frame == Frame::new(Intent::Change) || *frame == Frame::new(Intent::Order);
        if frames.iter().any(|frame| !empty(frame)) {
            frames.retain(|frame| !empty(frame));
        }
        if frames.is_empty() {
            frames.push(Frame::new(Intent::Other));
        }
        evidence.spans = spans(&read, &mentions, text, &self.campaign);
        Ok(Parse { confidence: confidence(&read, &frames), frames, parser: ParserKind::Keyword, evidence })
    }
}

impl std::fmt::Debug for KeywordParser {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("KeywordParser").field("campaign", &self.campaign.id).finish_non_exhaustive()
    }
}

/// One wish on its way to a frame.
struct Wish<'a> {
    units: Vec<Unit>,
    text: &'a str,
    campaign: &'a Campaign,
    context: &'a Context,
    unfit: Vec<Unfit>,
}

impl<'a> Wish<'a> {
    fn frame(&mut self) -> Frame {
        let mut signs = Signs::of(&self.units, self.campaign, self.context);
        let intent = intents::of(&signs, self.context);
        let mut frame = Frame::new(intent);
        if matches!(
            intent,
            Intent::Other | Intent::Chat | Intent::Confirm | Intent::Deny | Intent::OrderStatus | Intent::CancelOrder
        ) {
            return frame;
        }
        if details::takes_details(intent) {
            frame.place = place(&mut self.units, self.text, intent, self.context);
            // Words of a place may have looked like goods.
            signs = Signs::of(&self.units, self.campaign, self.context);
        }
        unknown::mark(&mut self.units, self.text, intent, &signs);
        let brand = details::fill(&mut frame, &self.units, &signs, self.campaign);
        let brand = brand.and_then(|index| self.campaign.brands.get(index));
        let scope = brand.or_else(|| self.context.brand.as_deref().and_then(|id| self.campaign.brand(id)));
        frame.items = match intent {
            Intent::Change | Intent::Remove => self.altered(intent, scope),
            _ => self.ordered(intent, scope),
        };
        // A brand that the context already gives is not repeated.
        frame.brand = brand.map(|brand| brand.id.clone()).filter(|id| self.context.brand.as_ref() != Some(id));
        frame
    }

    fn ordered(&mut self, intent: Intent, scope: Option<&'a Brand>) -> Vec<Item> {
        let phrases = phrases(&self.units, self.text, self.campaign);
        let mut items: Vec<Item> = Vec::new();
        for Phrase { goods: unit, count, choices } in phrases {
            let mut item = self.goods(unit, scope);
            if intent == Intent::Order {
                item.quantity = Some(count.and_then(Quantity::new).unwrap_or(Quantity::ONE));
            }
            self.choose(&mut item, &choices, scope);
            // Asking twice about the same thing is asking once.
            if item.goods.is_some() && (intent == Intent::Order || !items.contains(&item)) {
                items.push(item);
            }
        }
        items
    }

    fn altered(&mut self, intent: Intent, scope: Option<&'a Brand>) -> Vec<Item> {
        let entries = alterations(&self.units, self.text, intent, self.campaign, self.context);
        let mut items = Vec::new();
        for Alteration { target, goods: unit, count, choices } in entries {
            let mut item = self.goods(unit, scope);
            item.quantity = count.and_then(Quantity::new);
            item.target = target.and_then(|target| match target {
                Pointed::Last => Some(Target::Last),
                Pointed::All => Some(Target::All),
                Pointed::Nth(position) => Some(Target::Nth(position)),
                Pointed::Named(unit) => named(&self.units[unit], self.campaign, scope, self.context).map(Target::Item),
            });
            self.choose(&mut item, &choices, scope);
            if item != Item::default() {
                items.push(item);
            }
        }
        items
    }

    fn goods(&self, unit: Option<usize>, scope: Option<&Brand>) -> Item {
        let unit = unit.and_then(|index| self.units.get(index));
        let said = unit.and_then(|unit| self.text.get(unit.start..unit.end)).map(str::to_owned);
        Item { goods: unit.map(|unit| goods(unit, self.campaign, scope)), said, ..Item::default() }
    }

    fn choose(&mut self, item: &mut Item, choices: &[crate::portions::Choice], scope: Option<&Brand>) {
        if item.goods != Some(Goods::Unknown) {
            let world = (self.campaign, scope, self.context);
            self.unfit.extend(choose(item, choices, (&self.units, self.text), world));
        }
    }
}

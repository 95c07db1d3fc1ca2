//! Frames as EXR trees, in the notation of the set.
//!
//! Frames are read as what they do to a cart: `order` adds, `change` alters what was added, `remove` takes out. Other
//! intents order nothing and write nothing.

use oolong_intent::{Frame, Goods, Intent, Item, ModifierChoice, Target};

use crate::exr::{Node, Tree};
use crate::foodordering::Notation;
use crate::menu::{Choice, Menu};
use crate::units::Units;
use crate::value::Value;

/// An order as far as it is known; becomes a tree.
#[derive(Clone, Debug)]
struct Order {
    /// Id of the item, unless only modifiers were said.
    item: Option<String>,
    intent: usize,
    number: u32,
    choices: Vec<ModifierChoice>,
    /// Which mention named it.
    mention: Option<usize>,
}

/// Writes the trees that `frames` mean, said in `text`.
pub(crate) fn write(frames: &[Frame], text: &str, menu: &Menu, notation: Notation) -> Vec<Tree> {
    let units = Units::new(menu, text);
    let mut orders: Vec<Order> = Vec::new();
    for frame in frames {
        for item in &frame.items {
            match frame.intent {
                Intent::Order => add(&mut orders, item, menu, &units),
                Intent::Change => change(&mut orders, item, menu, &units),
                Intent::Remove => {
                    let targets = targets(&orders, item.target.as_ref());
                    let mut index = 0;
                    orders.retain(|_| {
                        index += 1;
                        !targets.contains(&(index - 1))
                    });
                }
                _ => {}
            }
        }
    }
    trees(&orders, menu, &units, notation)
}

fn add(orders: &mut Vec<Order>, item: &Item, menu: &Menu, units: &Units<'_>) {
    let number = item.quantity.map_or(1, |quantity| quantity.get().into());
    let order = match &item.goods {
        Some(Goods::Item(id)) => menu.items.get(id).map(|goods| Order {
            item: Some(id.clone()),
            intent: goods.intent,
            number,
            choices: item.modifiers.clone(),
            mention: mention_of(id, orders, units),
        }),
        // A category is an intent that is called by its words; the goods themselves were left open.
        Some(Goods::Category(category)) => menu
            .intents
            .iter()
            .position(|intent| intent == category)
            .map(|intent| Order { item: None, intent, number, choices: item.modifiers.clone(), mention: None }),
        _ => without_goods(item, number, menu),
    };
    orders.extend(order);
}

/// Alters what is ordered already; without that, modifiers alone are an order of whatever offers them all.
fn change(orders: &mut Vec<Order>, item: &Item, menu: &Menu, units: &Units<'_>) {
    let targets = targets(orders, item.target.as_ref());
    if targets.is_empty() {
        match item.goods {
            Some(_) => add(orders, item, menu, units),
            None => {
                let number = item.quantity.map_or(1, |quantity| quantity.get().into());
                orders.extend(without_goods(item, number, menu));
            }
        }
        return;
    }
    for target in targets {
        let Some(order) = orders.get_mut(target) else { continue };
        if let Some(Goods::Item(id)) = &item.goods
            && let Some(goods) = menu.items.get(id)
        {
            order.item = Some(id.clone());
            order.intent = goods.intent;
        }
        if let Some(quantity) = item.quantity {
            order.number = quantity.get().into();
        }
        for choice in &item.modifiers {
            order.choices.retain(|known| (&known.group, &known.modifier) != (&choice.group, &choice.modifier));
            order.choices.push(choice.clone());
        }
    }
}

/// The entries that are meant; without a target, the last one.
fn targets(orders: &[Order], target: Option<&Target>) -> Vec<usize> {
    let last = orders.len().checked_sub(1);
    match target {
        None | Some(Target::Last) => last.into_iter().collect(),
        Some(Target::All) => (0..orders.len()).collect(),
        Some(Target::Nth(position)) => {
            usize::from(*position).checked_sub(1).filter(|index| *index < orders.len()).into_iter().collect()
        }
        Some(Target::Item(id)) => (0..orders.len()).filter(|index| orders[*index].item.as_ref() == Some(id)).collect(),
    }
}

fn without_goods(item: &Item, number: u32, menu: &Menu) -> Option<Order> {
    let fits = |groups: &Vec<String>| item.modifiers.iter().all(|choice| groups.contains(&choice.group));
    let intent = menu.groups.iter().position(fits).filter(|_| !item.modifiers.is_empty())?;
    Some(Order { item: None, intent, number, choices: item.modifiers.clone(), mention: None })
}

/// The first mention of the item after those of the orders before it, else the first that is free.
fn mention_of(id: &str, orders: &[Order], units: &Units<'_>) -> Option<usize> {
    let names: Vec<usize> =
        (0..units.mentions.len()).filter(|mention| units.items(*mention).any(|item| item == id)).collect();
    let free = || names.iter().copied().filter(|mention| orders.iter().all(|order| order.mention != Some(*mention)));
    let after = orders.iter().filter_map(|order| order.mention).max();
    free().find(|mention| after.is_none_or(|after| *mention > after)).or_else(|| free().next())
}

fn trees(orders: &[Order], menu: &Menu, units: &Units<'_>, notation: Notation) -> Vec<Tree> {
    let mut trees: Vec<Tree> = Vec::new();
    let mut read = Vec::new();
    for (index, order) in orders.iter().enumerate() {
        let joined = index.checked_sub(1).is_some_and(|before| joins(&orders[before], order, menu, units, notation));
        let nodes = nodes(order, menu, units, &mut read, notation);
        match trees.last_mut().filter(|_| joined) {
            Some(tree) => tree.children.extend(nodes),
            None => {
                let number = Node::Tree(Tree::new("NUMBER", vec![Node::Word(order.number.to_string())]));
                let children = std::iter::once(number).chain(nodes).collect();
                trees.push(Tree::new(&menu.intents[order.intent], children));
            }
        }
    }
    match notation {
        Notation::FoodOrdering => trees,
        Notation::Pizza => {
            trees.iter_mut().for_each(Tree::shout);
            if trees.is_empty() {
                return trees;
            }
            vec![Tree::new("ORDER", trees.into_iter().map(Node::Tree).collect())]
        }
    }
}

/// FoodOrdering writes "chips and dip" as one order with two fillers of its slot, "chips and a dip" as two orders.
fn joins(before: &Order, order: &Order, menu: &Menu, units: &Units<'_>, notation: Notation) -> bool {
    let head = |order: &Order| {
        let goods = order.item.as_ref().and_then(|id| menu.items.get(id)).filter(|goods| goods.head)?;
        goods.slot.as_ref().map(|(slot, _)| slot.clone())
    };
    let (Some(left), Some(right)) = (before.mention, order.mention) else { return false };
    notation == Notation::FoodOrdering
        && before.intent == order.intent
        && order.number == 1
        && head(before).is_some()
        && head(before) == head(order)
        && units.close(left, right)
}

/// The slots of an order. A modifier is read where it was said: at its first mention that is not in `read` yet.
fn nodes(order: &Order, menu: &Menu, units: &Units<'_>, read: &mut Vec<usize>, notation: Notation) -> Vec<Node> {
    let named = order.item.as_ref().and_then(|id| menu.items.get(id)).and_then(|goods| goods.slot.as_ref());
    let mut nodes: Vec<Node> =
        named.map(|(slot, value)| Node::Tree(Tree::new(slot, value.nodes()))).into_iter().collect();
    for said in &order.choices {
        let Some(choice) = menu.choices.get(&(said.group.clone(), said.modifier.clone())) else { continue };
        let mentions: Vec<usize> = units.mentions_of(&said.group, &said.modifier).collect();
        let mention = mentions.iter().copied().find(|mention| !read.contains(mention)).or(mentions.last().copied());
        read.extend(mention);
        let beside = mention.and_then(|mention| units.qualifier(mention));
        let doubled = menu.extra.as_ref().filter(|_| said.portions > 1);
        let qualifier = beside.or(doubled).filter(|_| choice.qualified);
        nodes.push(Node::Tree(choice_tree(choice, qualifier, said.portions, notation)));
    }
    nodes
}

fn choice_tree(choice: &Choice, qualifier: Option<&Value>, portions: u8, notation: Notation) -> Tree {
    let mut tree = Tree::new(&choice.slot, choice.value.nodes());
    if let Some(qualifier) = qualifier {
        let label = match notation {
            Notation::FoodOrdering => "COMPLEX".to_owned(),
            Notation::Pizza => format!("COMPLEX_{}", choice.slot),
        };
        let quantity = Node::Tree(Tree::new("QUANTITY", qualifier.nodes()));
        tree = Tree::new(&label, vec![quantity, Node::Tree(tree)]);
    }
    if portions == 0 { Tree::new("NOT", vec![Node::Tree(tree)]) } else { tree }
}

//! One R-tree for each brand, walked together: the nearest stores first, and whole branches left out that cannot match.
//!
//! The trees are built from checked positions, never read from a file: what a damaged file could do to them is nothing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use geo_index::rtree::sort::HilbertSort;
use geo_index::rtree::{RTree, RTreeBuilder, RTreeIndex};

use crate::geo::{Area, Grid, Sight};

/// What the stores below a branch have in common: enough to leave the branch out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    /// Hours (as bits, see [`crate::index`]) of those where orders can be fetched,
    pub(crate) pickup: [u64; 4],
    /// and of those that deliver.
    pub(crate) delivery: [u64; 4],
    /// Items that none of them sells.
    pub(crate) missing: u64,
}

impl Summary {
    pub(crate) const NONE: Summary = Summary { pickup: [0; 4], delivery: [0; 4], missing: u64::MAX };

    fn add(&mut self, other: &Summary) {
        for at in 0..4 {
            self.pickup[at] |= other.pickup[at];
            self.delivery[at] |= other.delivery[at];
        }
        self.missing &= other.missing;
    }
}

/// The stores of one brand.
#[derive(Debug)]
struct Tree {
    tree: RTree<i32>,
    /// Store slots in the order in which they were added.
    slots: Vec<u32>,
    /// Of the branches; they lie behind the stores.
    summaries: Vec<Summary>,
}

/// A tree for each brand.
#[derive(Debug, Default)]
pub(crate) struct Forest {
    trees: Vec<Option<Tree>>,
}

impl Forest {
    /// Plants the stores of each brand (as slots).
    pub(crate) fn new(brands: Vec<Vec<u32>>, place: impl Fn(u32) -> Grid, summary: impl Fn(u32) -> Summary) -> Forest {
        let trees = brands.into_iter().map(|slots| (!slots.is_empty()).then(|| plant(slots, &place, &summary)));
        Forest { trees: trees.collect() }
    }

    fn chosen(&self, brand: Option<u32>) -> impl Iterator<Item = (usize, &Tree)> {
        let trees = self.trees.iter().enumerate();
        let trees = trees.filter(move |(at, _)| brand.is_none_or(|brand| brand as usize == *at));
        trees.filter_map(|(at, tree)| tree.as_ref().map(|tree| (at, tree)))
    }

    /// Stores in order of distance, until `take` says that it is enough.
    pub(crate) fn nearest(
        &self,
        sight: &Sight,
        brand: Option<u32>,
        may: impl Fn(&Summary) -> bool,
        pass: impl Fn(u32) -> bool,
        mut take: impl FnMut(u32, f64) -> bool,
    ) {
        // Distances are not negative, so that their bits are in their order.
        let mut queue: BinaryHeap<Reverse<(u64, bool, u32, u32)>> = BinaryHeap::with_capacity(256);
        for (at, tree) in self.chosen(brand) {
            match tree.summaries.last() {
                Some(summary) if may(summary) => queue.push(Reverse((0, true, at as u32, tree.root()))),
                Some(_) => {}
                None => tree.only(|slot, place| {
                    if pass(slot) {
                        let point = place.to_point();
                        queue.push(Reverse((sight.closeness(point.lon, point.lat).to_bits(), false, at as u32, slot)));
                    }
                }),
            }
        }
        while let Some(Reverse((distance, branch, tree_at, at))) = queue.pop() {
            if !branch {
                if !take(at, f64::from_bits(distance)) {
                    return;
                }
                continue;
            }
            let Some(tree) = self.trees[tree_at as usize].as_ref() else { continue };
            tree.children(at, |child| match child {
                Child::Store(slot, place) => {
                    if pass(slot) {
                        let point = place.to_point();
                        queue.push(Reverse((sight.closeness(point.lon, point.lat).to_bits(), false, tree_at, slot)));
                    }
                }
                Child::Branch(position, summary, area) => {
                    if may(summary) {
                        queue.push(Reverse((sight.closeness_of_area(&area).to_bits(), true, tree_at, position)));
                    }
                }
            });
        }
    }

    /// All stores in a box, in no order.
    pub(crate) fn within(
        &self,
        shown: &Area,
        brand: Option<u32>,
        may: impl Fn(&Summary) -> bool,
        mut take: impl FnMut(u32),
    ) {
        for (_, tree) in self.chosen(brand) {
            if tree.summaries.is_empty() {
                tree.only(|slot, place| {
                    if shown.contains(place) {
                        take(slot);
                    }
                });
                continue;
            }
            let mut branches = vec![tree.root()];
            while let Some(at) = branches.pop() {
                tree.children(at, |child| match child {
                    Child::Store(slot, place) if shown.contains(place) => take(slot),
                    Child::Branch(position, summary, area) if shown.meets(&area) && may(summary) => {
                        branches.push(position)
                    }
                    Child::Store(..) | Child::Branch(..) => {}
                });
            }
        }
    }
}

enum Child<'a> {
    Store(u32, Grid),
    Branch(u32, &'a Summary, Area),
}

impl Tree {
    /// Nodes are counted from the stores up; the root is last.
    fn root(&self) -> u32 {
        self.tree.num_nodes() as u32 - 1
    }

    /// A tree of one store has no root.
    fn only(&self, mut each: impl FnMut(u32, Grid)) {
        if let ([slot], [x, y, ..]) = (self.slots.as_slice(), self.tree.boxes()) {
            each(*slot, Grid { x: *x, y: *y });
        }
    }

    /// Hands out what is directly below a branch.
    fn children<'a>(&'a self, node: u32, mut each: impl FnMut(Child<'a>)) {
        let (boxes, indices, stores) = (self.tree.boxes(), self.tree.indices(), self.slots.len());
        let first = indices.get(node as usize) / 4;
        let level = self.tree.level_bounds();
        let end = level.get(level.partition_point(|bound| *bound <= first * 4)).map_or(boxes.len(), |bound| *bound) / 4;
        for position in first..end.min(first + usize::from(self.tree.node_size())) {
            let edge = |at: usize| boxes[position * 4 + at];
            let area = Area { min: Grid { x: edge(0), y: edge(1) }, max: Grid { x: edge(2), y: edge(3) } };
            if position < stores {
                each(Child::Store(self.slots[indices.get(position)], area.min));
            } else {
                each(Child::Branch(position as u32, &self.summaries[position - stores], area));
            }
        }
    }
}

fn plant(slots: Vec<u32>, place: &impl Fn(u32) -> Grid, summary: &impl Fn(u32) -> Summary) -> Tree {
    let mut builder = RTreeBuilder::<i32>::new(slots.len() as u32);
    for slot in &slots {
        let place = place(*slot);
        builder.add(place.x, place.y, place.x, place.y);
    }
    let mut tree = Tree { tree: builder.finish::<HilbertSort>(), slots, summaries: Vec::new() };
    for node in tree.slots.len()..tree.tree.num_nodes().max(tree.slots.len()) {
        let mut sum = Summary::NONE;
        tree.children(node as u32, |child| match child {
            Child::Store(slot, _) => sum.add(&summary(slot)),
            Child::Branch(_, below, _) => sum.add(below),
        });
        tree.summaries.push(sum);
    }
    tree
}

//! Where a panel looks: at first, at a place that was typed or said, at the shopper, at a store.

use leptos::prelude::*;
use oolong_map::LonLat;

use super::{
    finder::Finder,
    nearby::{self, NoStores},
    whereabouts::{self, Spot},
};

/// A walk.
const CLOSE: f64 = 14.5;
/// A city.
const FAR: f64 = 11.0;
/// One store and its street.
const STORE: f64 = 16.0;

impl Finder {
    /// Looks where it was asked to, else where the shopper is, else at the city with the most stores.
    pub(super) fn start(self, wanted: Option<String>) {
        let wanted = wanted.filter(|place| !place.trim().is_empty() && place != nearby::HERE);
        match (wanted, whereabouts::known()) {
            (Some(place), _) => wasm_bindgen_futures::spawn_local(async move { self.go_to_words(&place).await }),
            (None, Some(me)) => self.go_to(me.point, CLOSE),
            (None, None) => {
                let directory = self.stock().directory;
                Effect::new(move |_| {
                    let largest = directory.with(|directory| directory.as_ref()?.cities().next().map(|city| city.1));
                    if let Some(city) = largest.filter(|_| !self.placed.get_untracked()) {
                        self.go_to((city.lon, city.lat), FAR);
                    }
                });
            }
        }
    }

    /// Looks at a place.
    pub(super) fn go_to(self, (lon, lat): (f64, f64), zoom: f64) {
        self.placed.set(true);
        self.no_position.set(None);
        self.view.update(|view| view.look_at(LonLat { lon, lat }, Some(zoom)));
        self.settled.set(self.view.get_untracked());
    }

    /// Looks at a typed place.
    pub(super) fn go_to_spot(self, spot: Spot) {
        self.unknown_place.set(None);
        self.go_to(spot.point, CLOSE);
        self.place.set(Some(spot));
    }

    /// Looks at a place in words; without a network, at what the directory knows by that name.
    pub(super) async fn go_to_words(self, words: &str) {
        self.unknown_place.set(None);
        let outcome = nearby::spot(&self.desk, Some(words)).await;
        // The card may be gone by now.
        if self.view.is_disposed() {
            return;
        }
        let known = || {
            let directory = self.stock().directory.get_untracked()?;
            let place = directory.place(words).into_iter().next()?;
            Some(Spot { names: vec![place.name.en, place.name.zh], point: (place.point.lon, place.point.lat) })
        };
        match outcome {
            Ok(spot) => self.go_to_spot(spot),
            Err(NoStores::Failed(_) | NoStores::NoPlace | NoStores::UnknownPlace(_)) => match known() {
                Some(spot) => self.go_to_spot(spot),
                None => {
                    self.unknown_place.set(Some(words.to_owned()));
                    self.placed.set(true);
                }
            },
        }
    }

    /// Looks at where the shopper is. Only for buttons: the browser asks the shopper.
    pub(super) fn locate(self) {
        self.locating.set(true);
        self.no_position.set(None);
        wasm_bindgen_futures::spawn_local(async move {
            let outcome = whereabouts::locate().await;
            // The card may be gone by now.
            if self.locating.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(spot) => {
                    self.place.set(None);
                    self.unknown_place.set(None);
                    self.go_to(spot.point, CLOSE);
                }
                Err(why) => self.no_position.set(Some(why)),
            }
        });
    }

    /// Shows a store's details, and the store.
    pub(super) fn go_to_store(self, id: &str, point: (f64, f64)) {
        self.go_to(point, STORE);
        self.selected.set(Some(id.to_owned()));
    }

    /// Looks from nearer at what is hidden.
    pub(super) fn nearer(self) {
        let crowds = self.shown.with_untracked(|shown| shown.crowds.clone());
        let largest = crowds.into_iter().max_by_key(|crowd| crowd.count);
        self.view.update(|view| match largest {
            Some(crowd) if view.zoom() < FAR => view.look_at(crowd.at.unproject(), Some((view.zoom() + 2.0).max(9.0))),
            _ => {
                let (width, height) = view.size();
                view.zoom_about(width / 2.0, height / 2.0, 1.5);
            }
        });
    }
}

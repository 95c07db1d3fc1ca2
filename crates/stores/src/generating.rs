//! A plausible sample country: real cities, invented stores. The same seed gives the same stores.

use std::collections::{HashMap, HashSet};

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::gazetteer::{City, Spot, cities};
use crate::geo::Point;
use crate::samples::{BUILDINGS, HOURS, STREETS};
use crate::store::{Names, Store};

/// A brand that stores are generated for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    /// Id in the campaign.
    pub id: String,
    /// What it is called.
    pub names: Names,
    /// Ids of what it sells.
    pub items: Vec<String>,
}

/// How a brand spreads, drawn from its id: it is the same whatever else is generated.
struct Habit {
    share: f64,
    /// How much it prefers large cities.
    appetite: f64,
    /// How far from the centres it goes.
    spread: f64,
    /// How often it is at a landmark.
    prominence: f64,
    /// Side of the square in which it has one store, degrees.
    spacing: f64,
    delivery: f64,
}

/// `count` stores of these sellers, city by city; none without sellers.
pub fn generate(count: u32, seed: u64, sellers: &[Seller]) -> impl Iterator<Item = Store> {
    let cities = cities();
    let habits: Vec<Habit> = sellers.iter().map(habit).collect();
    let weights: Vec<f64> = cities
        .iter()
        .flat_map(|city| habits.iter().map(|habit| habit.share * city.people.powf(habit.appetite)))
        .collect();
    let whole: f64 = weights.iter().sum();
    let (mut sum, mut done) = (0.0, 0);
    let mut lots = Vec::new();
    for (at, weight) in weights.iter().enumerate() {
        sum += weight;
        let until = if at + 1 == weights.len() { count } else { (f64::from(count) * sum / whole).round() as u32 };
        lots.push((at / habits.len(), at % habits.len(), done..until.clamp(done, count)));
        done = done.max(until.min(count));
    }
    let sellers = sellers.to_vec();
    lots.into_iter().flat_map(move |(city, seller, numbers)| {
        let rng = SmallRng::seed_from_u64(seed ^ hash(&format!("{} {}", sellers[seller].id, cities[city].names.zh)));
        let mut lot = Lot {
            city: &cities[city],
            seller: &sellers[seller],
            habit: &habits[seller],
            rng,
            taken: HashSet::new(),
            branches: HashMap::new(),
        };
        numbers.map(|number| lot.store(number)).collect::<Vec<Store>>()
    })
}

/// The stores of one brand in one city.
struct Lot<'a> {
    city: &'a City,
    seller: &'a Seller,
    habit: &'a Habit,
    rng: SmallRng,
    taken: HashSet<(i32, i32)>,
    branches: HashMap<&'a str, u32>,
}

impl<'a> Lot<'a> {
    fn store(&mut self, number: u32) -> Store {
        let mut place = self.place();
        for _ in 0..4 {
            let cell = ((place.0.lon / self.habit.spacing) as i32, (place.0.lat / self.habit.spacing) as i32);
            if self.taken.insert(cell) {
                break;
            }
            place = self.place();
        }
        let (point, landmark) = place;
        let district = nearest(&self.city.districts, point).map(|(spot, _)| spot.names.clone()).unwrap_or_default();
        let street = *STREETS.choose(&mut self.rng).unwrap_or(&("", ""));
        let branch = match landmark {
            Some(spot) => (spot.names.en.as_str(), spot.names.zh.as_str()),
            None if self.rng.random_bool(0.3) => *BUILDINGS.choose(&mut self.rng).unwrap_or(&street),
            None => street,
        };
        let house = self.rng.random_range(1..=999);
        let rng = &mut self.rng;
        let mut unavailable: Vec<String> = Vec::new();
        if rng.random_bool(0.15) {
            let lacks = rng.random_range(1..=3);
            unavailable.extend(self.seller.items.choose_multiple(rng, lacks).cloned());
            unavailable.sort();
        }
        let delivery = rng.random_bool(self.habit.delivery);
        Store {
            id: format!("s-{:06}", number + 1),
            brand: self.seller.id.clone(),
            lon: point.lon,
            lat: point.lat,
            city: self.city.names.clone(),
            landmark: landmark.map(|spot| spot.names.clone()).unwrap_or_default(),
            address: format!("{}{}{house}号", district.zh, street.1),
            district,
            telephone: String::new(),
            hours: hours(rng).to_owned(),
            pickup: !delivery || rng.random_bool(0.97),
            delivery,
            unavailable,
            orders_per_minute: rng.random_range(2..=12),
            ahead_minutes: *[30, 60, 90, 120, 180, 240].choose(rng).unwrap_or(&60),
            prep_minutes: rng.random_range(4..=15),
            permanently_closed: rng.random_bool(0.004),
            utc_offset_minutes: 480,
            names: self.names(branch),
        }
    }

    /// Brand and branch; from the second on, branches at the same place are numbered.
    fn names(&mut self, (en, zh): (&'a str, &'a str)) -> Names {
        let count = self.branches.entry(zh).or_default();
        *count += 1;
        let brand = &self.seller.names;
        let (first, second) = (brand.shown(false), brand.shown(true));
        match *count {
            1 => Names::new(format!("{first} ({en})"), format!("{second}（{zh}店）")),
            count => Names::new(format!("{first} ({en} No. {count})"), format!("{second}（{zh}{count}店）")),
        }
    }

    /// A point, and the landmark that it is at.
    fn place(&mut self) -> (Point, Option<&'a Spot>) {
        let city = self.city;
        let kind: f64 = self.rng.random();
        if kind < self.habit.prominence
            && let Some(spot) = city.landmarks.choose(&mut self.rng)
        {
            return (self.around(spot.at, 0.35), Some(spot));
        }
        let point = if city.districts.is_empty() || kind > 0.8 {
            self.around(city.centre, 1.3 * (city.people / 100.0).sqrt() * self.habit.spread)
        } else {
            // Districts near the centre are fuller.
            let weight = |spot: &Spot| 1.0 / (3.0 + spot.at.meters_to(city.centre) / 1000.0);
            let chosen = city.districts.choose_weighted(&mut self.rng, weight).map_or(city.centre, |spot| spot.at);
            self.around(chosen, 2.6 * self.habit.spread)
        };
        let near = nearest(&city.landmarks, point).filter(|(_, meters)| *meters < 600.0);
        (point, near.map(|(spot, _)| spot))
    }

    /// A point whose distance decays with a mean of `kilometres`.
    fn around(&mut self, centre: Point, kilometres: f64) -> Point {
        let distance = -kilometres * (1.0 - self.rng.random::<f64>()).ln();
        let angle = self.rng.random::<f64>() * std::f64::consts::TAU;
        let rise = distance.min(60.0) / 111.2;
        let grid = Point {
            lon: centre.lon + rise * angle.cos() / centre.lat.to_radians().cos(),
            lat: centre.lat + rise * angle.sin(),
        };
        grid.to_grid().to_point()
    }
}

fn habit(seller: &Seller) -> Habit {
    let mut rng = SmallRng::seed_from_u64(hash(&seller.id));
    Habit {
        share: rng.random_range(0.6..1.8),
        appetite: rng.random_range(1.1..1.6),
        spread: rng.random_range(0.8..1.3),
        prominence: rng.random_range(0.06..0.16),
        spacing: rng.random_range(0.0012..0.003),
        delivery: rng.random_range(0.45..0.9),
    }
}

fn hours(rng: &mut SmallRng) -> &'static str {
    HOURS.choose_weighted(rng, |(_, weight)| *weight).map_or("", |(hours, _)| hours)
}

fn nearest(spots: &[Spot], point: Point) -> Option<(&Spot, f64)> {
    // Flat is good enough within a city, and quick.
    let flat = |spot: &Spot| {
        let (x, y) = ((spot.at.lon - point.lon) * point.lat.to_radians().cos(), spot.at.lat - point.lat);
        x * x + y * y
    };
    let spot = spots.iter().min_by(|a, b| flat(a).total_cmp(&flat(b)))?;
    Some((spot, flat(spot).sqrt() * 111_195.0))
}

/// FNV-1a: the same on every machine.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

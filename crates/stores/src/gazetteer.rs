//! Real cities with their sizes, and districts and landmarks of the largest: what a sample country is made from.

use crate::geo::Point;
use crate::store::Names;

/// A city of `data/cities.tsv`.
#[derive(Clone, Debug)]
pub(crate) struct City {
    pub(crate) names: Names,
    pub(crate) centre: Point,
    /// In 10,000s.
    pub(crate) people: f64,
    pub(crate) districts: Vec<Spot>,
    pub(crate) landmarks: Vec<Spot>,
}

/// A district or a landmark.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) names: Names,
    pub(crate) at: Point,
}

/// The cities in the data file's order.
pub(crate) fn cities() -> Vec<City> {
    let mut cities: Vec<City> = Vec::new();
    for line in include_str!("../data/cities.tsv").lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [kind, en, zh, lat, lon, rest @ ..] = columns.as_slice() else { continue };
        let (Ok(lat), Ok(lon)) = (lat.parse(), lon.parse()) else { continue };
        let (names, at) = (Names::new(*en, *zh), Point { lon, lat });
        match (*kind, cities.last_mut()) {
            ("city", _) => cities.push(City {
                names,
                centre: at,
                people: rest.first().and_then(|people| people.parse().ok()).unwrap_or(10.0),
                districts: Vec::new(),
                landmarks: Vec::new(),
            }),
            ("district", Some(city)) => city.districts.push(Spot { names, at }),
            ("landmark", Some(city)) => city.landmarks.push(Spot { names, at }),
            _ => {}
        }
    }
    cities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_place_in_china() {
        let lines = include_str!("../data/cities.tsv").lines().filter(|line| !line.starts_with('#')).count();
        let cities = cities();
        assert_eq!(lines, cities.iter().map(|city| 1 + city.districts.len() + city.landmarks.len()).sum::<usize>());
        assert!(cities.len() >= 330);
        for city in &cities {
            assert!(crate::reading::looks_chinese(city.centre.lon, city.centre.lat), "{:?}", city.names);
            for spot in city.districts.iter().chain(&city.landmarks) {
                assert!(spot.at.meters_to(city.centre) < 330_000.0, "{:?} of {:?}", spot.names, city.names);
            }
        }
        let mut names: Vec<&str> = cities.iter().map(|city| city.names.zh.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), cities.len());
    }
}

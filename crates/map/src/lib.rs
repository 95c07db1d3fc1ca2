//! A map of stores as pure functions: projection, clusters, what to draw.
//!
//! ```text
//! View ── which part of the world, how large ──► Bounds (what to load), raster tiles
//!   │
//! dots ── Clusters::of (whole zoom steps) ──► marks (on the screen) ──► hit, next (pointer and keyboard)
//!   │                                           │
//!   └───────────── draw ◄───────────────────────┘ ──► shapes, back to front
//! ```
//!
//! Knows no canvas, no events and no colours: the shell paints shapes in the colours of its theme.

mod cluster;
mod draw;
mod keys;
mod labels;
mod marks;
mod mercator;
mod scale;
mod view;

pub use cluster::Clusters;
pub use draw::{Look, Me, Scene, Shape, draw};
pub use keys::{Step, step};
pub use labels::Label;
pub use marks::{Crowd, Mark, Target, hit, marks, next};
pub use mercator::{LonLat, MAX_LAT, World};
pub use scale::{Scale, scale};
pub use view::{Bounds, MAX_ZOOM, MIN_ZOOM, Raster, View, raster_url};

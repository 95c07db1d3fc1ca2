//! Shapes of the map onto a canvas, in the colours of the theme.

use std::f64::consts::TAU;

use oolong_map::{Label, Look, Scale, Shape};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Colours and type of the present theme.
#[derive(Clone, Debug, Default)]
pub(super) struct Palette {
    line: String,
    text: String,
    halo: String,
    open: String,
    busy: String,
    off: String,
    on: String,
    cluster: String,
    cluster_text: String,
    me: String,
    focus: String,
    family: String,
}

impl Palette {
    /// Reads the theme's CSS variables; forced colours are the style sheet's business, too.
    pub(super) fn of(canvas: &HtmlCanvasElement) -> Self {
        let style = web_sys::window().and_then(|window| window.get_computed_style(canvas).ok().flatten());
        let value = |name: &str| {
            let value = style.as_ref().and_then(|style| style.get_property_value(name).ok());
            value.map(|value| value.trim().to_owned()).unwrap_or_default()
        };
        Self {
            line: value("--map-line"),
            text: value("--map-text"),
            halo: value("--map-ground"),
            open: value("--map-open"),
            busy: value("--map-busy"),
            off: value("--map-off"),
            on: value("--map-on"),
            cluster: value("--map-cluster"),
            cluster_text: value("--map-cluster-text"),
            me: value("--map-me"),
            focus: value("--map-focus"),
            family: value("font-family"),
        }
    }
}

/// A canvas at work.
pub(super) struct Brush<'a> {
    pub(super) context: &'a CanvasRenderingContext2d,
    pub(super) palette: &'a Palette,
    pub(super) labels: &'a [Label],
    /// Width and height, CSS pixels.
    pub(super) size: (f64, f64),
    /// How a distance reads.
    pub(super) metres: fn(f64) -> String,
}

impl Brush<'_> {
    /// Paints back to front.
    pub(super) fn paint(&self, shapes: &[Shape]) {
        self.context.clear_rect(0.0, 0.0, self.size.0, self.size.1);
        self.context.set_text_align("center");
        self.context.set_text_baseline("middle");
        self.context.set_line_join("round");
        self.context.set_line_cap("round");
        for shape in shapes {
            match shape {
                // The ground is the element's background, raster tiles lie under the canvas.
                Shape::Ground | Shape::Raster(_) => {}
                Shape::Line { from, to } => {
                    self.path(&[*from, *to], false);
                    self.stroke(&self.palette.line, 1.0);
                }
                Shape::Label { number, at } => self.label(*number, *at),
                Shape::Me { at, radius } => self.me(*at, *radius),
                Shape::Cluster { at, radius, count, focused } => self.cluster(*at, *radius, *count, *focused),
                Shape::Store { at, radius, look, selected, focused } => {
                    let (at, mut radius) = (*at, *radius);
                    if *selected {
                        radius *= 1.35;
                        self.disc(at, radius + 5.0);
                        self.stroke(&self.palette.focus, 2.5);
                    }
                    self.store(at, radius, *look);
                    if *focused {
                        self.focus(at, radius + 5.0);
                    }
                }
                Shape::Scale(scale) => self.scale(scale),
            }
        }
    }

    fn label(&self, number: usize, (x, y): (f64, f64)) {
        let Some(label) = self.labels.get(number) else { return };
        let font = if label.rank == 0 {
            format!("600 14px {}", self.palette.family)
        } else {
            format!("12px {}", self.palette.family)
        };
        self.context.set_font(&font);
        self.context.set_stroke_style_str(&self.palette.halo);
        self.context.set_line_width(3.0);
        // A label that cannot be drawn leaves the map as it was.
        let _ = self.context.stroke_text(&label.text, x, y);
        self.write(&label.text, (x, y), &self.palette.text);
    }

    fn me(&self, at: (f64, f64), radius: f64) {
        self.disc(at, radius.max(10.0));
        self.context.set_global_alpha(0.14);
        self.fill(&self.palette.me);
        self.context.set_global_alpha(1.0);
        self.context.set_line_width(1.5);
        self.stroke(&self.palette.me, 1.5);
        self.disc(at, 5.0);
        self.fill(&self.palette.me);
        self.stroke(&self.palette.halo, 2.0);
    }

    fn cluster(&self, at: (f64, f64), radius: f64, count: u32, focused: bool) {
        self.disc(at, radius);
        self.fill(&self.palette.cluster);
        self.stroke(&self.palette.halo, 2.0);
        self.context.set_font(&format!("600 12px {}", self.palette.family));
        let text = match count {
            ..10_000 => count.to_string(),
            many => format!("{}k", many / 1000),
        };
        self.write(&text, at, &self.palette.cluster_text);
        if focused {
            self.focus(at, radius + 4.0);
        }
    }

    /// A form for each state: disc, hexagon with minutes, bars, crossed ring, cross, diamond with a question mark.
    fn store(&self, (x, y): (f64, f64), r: f64, look: Look) {
        let Palette { open, busy, off, on, halo, .. } = self.palette;
        match look {
            Look::Open => {
                self.disc((x, y), r);
                self.fill(open);
                self.stroke(halo, 2.0);
                self.path(&[(x - r * 0.42, y), (x - r * 0.1, y + r * 0.34), (x + r * 0.46, y - r * 0.34)], false);
                self.stroke(on, 2.0);
            }
            Look::Busy(minutes) => {
                let r = r * 1.25;
                let corners: Vec<(f64, f64)> = (0..6)
                    .map(|corner| f64::from(corner) * TAU / 6.0)
                    .map(|angle| (x + r * angle.cos(), y + r * angle.sin()))
                    .collect();
                self.path(&corners, true);
                self.fill(busy);
                self.stroke(halo, 2.0);
                self.context.set_font(&format!("700 10px {}", self.palette.family));
                let text = minutes.map_or_else(|| "…".to_owned(), |minutes| minutes.min(99).to_string());
                self.write(&text, (x, y), on);
            }
            Look::Paused => {
                let s = r * 0.9;
                self.path(&[(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)], true);
                self.fill(off);
                self.stroke(halo, 2.0);
                for side in [-1.0, 1.0] {
                    self.path(&[(x + side * r * 0.3, y - r * 0.45), (x + side * r * 0.3, y + r * 0.45)], false);
                    self.stroke(halo, 2.2);
                }
            }
            Look::Closed => {
                self.disc((x, y), r * 0.9);
                self.fill(halo);
                self.stroke(off, 2.0);
                self.path(&[(x - r * 0.5, y), (x + r * 0.5, y)], false);
                self.stroke(off, 2.0);
            }
            Look::Gone => {
                for side in [-1.0, 1.0] {
                    self.path(&[(x - r * 0.6, y - side * r * 0.6), (x + r * 0.6, y + side * r * 0.6)], false);
                    self.stroke(halo, 5.0);
                    self.stroke(off, 2.4);
                }
            }
            Look::Unknown => {
                self.path(&[(x, y - r), (x + r, y), (x, y + r), (x - r, y)], true);
                self.fill(halo);
                self.stroke(off, 1.6);
                self.context.set_font(&format!("600 10px {}", self.palette.family));
                self.write("?", (x, y), off);
            }
        }
    }

    fn focus(&self, at: (f64, f64), radius: f64) {
        self.disc(at, radius + 1.0);
        self.stroke(&self.palette.halo, 5.0);
        self.stroke(&self.palette.focus, 3.0);
    }

    fn scale(&self, scale: &Scale) {
        let (left, bottom) = (12.0, self.size.1 - 12.0);
        let bar =
            [(left, bottom - 5.0), (left, bottom), (left + scale.width, bottom), (left + scale.width, bottom - 5.0)];
        self.path(&bar, false);
        self.stroke(&self.palette.halo, 4.0);
        self.stroke(&self.palette.text, 1.5);
        self.context.set_font(&format!("11px {}", self.palette.family));
        let at = (left + scale.width / 2.0, bottom - 10.0);
        let text = (self.metres)(f64::from(scale.metres));
        self.context.set_stroke_style_str(&self.palette.halo);
        self.context.set_line_width(3.0);
        let _ = self.context.stroke_text(&text, at.0, at.1);
        self.write(&text, at, &self.palette.text);
    }

    fn disc(&self, (x, y): (f64, f64), radius: f64) {
        self.context.begin_path();
        // Fails for negative radii only.
        let _ = self.context.arc(x, y, radius.max(0.0), 0.0, TAU);
    }

    fn path(&self, points: &[(f64, f64)], closed: bool) {
        self.context.begin_path();
        for (at, (x, y)) in points.iter().enumerate() {
            if at == 0 {
                self.context.move_to(*x, *y);
            } else {
                self.context.line_to(*x, *y);
            }
        }
        if closed {
            self.context.close_path();
        }
    }

    fn fill(&self, colour: &str) {
        self.context.set_fill_style_str(colour);
        self.context.fill();
    }

    fn stroke(&self, colour: &str, width: f64) {
        self.context.set_stroke_style_str(colour);
        self.context.set_line_width(width);
        self.context.stroke();
    }

    fn write(&self, text: &str, (x, y): (f64, f64), colour: &str) {
        self.context.set_fill_style_str(colour);
        let _ = self.context.fill_text(text, x, y);
    }
}

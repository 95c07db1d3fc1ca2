//! What fingers and mice mean: dragging, pinching, tapping, tapping twice. Times are milliseconds.

/// Farther than this is no tap, CSS pixels.
const STILL: f64 = 8.0;
/// Longer than this is no tap.
const SHORT: f64 = 400.0;
/// Later than this is a tap of its own.
const TWICE: f64 = 320.0;

/// A pointer's meaning. Places are CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Gesture {
    /// The ground is dragged along.
    Pan(f64, f64),
    /// By so many steps, about a place.
    Zoom { about: (f64, f64), by: f64 },
    /// Two fingers: their middle moved, and they came apart by so many steps.
    Pinch { from: (f64, f64), to: (f64, f64), by: f64 },
    /// Something is pointed at.
    Tap { at: (f64, f64), touch: bool },
}

/// The pointers that are down.
#[derive(Debug, Default)]
pub(super) struct Hand {
    fingers: Vec<(i32, (f64, f64))>,
    /// Where and when the one finger went down, while it may still be a tap.
    pressed: Option<((f64, f64), f64)>,
    tapped: Option<((f64, f64), f64)>,
}

impl Hand {
    pub(super) fn down(&mut self, finger: i32, at: (f64, f64), time: f64) {
        self.lost(finger);
        self.fingers.push((finger, at));
        self.pressed = (self.fingers.len() == 1).then_some((at, time));
    }

    pub(super) fn moved(&mut self, finger: i32, at: (f64, f64)) -> Option<Gesture> {
        let index = self.fingers.iter().position(|(known, _)| *known == finger)?;
        if let Some((from, _)) = self.pressed {
            if far(from, at) <= STILL {
                return None;
            }
            self.pressed = None;
        }
        let before = std::mem::replace(&mut self.fingers[index].1, at);
        match self.fingers.as_slice() {
            [_] => Some(Gesture::Pan(at.0 - before.0, at.1 - before.1)),
            [(_, a), (_, b), ..] if index < 2 => {
                let other = if index == 0 { *b } else { *a };
                let apart = |one| far(one, other).max(8.0);
                let middle = |one: (f64, f64)| (f64::midpoint(one.0, other.0), f64::midpoint(one.1, other.1));
                Some(Gesture::Pinch { from: middle(before), to: middle(at), by: (apart(at) / apart(before)).log2() })
            }
            _ => None,
        }
    }

    pub(super) fn up(&mut self, finger: i32, at: (f64, f64), time: f64, touch: bool) -> Option<Gesture> {
        let pressed = self.pressed.take().filter(|_| self.fingers.iter().any(|(known, _)| *known == finger));
        self.lost(finger);
        let tap = pressed.is_some_and(|(_, since)| time - since <= SHORT);
        if !tap {
            return None;
        }
        if self.tapped.take().is_some_and(|(before, since)| time - since <= TWICE && far(before, at) <= 30.0) {
            return Some(Gesture::Zoom { about: at, by: 1.0 });
        }
        self.tapped = Some((at, time));
        Some(Gesture::Tap { at, touch })
    }

    pub(super) fn lost(&mut self, finger: i32) {
        self.fingers.retain(|(known, _)| *known != finger);
        self.pressed = None;
    }
}

fn far(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_press_is_a_tap_and_two_are_a_zoom() {
        let mut hand = Hand::default();
        hand.down(1, (10.0, 10.0), 0.0);
        assert_eq!(hand.moved(1, (12.0, 10.0)), None);
        assert_eq!(hand.up(1, (12.0, 10.0), 90.0, true), Some(Gesture::Tap { at: (12.0, 10.0), touch: true }));
        hand.down(1, (14.0, 10.0), 200.0);
        assert_eq!(hand.up(1, (14.0, 10.0), 260.0, true), Some(Gesture::Zoom { about: (14.0, 10.0), by: 1.0 }));
        hand.down(1, (14.0, 10.0), 300.0);
        assert_eq!(hand.up(1, (14.0, 10.0), 900.0, true), None);
    }

    #[test]
    fn a_drag_pans_by_all_of_it() {
        let mut hand = Hand::default();
        hand.down(1, (0.0, 0.0), 0.0);
        assert_eq!(hand.moved(1, (20.0, 5.0)), Some(Gesture::Pan(20.0, 5.0)));
        assert_eq!(hand.moved(1, (25.0, 5.0)), Some(Gesture::Pan(5.0, 0.0)));
        assert_eq!(hand.up(1, (25.0, 5.0), 50.0, false), None);
        assert_eq!(hand.moved(1, (90.0, 5.0)), None);
    }

    #[test]
    fn two_fingers_apart_zoom_about_their_middle() {
        let mut hand = Hand::default();
        hand.down(1, (100.0, 100.0), 0.0);
        hand.down(2, (200.0, 100.0), 10.0);
        let pinched = hand.moved(2, (300.0, 100.0));
        assert_eq!(pinched, Some(Gesture::Pinch { from: (150.0, 100.0), to: (200.0, 100.0), by: 1.0 }));
        hand.up(2, (300.0, 100.0), 20.0, true);
        assert_eq!(hand.moved(1, (110.0, 100.0)), Some(Gesture::Pan(10.0, 0.0)));
    }
}

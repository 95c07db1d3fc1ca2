//! What keys do on the map.

/// One step by keyboard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Move what is shown by so many CSS pixels.
    Pan(f64, f64),
    /// Zoom by so many steps.
    Zoom(f64),
    /// To the next mark.
    Next,
    /// To the mark before.
    Previous,
    /// Take the mark that is focused.
    Choose,
    /// Focus no mark.
    Leave,
}

/// What a key does, by its name in `KeyboardEvent.key`; none for keys that belong to the browser.
#[must_use]
pub fn step(key: &str, shift: bool) -> Option<Step> {
    let far = if shift { 240.0 } else { 80.0 };
    match key {
        "ArrowLeft" => Some(Step::Pan(far, 0.0)),
        "ArrowRight" => Some(Step::Pan(-far, 0.0)),
        "ArrowUp" => Some(Step::Pan(0.0, far)),
        "ArrowDown" => Some(Step::Pan(0.0, -far)),
        "+" | "=" => Some(Step::Zoom(1.0)),
        "-" | "_" => Some(Step::Zoom(-1.0)),
        "Tab" if shift => Some(Step::Previous),
        "Tab" => Some(Step::Next),
        "Enter" | " " => Some(Step::Choose),
        "Escape" => Some(Step::Leave),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_steps() {
        assert_eq!(step("ArrowLeft", false), Some(Step::Pan(80.0, 0.0)));
        assert_eq!(step("Tab", true), Some(Step::Previous));
        assert_eq!(step("=", false), Some(Step::Zoom(1.0)));
        assert_eq!(step("a", false), None);
    }
}

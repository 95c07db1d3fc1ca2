//! Long work in short slices: between two of them messages come in, such as the wish to stop.

use js_sys::Promise;
use oolong_protocol::{LabTrouble, LabTroubleKind};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::scope::{now, scope};

/// Length of a slice, in milliseconds: short enough that stopping feels immediate.
const SLICE: f64 = 50.0;
/// Shortest time between two reports, in milliseconds.
const REPORT_EVERY: f64 = 100.0;

/// The slices of one task.
pub(super) struct Slices<'a> {
    signal: &'a AbortSignal,
    began: f64,
    reported: f64,
}

impl<'a> Slices<'a> {
    pub(super) fn new(signal: &'a AbortSignal) -> Self {
        Self { signal, began: now(), reported: f64::NEG_INFINITY }
    }

    /// To be called often: when the slice is over, reports if that is due, and lets messages in.
    ///
    /// # Errors
    /// When the task was stopped.
    pub(super) async fn breathe(&mut self, report: impl FnOnce()) -> Result<(), LabTrouble> {
        let time = now();
        if time - self.began < SLICE {
            return Ok(());
        }
        if time - self.reported >= REPORT_EVERY {
            self.reported = time;
            report();
        }
        self.rest().await
    }

    /// Lets messages in now.
    ///
    /// # Errors
    /// When the task was stopped.
    pub(super) async fn rest(&mut self) -> Result<(), LabTrouble> {
        pause().await;
        self.began = now();
        if self.signal.aborted() {
            return Err(LabTrouble::new(LabTroubleKind::Cancelled, "the run was stopped"));
        }
        Ok(())
    }
}

async fn pause() {
    let soon = Promise::new(&mut |resolve, _| {
        if scope().set_timeout_with_callback(&resolve).is_err() {
            let _ = resolve.call0(&resolve);
        }
    });
    // Nothing rejects it.
    let _ = JsFuture::from(soon).await;
}

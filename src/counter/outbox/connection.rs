//! A connection that browsers take away, as from pages in the background: opened when it is needed, and anew when it broke.

use std::rc::Rc;

use futures::lock::Mutex;

/// The connection.
pub(super) struct Connection<D> {
    line: Mutex<Line<D>>,
}

enum Line<D> {
    Closed,
    Open(Rc<D>),
    /// It could not be opened. To find that out may have taken long, so it is not tried at every use.
    Refused,
}

impl<D> Default for Connection<D> {
    fn default() -> Self {
        Self { line: Mutex::new(Line::Closed) }
    }
}

impl<D> Connection<D> {
    /// Does `work`, and where that fails, once more over a new connection; it must be the same done twice as done once.
    pub(super) async fn with<T, E>(
        &self,
        open: impl AsyncFn() -> Option<D>,
        work: impl AsyncFn(&D) -> Result<T, E>,
    ) -> Option<T> {
        for _ in 0..2 {
            let held = self.held(&open).await?;
            match work(&held).await {
                Ok(done) => return Some(done),
                Err(_) => self.lose(&held).await,
            }
        }
        None
    }

    /// What was refused may be tried again.
    pub(super) fn renew(&self) {
        // Whoever holds the line is opening it right now.
        if let Some(mut line) = self.line.try_lock()
            && matches!(*line, Line::Refused)
        {
            *line = Line::Closed;
        }
    }

    async fn held(&self, open: &impl AsyncFn() -> Option<D>) -> Option<Rc<D>> {
        let mut line = self.line.lock().await;
        if matches!(*line, Line::Closed) {
            *line = open().await.map_or(Line::Refused, |opened| Line::Open(Rc::new(opened)));
        }
        match &*line {
            Line::Open(held) => Some(Rc::clone(held)),
            Line::Closed | Line::Refused => None,
        }
    }

    /// Lets go of a connection, unless somebody has done so already.
    async fn lose(&self, lost: &Rc<D>) {
        let mut line = self.line.lock().await;
        if matches!(&*line, Line::Open(held) if Rc::ptr_eq(held, lost)) {
            *line = Line::Closed;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn a_lost_connection_is_opened_anew_and_a_refused_one_only_when_asked() {
        let (line, opened) = (Connection::default(), Cell::new(0));
        // Connections are numbers; up to `broken` they fail at work, above `last` there are none.
        let work = |broken: u32, last: u32| {
            let open = async || {
                opened.set(opened.get() + 1);
                (opened.get() <= last).then_some(opened.get())
            };
            let work = async |held: &u32| if *held > broken { Ok(*held) } else { Err(()) };
            line.with(open, work).now_or_never().expect("nothing waits here")
        };
        for (broken, last, expected, tries) in [
            (0, 9, Some(1), 1),
            (0, 9, Some(1), 1),
            // The page was in the background.
            (1, 9, Some(2), 2),
            // Twice in a row is enough for one use; the next one tries again.
            (3, 9, None, 3),
            (3, 9, Some(4), 4),
            // Gone, and refused: not tried at every use.
            (4, 4, None, 5),
            (4, 9, None, 5),
        ] {
            assert_eq!((work(broken, last), opened.get()), (expected, tries), "broken to {broken}, {last} in all");
        }
        line.renew();
        assert_eq!((work(4, 9), opened.get()), (Some(6), 6));
    }
}

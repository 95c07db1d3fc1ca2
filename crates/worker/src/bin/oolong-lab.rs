//! The worker of the lab's page.

fn main() {
    oolong_worker::serve_lab();
}

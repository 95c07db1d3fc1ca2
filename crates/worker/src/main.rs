//! The worker of the shop's page.

fn main() {
    oolong_worker::serve_shop();
}

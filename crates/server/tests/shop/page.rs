//! The page is told of the shop, and is the till as well; and all of it is of one campaign.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use oolong_protocol::shop::VoucherList;

use crate::support::{Shop, client, read};

#[tokio::test]
async fn the_page_learns_of_the_shop_and_is_the_till() {
    let site = tempfile::tempdir().expect("a folder");
    let page = r#"<head><meta name="oolong-shop" content=""></head>"#;
    std::fs::write(site.path().join("index.html"), page).expect("written");
    let shop = Shop::start(&format!("--site {}", site.path().display())).await;
    let index = shop.get("", "").await;
    assert_eq!((index.status, index.kind.as_str()), (200, "text/html; charset=utf-8"));
    assert!(index.body.contains(r#"<meta name="oolong-shop" content="v1/">"#), "{index:?}");
    assert_eq!(shop.get("till", "").await.body, index.body);
}

/// A program that ends with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A pipe can be read but once: agent and shop have the same campaign, whatever becomes of its file meanwhile.
#[tokio::test]
async fn the_campaign_is_read_once() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Command::new(env!("CARGO_BIN_EXE_oolong-server"))
        .args(["--campaign", "/dev/stdin", "--listen", "127.0.0.1:0", "--workers", "1"])
        .args(["--sample-stores", "50", "--data"])
        .arg(data.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let mut server = Program(server);
    let campaign = include_str!("../../../../public/campaign.json");
    server.0.stdin.take().expect("a pipe").write_all(campaign.as_bytes()).expect("written");
    let mut url = String::new();
    BufReader::new(server.0.stdout.take().expect("its output")).read_line(&mut url).expect("a line");
    let vouchers: VoucherList = read(client().get(format!("{}v1/vouchers", url.trim()))).await.json(200);
    let expected: serde_json::Value = serde_json::from_str(campaign).expect("JSON");
    assert_eq!(vouchers.campaign, expected["id"]);
}

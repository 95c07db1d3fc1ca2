//! The page is told of the shop, and is the till as well.

use crate::support::Shop;

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

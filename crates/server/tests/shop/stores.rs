//! Finding stores and places, and the packed stores.

use oolong_protocol::shop::{Availability, Live, PlaceList, Reason, StoreList, StoreView};
use serde_json::json;

use crate::support::{Shop, client};

fn ids(list: &StoreList) -> Vec<&str> {
    list.stores.iter().map(|store| store.id.as_str()).collect()
}

#[tokio::test]
async fn stores_are_found_near_in_view_and_by_name() {
    let shop = Shop::start("").await;
    let find = |query: &'static str| {
        let shop = &shop;
        async move { shop.get(&format!("v1/stores?{query}"), "").await.json::<StoreList>(200) }
    };
    let near = find("near=31.0,121.0&limit=4").await;
    assert_eq!(ids(&near), ["s-1", "b-1", "s-2", "s-3"]);
    assert_eq!(near.stores[0].metres, Some(0));
    assert!((185..195).contains(&near.stores[1].metres.expect("a distance")), "{near:?}");
    assert_eq!((near.stores[0].live.state, near.stores[0].live.minutes), (Availability::Open, Some(5)));
    assert!(near.stores[0].live.expires_at > near.as_of);
    assert_eq!(ids(&find("near=31.0,121.0&brand=bean").await), ["b-1"]);
    assert_eq!(ids(&find("near=31.0,121.0&item=mocha&limit=2").await), ["s-1", "s-2"]);
    assert_eq!(ids(&find("near=31.0,121.0&item=latte&item=mocha").await), ["s-1", "s-2", "s-4"]);
    assert_eq!(ids(&find("near=31.0,121.0&item=espresso").await), ["b-1"]);
    assert!(find("near=31.0,121.0&item=caviar").await.stores.is_empty());
    assert_eq!(ids(&find("view=121.9,30.9,122.1,31.1").await), ["s-4"]);
    let crowded = find("view=120,30,123,32&limit=2").await;
    assert!(crowded.stores.is_empty() && !crowded.clusters.is_empty(), "{crowded:?}");
    assert_eq!(crowded.clusters.iter().map(|cluster| cluster.count).sum::<u32>(), 5);
    assert_eq!(ids(&find("q=s-4&limit=1").await), ["s-4"]);
    let closed: StoreView = shop.get("v1/stores/s-5", "").await.json(200);
    assert_eq!(closed.live.state, Availability::PermanentlyClosed);
    shop.get("v1/stores/nowhere", "").await.refused(404, Reason::StoreUnknown);
    shop.get("v1/stores?near=91,0", "").await.refused(400, Reason::RequestInvalid);
    let places: PlaceList = shop.get("v1/places?q=%E5%A4%96%E6%BB%A9", "").await.json(200);
    assert!(places.places.iter().any(|place| place.names.contains(&"外滩".to_owned())), "{places:?}");
}

#[tokio::test]
async fn what_a_store_says_counts_and_runs_out() {
    let shop = Shop::start("").await;
    let till = shop.key("s-1");
    shop.say("s-1", &till, json!({"state": "busy", "minutes": 40})).await.json::<Live>(200);
    let open = |query: &'static str| {
        let shop = &shop;
        async move { shop.get(&format!("v1/stores?near=31.0,121.0&brand=leaf&{query}"), "").await.json::<StoreList>(200) }
    };
    let mut list = open("").await;
    for _ in 0..100 {
        if list.stores[0].live.state == Availability::Busy {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        list = open("").await;
    }
    assert_eq!((list.stores[0].live.state, list.stores[0].live.minutes), (Availability::Busy, Some(40)));
    assert_eq!(ids(&open("order=wait&limit=2&open_now=true").await), ["s-2", "s-3"]);
    shop.say("s-1", &till, json!({"state": "closed"})).await.json::<Live>(200);
    let mut list = open("open_now=true").await;
    for _ in 0..100 {
        if ids(&list) == ["s-2", "s-3", "s-4"] {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        list = open("open_now=true").await;
    }
    panic!("{list:?}");
}

#[tokio::test]
async fn packed_stores_are_files_that_are_kept() {
    let shop = Shop::start("").await;
    let get = |name: &str| {
        client().get(format!("{}stores/{name}", shop.running.url())).header("accept-encoding", "br").send()
    };
    let directory = get("directory").await.expect("an answer");
    assert_eq!(directory.status(), 200);
    assert_eq!(directory.headers()["cache-control"], "no-cache");
    assert_eq!(directory.headers()["content-encoding"], "br");
    let plain = client().get(format!("{}stores/directory", shop.running.url())).send().await.expect("an answer");
    let bytes = plain.bytes().await.expect("a body");
    let read = oolong_stores::Directory::read(&bytes).expect("a directory");
    assert_eq!(read.stores(), 6);
    let tile = get(&read.tile_file(0).expect("a tile")).await.expect("an answer");
    assert!(tile.headers()["cache-control"].to_str().expect("text").contains("immutable"));
    shop.get("stores/other.tile", "").await.refused(404, Reason::RequestInvalid);
}

#[tokio::test]
async fn without_trust_in_hours_nobody_knows() {
    let shop = Shop::start_wary().await;
    let store: StoreView = shop.get("v1/stores/s-1", "").await.json(200);
    assert_eq!(store.live.state, Availability::Unknown);
    let list: StoreList = shop.get("v1/stores?near=31.0,121.0", "").await.json(200);
    assert!(list.stores.iter().all(|store| store.live.state == Availability::Unknown), "{list:?}");
    let open: StoreList = shop.get("v1/stores?near=31.0,121.0&open_now=true", "").await.json(200);
    assert!(open.stores.is_empty(), "{open:?}");
}

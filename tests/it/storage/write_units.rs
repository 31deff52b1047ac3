//! What the life of an object costs in units of the tables: each step of it, with the indexes, and which
//! partition of an account is full first. docs/performance.md has the tables.

use std::fs;

use tests::units;

#[tokio::test]
async fn the_counted_units_are_those_of_the_page() {
    let page = fs::read_to_string(units::page_path()).expect("the page");
    let partitions = Box::pin(units::play_account()).await;
    let written = units::with_counts(&page, &units::play_lives().await, &partitions);
    assert!(written == Some(page), "docs/performance.md is stale; run: make units");
    for family in ["EVENT", "DELIVERY"] {
        let of_family = partitions.iter().filter(|one| one.family == family);
        let least = of_family.map(|one| one.lives_per_second).min().expect("it writes them");
        assert!(least >= 400, "{family}: {least} lives a second fill a partition");
    }
}

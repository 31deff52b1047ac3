//! `make units`: writes the counted tables of docs/performance.md.

use std::fs;

use tests::units;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), String> {
    let path = units::page_path();
    let page = fs::read_to_string(&path).map_err(|cause| cause.to_string())?;
    let (lives, partitions) = (units::play_lives().await, Box::pin(units::play_account()).await);
    let page = units::with_counts(&page, &lives, &partitions)
        .ok_or("docs/performance.md lacks the lines around the tables")?;
    fs::write(&path, page).map_err(|cause| cause.to_string())
}

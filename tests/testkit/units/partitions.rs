//! Which partition of an account is full first. A partition takes 1,000 write units a second.

use std::collections::BTreeMap;

use domain::kernel::{AccountId, Id};
use jiff::SignedDuration;

use super::lives::Player;
use crate::{new_charge, text};

/// Write units that a partition takes in a second.
const UNITS_PER_SECOND: usize = 1_000;
/// Charges of the account: enough for a share of each partition.
const LIVES: usize = 64;

/// The partitions of rows of one family in a table or an index, and the busiest of them.
#[derive(Debug, Clone)]
pub struct BusyPartitions {
    /// Family of the rows, such as `EVENT`.
    pub family: String,
    /// Name of the index, or `table`.
    pub place: String,
    /// Number of partitions.
    pub partitions: usize,
    /// Write units of the busiest for one life, in hundredths.
    pub unit_hundredths: usize,
    /// Lives a second after which the busiest is full.
    pub lives_per_second: usize,
}

/// Plays charges of one account, one after another, each paid, credited and delivered. Returns its partitions,
/// those that are full first before the others. Partitions that accounts share are not among them.
pub async fn play_account() -> Vec<BusyPartitions> {
    let mut player = Box::pin(Player::begin("charges of one account")).await;
    player.meter.forget_partitions();
    for number in 0..LIVES {
        // Deliveries are spread by their millisecond.
        player.world.bundle.clock().advance(SignedDuration::from_millis(1_001));
        let key = format!("order-{number}");
        let request = player.world.post("/v1/charges").key(&player.key).idempotency_key(&key);
        let created = request.json(&new_charge()).send().await.created();
        player.events().await;
        player.world.pay(&player.key, &text(&created["id"])).await.ok();
        player.events().await;
    }
    player.count();
    let mut families: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for ((place, pk), units) in &player.meter.partitions {
        if !pk.contains(AccountId::PREFIX) {
            continue;
        }
        let family = pk.split('#').next().unwrap_or_default().to_owned();
        let place = if place.starts_with("by_") { place.clone() } else { "table".to_owned() };
        families.entry((family, place)).or_default().push(*units);
    }
    let busy = |((family, place), units): ((String, String), Vec<usize>)| {
        let busiest = units.iter().copied().max().unwrap_or(1);
        BusyPartitions {
            family,
            place,
            partitions: units.len(),
            unit_hundredths: busiest * 100 / LIVES,
            lives_per_second: UNITS_PER_SECOND * LIVES / busiest,
        }
    };
    let mut all: Vec<_> = families.into_iter().map(busy).collect();
    all.sort_by_key(|one| one.lives_per_second);
    all
}

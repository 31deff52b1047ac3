//! Notes the use of credentials beside the operation's own work: last use to the minute, and calls
//! per key and day. Counts that a sandbox holds when it dies are lost, at most a minute of them, so
//! usage is for watching, not for billing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::{AccountId, KeyId};
use jiff::{SignedDuration, Timestamp};
use store::Key;

use crate::App;

/// At most one write per credential and minute.
const INTERVAL: SignedDuration = SignedDuration::from_mins(1);
/// Keys counted at once, so that memory stays bounded. Beyond that the counting begins anew, and the
/// calls since each key's last write are lost.
const KEYS_MAX: usize = 1_000;

/// A credential that was just used.
pub struct Used {
    pub(crate) account_id: AccountId,
    pub(crate) row: Key,
    pub(crate) key_id: Option<KeyId>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) now: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    requests: u64,
    written_at: Timestamp,
}

/// Calls since the last write, per key.
#[derive(Debug, Default)]
pub(crate) struct UsageCounter(Mutex<HashMap<KeyId, Count>>);

impl UsageCounter {
    /// Counts a call; says how many to write, if it is time.
    fn add(&self, key_id: &KeyId, now: Timestamp) -> Option<u64> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !counts.contains_key(key_id) {
            if counts.len() >= KEYS_MAX {
                counts.clear();
            }
            // The first call of a sandbox is written at once: quiet keys are then exact.
            counts.insert(
                key_id.clone(),
                Count {
                    requests: 0,
                    written_at: now,
                },
            );
            return Some(1);
        }
        let count = counts.get_mut(key_id)?;
        count.requests += 1;
        if now.duration_since(count.written_at) < INTERVAL {
            return None;
        }
        let requests = std::mem::take(&mut count.requests);
        count.written_at = now;
        Some(requests)
    }
}

/// Writes what is due. A failure is logged and changes nothing for the caller.
pub(crate) async fn note(app: &App, used: Option<Used>) {
    let Some(used) = used else { return };
    let due = used
        .last_used_at
        .is_none_or(|at| used.now.duration_since(at) >= INTERVAL);
    let touched = async {
        if due {
            app.store.note_use(&used.row, used.now).await
        } else {
            Ok(())
        }
    };
    let counted = async {
        match used
            .key_id
            .as_ref()
            .and_then(|key_id| Some((key_id, app.usage.add(key_id, used.now)?)))
        {
            Some((key_id, requests)) => {
                app.store
                    .count_use(used.account_id, key_id, requests, used.now)
                    .await
            }
            None => Ok(()),
        }
    };
    let (touched, counted) = tokio::join!(touched, counted);
    for error in [touched.err(), counted.err()].into_iter().flatten() {
        crate::log::warning(app, "usage not noted", &error);
    }
}

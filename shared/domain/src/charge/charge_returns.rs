//! What a charge knows of the money that the network takes back.
use crate::kernel::{BlockId, DisputeId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most returns, and most demands, of one charge. The limit exists because they are part of the charge's
/// row and events; no network has nearly as many.
pub(super) const RETURNS_MAX: usize = 50;

/// One part of a charge that the network took back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChargeReturn {
    /// Id of the return at the network.
    pub id: String,
    /// Amount of the return, in cents.
    pub amount_cents: u64,
    /// Reason in one word.
    pub reason: String,
    /// Time at which the network took the money.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub at: Timestamp,
}

/// A demand of the network to block money of a charge, with its balance block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnNotice {
    /// Id of the demand at the network; for a block of the operator, the id of the block.
    pub id: String,
    /// Balance block of the demand.
    pub block_id: BlockId,
    /// Amount that the block claims, in cents; 0 if it is not open.
    pub claim_cents: u64,
    /// Amount that the account accepted to lose and that the network has not taken yet, in cents. It left the
    /// balance when the account accepted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub accepted_cents: u64,
    /// True while the demand has a dispute and an open block.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disputed: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(cents: &u64) -> bool {
    *cents == 0
}

/// The money of a charge that the network took back or demands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeReturns {
    /// Total of the returns, in cents.
    pub amount_cents: u64,
    /// Returns, oldest first.
    pub parts: Vec<ChargeReturn>,
    /// Demands, oldest first.
    pub notices: Vec<ReturnNotice>,
    /// Ids of demands that ended before the network reported them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<String>,
    /// Ids of returns with which the network took what the account had accepted to lose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confirmed: Vec<String>,
}

impl ChargeReturns {
    /// Returns true if the network never took or demanded money of the charge.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns what the open balance blocks of the charge claim, in cents.
    pub fn claimed_cents(&self) -> u64 {
        self.notices.iter().map(|notice| notice.claim_cents).sum()
    }

    pub(super) fn has_part(&self, id: &str) -> bool {
        self.parts.iter().any(|part| part.id == id) || self.confirmed.iter().any(|one| one == id)
    }

    /// Returns what the account accepted to lose under a demand and the network has not taken, in cents; without
    /// an id of all demands.
    pub fn accepted_cents(&self, notice_id: Option<&str>) -> u64 {
        let of = |notice: &&ReturnNotice| notice_id.is_none_or(|id| notice.id == id);
        self.notices.iter().filter(of).map(|notice| notice.accepted_cents).sum()
    }

    pub(super) fn notice(&self, id: &str) -> Option<&ReturnNotice> {
        self.notices.iter().find(|notice| notice.id == id)
    }

    /// Returns the dispute that keeps the money of the charge from a refund.
    pub fn open_dispute(&self) -> Option<DisputeId> {
        let open = self.notices.iter().find(|notice| notice.disputed);
        open.map(|notice| DisputeId::of_block(notice.block_id))
    }

    /// Returns true if the network reported the demand, or its end.
    pub(super) fn has_heard_of(&self, notice_id: &str) -> bool {
        self.notice(notice_id).is_some() || self.ended.iter().any(|ended| ended == notice_id)
    }

    /// Remembers that a demand ended which the network did not report yet.
    pub(super) fn remember_end(&mut self, notice_id: &str) {
        if !self.has_heard_of(notice_id) && self.ended.len() < RETURNS_MAX {
            self.ended.push(notice_id.to_owned());
        }
    }

    /// Records what a block of the charge still claims, and whether it is open.
    pub(crate) fn set_claim(&mut self, block_id: BlockId, claim_cents: u64, is_open: bool) {
        for notice in self.notices.iter_mut().filter(|notice| notice.block_id == block_id) {
            notice.claim_cents = claim_cents;
            notice.disputed &= is_open;
        }
    }
}

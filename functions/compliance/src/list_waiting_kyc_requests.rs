//! `compliance.list_waiting_kyc_requests`: list the KYC requests that wait for compliance.

use command::{CommandFailure, Invocation};
use domain::kernel::{AccountId, KycRequestId, PayoutId};
use domain::kyc::{KycRequest, KycStatus};
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use store::{DueList, Page, Row};

/// Requests of an answer.
const WAITING_MAX: u16 = 50;

/// Nothing to choose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListWaitingInput {}

/// A request that waits.
#[derive(Serialize)]
pub struct WaitingKycRequest {
    account_id: AccountId,
    kyc_request_id: KycRequestId,
    payout_id: PayoutId,
    /// Time since which it waits.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    submitted_at: Option<Timestamp>,
    business_days_left: Option<u8>,
}

/// The requests of all accounts that wait the longest.
#[derive(Serialize)]
pub struct WaitingKycRequests {
    kyc_requests: Vec<WaitingKycRequest>,
    /// Whether more requests wait.
    has_more: bool,
}

/// Lists up to 50 requests. The index lags behind the table by less than a second.
pub async fn handle(
    app: &App,
    invocation: Invocation<ListWaitingInput>,
) -> Result<WaitingKycRequests, CommandFailure> {
    let page = Page { limit: WAITING_MAX, after: None };
    let now = invocation.moment.now;
    let (due, ended) = app.store.list_due(DueList::KycReviews, 0, now, page).await?;
    let keys: Vec<_> = due.into_iter().map(|row| row.key).collect();
    let rows = if keys.is_empty() { Vec::new() } else { app.store.read(&keys).await? };
    let mut kyc_requests = Vec::new();
    for row in rows.into_iter().flatten() {
        let request: KycRequest = Row::read(row)?;
        if request.status == KycStatus::InReview {
            kyc_requests.push(WaitingKycRequest {
                account_id: request.account_id,
                kyc_request_id: request.id,
                payout_id: request.payout_id,
                submitted_at: request.submitted_at,
                business_days_left: request.days_left,
            });
        }
    }
    Ok(WaitingKycRequests { kyc_requests, has_more: ended.is_some() })
}

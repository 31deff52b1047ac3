//! Rows of KYC requests.

use domain::kernel::Id;
use domain::kyc::{KycRequest, KycStatus};

use crate::due::DueList;
use crate::index::{due_index, status_and_due};
use crate::item::items;
use crate::key::{self, Key};

items! {
    KycRequest {
        "kyc_request", |it| Key::KycRequest(it.account_id, it.id),
        index: kyc_index(it),
        version: it.version
    }
}

/// A request is due by its clock, or it waits for compliance since its submission.
fn kyc_index(request: &KycRequest) -> Vec<(&'static str, String)> {
    let status = key::kyc_requests_in(&request.account_id, request.status.as_str());
    let due_at = request.due.as_ref().map(|due| due.at);
    let mut index = status_and_due(status, DueList::KycRequests, request.id, due_at);
    if request.status == KycStatus::InReview {
        let (list, id) = (DueList::KycReviews, request.id);
        index.extend(due_index(list, u128::from(id.ulid()), request.submitted_at, &id));
    }
    index
}

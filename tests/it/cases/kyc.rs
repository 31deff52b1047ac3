//! Cases of `functions/kyc`: answers to compliance.

use serde_json::json;
use tests::{PAGE, new_kyc_document};

use super::callers::{KYC_READERS, KYC_WRITERS};
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "list_kyc_requests",
        fixture: |_| Fixture::new().query("status=awaiting_documents"),
        callers: KYC_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_kyc_request",
        fixture: |objects| Fixture::of(&objects.kyc.open_id),
        callers: KYC_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "create_kyc_document",
        fixture: |objects| {
            Fixture::of(&objects.kyc.open_id).body(new_kyc_document("payout_purpose", PAGE))
        },
        callers: KYC_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "answer_kyc_request",
        fixture: |objects| {
            Fixture::of(&objects.kyc.open_id)
                .body(json!({ "kind": "payout_purpose", "text": "Rent of November." }))
        },
        callers: KYC_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "submit_kyc_request",
        fixture: |objects| Fixture::of(&objects.kyc.answered_id).body(json!({})),
        callers: KYC_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "create_kyc_message",
        fixture: |objects| {
            Fixture::of(&objects.kyc.open_id).body(json!({ "text": "It comes on Friday." }))
        },
        callers: KYC_WRITERS,
        round_trips: 2,
    },
];

//! Cases of `functions/beneficiaries`: saved beneficiaries and their destinations.

use serde_json::json;
use tests::new_beneficiary;

use super::callers::{BENEFICIARY_READERS, BENEFICIARY_WRITERS};
use super::case::{Fixture, OperationCase};

pub(crate) const CASES: &[OperationCase] = &[
    OperationCase {
        name: "create_beneficiary",
        fixture: |_| Fixture::new().body(new_beneficiary()),
        callers: BENEFICIARY_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "list_beneficiaries",
        fixture: |_| Fixture::new().query("document=529.982.247-25&status=active"),
        callers: BENEFICIARY_READERS,
        round_trips: 2,
    },
    OperationCase {
        name: "find_beneficiary",
        fixture: |objects| Fixture::of(&objects.saved.beneficiary_id),
        callers: BENEFICIARY_READERS,
        round_trips: 1,
    },
    OperationCase {
        name: "update_beneficiary",
        fixture: |objects| {
            Fixture::of(&objects.saved.beneficiary_id).body(json!({ "reference": "supplier-8" }))
        },
        callers: BENEFICIARY_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "create_beneficiary_destination",
        fixture: |objects| {
            let to = json!({ "pix_key": { "type": "email", "key": "maria.silva@example.com" } });
            Fixture::of(&objects.saved.beneficiary_id).body(json!({ "to": to }))
        },
        callers: BENEFICIARY_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "check_beneficiary_destination",
        fixture: |objects| {
            let fixture = Fixture::of(&objects.saved.beneficiary_id).body(json!({}));
            fixture.part(&objects.saved.destination_id)
        },
        callers: BENEFICIARY_WRITERS,
        round_trips: 3,
    },
    OperationCase {
        name: "delete_beneficiary_destination",
        fixture: |objects| {
            Fixture::of(&objects.saved.beneficiary_id).part(&objects.saved.destination_id)
        },
        callers: BENEFICIARY_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "archive_beneficiary",
        fixture: |objects| Fixture::of(&objects.saved.beneficiary_id).body(json!({})),
        callers: BENEFICIARY_WRITERS,
        round_trips: 2,
    },
    OperationCase {
        name: "reinstate_beneficiary",
        fixture: |objects| Fixture::of(&objects.saved.archived_id).body(json!({})),
        callers: BENEFICIARY_WRITERS,
        round_trips: 2,
    },
];

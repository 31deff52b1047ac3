//! The parameters in a path.

use domain::access::KeyId;
use domain::kernel::{
    BatchId, BeneficiaryId, BlockId, ChargeId, CollectionId, CreditId, DeliveryId, DestinationId,
    DisputeId, EndpointId, EventId, ExportId, KycRequestId, PaymentId, PayoutId, RefundId,
    ScheduleId, SessionId, SettingsChangeId, UserId,
};
use domain::ledger::TransactionRef;
use gate::{COLLECTION_TOKEN_PATTERN, PAYMENT_TOKEN_PATTERN};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

/// Returns the parameters of a path.
pub(super) fn parameters(path: &str, generator: &mut SchemaGenerator) -> Vec<Value> {
    let parts = path.split('/');
    parts
        .clone()
        .zip(parts.skip(1))
        .filter_map(|(parent, part)| {
            let name = part.strip_prefix('{')?.strip_suffix('}')?;
            let (schema, description) = value(parent, generator);
            Some(json!({
                "name": name, "in": "path", "required": true, "schema": schema,
                "description": description,
            }))
        })
        .collect()
}

/// Returns schema and description of the value after this part of a path.
fn value(parent: &str, generator: &mut SchemaGenerator) -> (Schema, &'static str) {
    match parent {
        "api-keys" => (generator.subschema_for::<KeyId>(), "Id of the API key."),
        "charges" => (generator.subschema_for::<ChargeId>(), "Id of the charge."),
        "refunds" => (generator.subschema_for::<RefundId>(), "Id of the refund."),
        "payouts" => (generator.subschema_for::<PayoutId>(), "Id of the payout."),
        "transactions" => {
            (generator.subschema_for::<TransactionRef>(), "Id of the charge, refund or payout.")
        }
        "beneficiaries" => (generator.subschema_for::<BeneficiaryId>(), "Id of the beneficiary."),
        "destinations" => (generator.subschema_for::<DestinationId>(), "Id of the destination."),
        "collections" => (generator.subschema_for::<CollectionId>(), "Id of the collection."),
        "kyc-requests" => (generator.subschema_for::<KycRequestId>(), "Id of the KYC request."),
        "collect" => (
            schemars::json_schema!({ "type": "string", "pattern": COLLECTION_TOKEN_PATTERN }),
            "Token of the Data Collect page, from the `url` of a new collection.",
        ),
        "credits" => (generator.subschema_for::<CreditId>(), "Id of the credit."),
        "payments" => (generator.subschema_for::<PaymentId>(), "Id of the payment."),
        "disputes" => (generator.subschema_for::<DisputeId>(), "Id of the dispute."),
        "balance-blocks" => (generator.subschema_for::<BlockId>(), "Id of the balance block."),
        "payout-settings-changes" => {
            (generator.subschema_for::<SettingsChangeId>(), "Id of the settings change.")
        }
        "receipts" => (
            schemars::json_schema!({ "type": "string" }),
            "Code of the receipt; every other text is not confirmed.",
        ),
        "statement-exports" => (generator.subschema_for::<ExportId>(), "Id of the export."),
        "statement-schedules" => (generator.subschema_for::<ScheduleId>(), "Id of the schedule."),
        "payout-batches" => (generator.subschema_for::<BatchId>(), "Id of the batch."),
        "deliveries" => (generator.subschema_for::<DeliveryId>(), "Id of the delivery."),
        "events" => (generator.subschema_for::<EventId>(), "Id of the event."),
        "sessions" => (generator.subschema_for::<SessionId>(), "Id of the session."),
        "users" => (generator.subschema_for::<UserId>(), "Id of the user."),
        "webhook-endpoints" => (generator.subschema_for::<EndpointId>(), "Id of the endpoint."),
        "pix" => (
            schemars::json_schema!({ "type": "string", "pattern": "^[0-9A-Za-z]{26,35}$" }),
            "Location in the QR code, which is the `txid` of the charge.",
        ),
        "invitations" => (token(), "Token of the invitation."),
        "pay" => (
            schemars::json_schema!({ "type": "string", "pattern": PAYMENT_TOKEN_PATTERN }),
            "Token of the payment page, from the `payment_url` of a charge.",
        ),
        other => panic!("{other} has no value in a path; add it to openapi/paths.rs"),
    }
}

fn token() -> Schema {
    schemars::json_schema!({ "type": "string", "pattern": "^[0-9A-Za-z]+$" })
}

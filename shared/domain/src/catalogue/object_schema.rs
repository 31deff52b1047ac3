//! The schema of `data.object` of each kind of event object.
use crate::beneficiary::SavedBeneficiaryView;
use crate::charge::{ChargeView, RefundView};
use crate::collection::CollectionView;
use crate::credit::CreditView;
use crate::dispute::DisputeView;
use crate::event::EventObject;
use crate::kyc::KycRequestView;
use crate::ledger::{BalanceAlertView, BalanceBlockView};
use crate::payout::{BatchView, PayoutView};
use crate::statement::ExportView;
use crate::webhook::{DeliveryView, EndpointView};
use schemars::{Schema, SchemaGenerator};

/// Returns the schema of the view that events of this object show.
pub fn object_schema(object: EventObject, generator: &mut SchemaGenerator) -> Schema {
    match object {
        EventObject::Charge => generator.subschema_for::<ChargeView>(),
        EventObject::Refund => generator.subschema_for::<RefundView>(),
        EventObject::Credit => generator.subschema_for::<CreditView>(),
        EventObject::Payout => generator.subschema_for::<PayoutView>(),
        EventObject::Batch => generator.subschema_for::<BatchView>(),
        EventObject::Beneficiary => generator.subschema_for::<SavedBeneficiaryView>(),
        EventObject::Kyc => generator.subschema_for::<KycRequestView>(),
        EventObject::Collection => generator.subschema_for::<CollectionView>(),
        EventObject::Export => generator.subschema_for::<ExportView>(),
        EventObject::Dispute => generator.subschema_for::<DisputeView>(),
        EventObject::Block => generator.subschema_for::<BalanceBlockView>(),
        EventObject::BalanceAlert => generator.subschema_for::<BalanceAlertView>(),
        EventObject::Endpoint => generator.subschema_for::<EndpointView>(),
        EventObject::Delivery => generator.subschema_for::<DeliveryView>(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::examples;
    use schemars::generate::SchemaSettings;
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn every_event_shows_the_object_that_its_type_names() {
        for example in examples() {
            let settings = SchemaSettings::draft2020_12().for_serialize();
            let mut generator = settings.with(|settings| settings.inline_subschemas = true).into();
            let schema = object_schema(example.kind.object(), &mut generator);
            let fields = |value: Option<&Value>| -> BTreeSet<String> {
                value.and_then(Value::as_object).expect("an object").keys().cloned().collect()
            };
            let shown = fields(Some(&example.object));
            assert_eq!(shown, fields(schema.get("properties")), "{}", example.kind.as_str());
        }
    }
}

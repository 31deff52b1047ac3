//! The types of events, each with the object that its events show.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of object that `data.object` of an event shows. The room `catalogue` knows the view of
/// each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventObject {
    /// [`crate::charge::ChargeView`].
    Charge,
    /// [`crate::charge::RefundView`].
    Refund,
    /// [`crate::payout::PayoutView`].
    Payout,
    /// [`crate::payout::BatchView`].
    Batch,
    /// [`crate::statement::ExportView`].
    Export,
    /// [`crate::webhook::EndpointView`].
    Endpoint,
    /// [`crate::webhook::DeliveryView`].
    Delivery,
}

impl EventObject {
    /// Returns the object in the words of the documents.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Charge => "the charge",
            Self::Refund => "the refund",
            Self::Payout => "the payout",
            Self::Batch => "the batch, without its lines",
            Self::Export => "the export",
            Self::Endpoint => "the endpoint",
            Self::Delivery => "the delivery",
        }
    }
}

/// Declares [`EventType`]: a row per type with its sentence, its word and its object.
macro_rules! event_types {
    ($($(#[doc = $doc:literal])* $variant:ident $word:literal of $object:ident;)*) => {
        /// What happened.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        pub enum EventType {
            $($(#[doc = $doc])* #[serde(rename = $word)] $variant,)*
        }

        impl EventType {
            /// Every type, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the word of the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Returns the sentence that says what happened.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*).trim_ascii(),)* }
            }

            /// Returns the kind of object that events of this type show.
            pub const fn object(self) -> EventObject {
                match self { $(Self::$variant => EventObject::$object,)* }
            }
        }
    };
}

event_types! {
    /// You created a charge.
    ChargeCreated "charge.created" of Charge;
    /// The payer paid.
    ChargePaid "charge.paid" of Charge;
    /// The money is in the available balance.
    ChargeCredited "charge.credited" of Charge;
    /// The network holds the money for review.
    ChargeInReview "charge.in_review" of Charge;
    /// The network returned the money to the payer.
    ChargeRejected "charge.rejected" of Charge;
    /// You cancelled the charge.
    ChargeCancelled "charge.cancelled" of Charge;
    /// The payer did not pay in time.
    ChargeExpired "charge.expired" of Charge;
    /// A refund of the charge was paid; `refunded_amount_cents` is the total so far.
    ChargeRefunded "charge.refunded" of Charge;
    /// You created a refund; Trilho holds its amount and sends it to the network.
    RefundCreated "refund.created" of Refund;
    /// The payer has the money back.
    RefundPaid "refund.paid" of Refund;
    /// The network rejected the refund; the money is available again.
    RefundRejected "refund.rejected" of Refund;
    /// You created a payout; `status` says what it waits for.
    PayoutCreated "payout.created" of Payout;
    /// The payout waits for the approval of a second user.
    PayoutAwaitingApproval "payout.awaiting_approval" of Payout;
    /// The payout waits for the review of a moderator.
    PayoutInReview "payout.in_review" of Payout;
    /// The payout waits for its time.
    PayoutScheduled "payout.scheduled" of Payout;
    /// The payout is on its way to the beneficiary.
    PayoutProcessing "payout.processing" of Payout;
    /// The beneficiary has the money.
    PayoutPaid "payout.paid" of Payout;
    /// The payout was not paid, and its money is available again.
    PayoutRejected "payout.rejected" of Payout;
    /// Money of the payout came back; `returned_amount_cents` is the total so far.
    PayoutReturned "payout.returned" of Payout;
    /// You cancelled the payout before Trilho sent it.
    PayoutCancelled "payout.cancelled" of Payout;
    /// Every line of the batch became a payout or was refused.
    PayoutBatchCompleted "payout_batch.completed" of Batch;
    /// Trilho wrote a statement file; `GET` the `url` of the export to obtain a link to it.
    StatementExportReady "statement_export.ready" of Export;
    /// Trilho could not write a statement file.
    StatementExportFailed "statement_export.failed" of Export;
    /// You requested a test event for one endpoint.
    WebhookTest "webhook.test" of Endpoint;
    /// Trilho disabled an endpoint because it kept failing or answered 410.
    EndpointDisabled "webhook_endpoint.disabled" of Endpoint;
    /// The last attempt of a delivery failed, and Trilho makes no further attempt by itself.
    DeliveryExhausted "webhook_delivery.exhausted" of Delivery;
}

impl EventType {
    /// Returns true if the event is about deliveries. Trilho delivers such an event like any other, but
    /// a failure of its own delivery creates no further event.
    pub const fn is_about_delivery(self) -> bool {
        matches!(self.object(), EventObject::Endpoint | EventObject::Delivery)
    }

    /// Returns the part of the word before the dot, which the types of one object share.
    pub fn family(self) -> &'static str {
        self.as_str().split_once('.').map_or(self.as_str(), |(family, _)| family)
    }

    /// Reads the word. Returns `None` if no type has it.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

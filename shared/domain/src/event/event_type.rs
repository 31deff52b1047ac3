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
    /// [`crate::credit::CreditView`].
    Credit,
    /// [`crate::payout::PayoutView`].
    Payout,
    /// [`crate::payout::BatchView`].
    Batch,
    /// [`crate::beneficiary::SavedBeneficiaryView`].
    Beneficiary,
    /// [`crate::collection::CollectionView`].
    Collection,
    /// [`crate::kyc::KycRequestView`].
    Kyc,
    /// [`crate::statement::ExportView`].
    Export,
    /// [`crate::dispute::DisputeView`].
    Dispute,
    /// [`crate::ledger::BalanceBlockView`].
    Block,
    /// [`crate::ledger::BalanceAlertView`].
    BalanceAlert,
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
            Self::Credit => "the credit, without suggestions",
            Self::Payout => "the payout",
            Self::Batch => "the batch, without its lines",
            Self::Beneficiary => "the beneficiary, masked",
            Self::Collection => "the collection, masked",
            Self::Kyc => "the KYC request, without texts",
            Self::Export => "the export",
            Self::Dispute => "the dispute",
            Self::Block => "the balance block",
            Self::BalanceAlert => "the alert with the available balance",
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
    /// The bank registered the boleto of the charge; every bank takes its payment.
    ChargeRegistered "charge.registered" of Charge;
    /// The bank refused the boleto of the charge; `failure` has the reason.
    ChargeRefused "charge.refused" of Charge;
    /// The due date or the terms of the charge changed.
    ChargeChanged "charge.changed" of Charge;
    /// The bank refused the change of the boleto; the terms are as before.
    ChargeChangeRefused "charge.change_refused" of Charge;
    /// The payer must prove to the issuer who they are: send them to `card.authentication_url`.
    ChargeAuthenticationRequired "charge.authentication_required" of Charge;
    /// The issuer reserved the amount on the card; capture it before `card.authorized_until`.
    ChargeAuthorized "charge.authorized" of Charge;
    /// The issuer declined the card; `failure` has the reason.
    ChargeDeclined "charge.declined" of Charge;
    /// A card on the payment page was declined; `failure` has the reason, and the payer can try another card.
    ChargeAttemptDeclined "charge.attempt_declined" of Charge;
    /// The acquirer did not capture the amount; the charge is authorised as before.
    ChargeCaptureRefused "charge.capture_refused" of Charge;
    /// The payer paid.
    ChargePaid "charge.paid" of Charge;
    /// The bank withdrew the notice of the payment; the charge waits for the payer again.
    ChargePaymentWithdrawn "charge.payment_withdrawn" of Charge;
    /// The money of an instalment is in the available balance, and others follow.
    ChargeInstallmentCredited "charge.installment_credited" of Charge;
    /// The acquirer agreed to pay instalments early; `card.receivables` has the new times and the fees.
    ChargeAnticipated "charge.anticipated" of Charge;
    /// The acquirer did not agree to pay instalments early; nothing changed.
    ChargeAnticipationRefused "charge.anticipation_refused" of Charge;
    /// The money is in the available balance; of a card that of the last instalment.
    ChargeCredited "charge.credited" of Charge;
    /// The network holds the money for review.
    ChargeInReview "charge.in_review" of Charge;
    /// The network returned the money to the payer.
    ChargeRejected "charge.rejected" of Charge;
    /// You cancelled the charge, and its bank takes no payment of a boleto any more.
    ChargeCancelled "charge.cancelled" of Charge;
    /// The bank did not write the boleto off; the charge waits for the payer again.
    ChargeCancellationRefused "charge.cancellation_refused" of Charge;
    /// The payer did not pay in time.
    ChargeExpired "charge.expired" of Charge;
    /// A refund of the charge was paid; `refunded_amount_cents` is the total so far.
    ChargeRefunded "charge.refunded" of Charge;
    /// The network took money of the charge back; `returned_amount_cents` is the total so far.
    ChargeReturned "charge.returned" of Charge;
    /// You created a refund; Trilho holds its amount and sends it to the network.
    RefundCreated "refund.created" of Refund;
    /// The payer has the money back.
    RefundPaid "refund.paid" of Refund;
    /// The network rejected the refund; the money is available again.
    RefundRejected "refund.rejected" of Refund;
    /// A payment matched no charge, or its return was rejected; its money waits for a decision.
    CreditUnmatched "credit.unmatched" of Credit;
    /// The payment was matched to a charge or a reference, and its money is available.
    CreditMatched "credit.matched" of Credit;
    /// The payer has the money of the payment back.
    CreditReturned "credit.returned" of Credit;
    /// You kept the payment without a charge, and its money is available.
    CreditKept "credit.kept" of Credit;
    /// You created a payout; `status` says what it waits for.
    PayoutCreated "payout.created" of Payout;
    /// The payout waits for approvals: it began to, the owner of its key is known, or a user approved it.
    PayoutAwaitingApproval "payout.awaiting_approval" of Payout;
    /// The payout waits for the review of a moderator, or for compliance if it has a `kyc_request`.
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
    PayoutBatchOpened "payout_batch.opened" of Batch;
    /// Payouts of the batch wait for approval.
    PayoutBatchAwaitingApproval "payout_batch.awaiting_approval" of Batch;
    /// Every payout of the batch ended; `status` says whether all were paid.
    PayoutBatchDone "payout_batch.done" of Batch;
    /// You saved a beneficiary.
    BeneficiaryCreated "beneficiary.created" of Beneficiary;
    /// Name, reference, metadata or destinations of the beneficiary changed.
    BeneficiaryChanged "beneficiary.changed" of Beneficiary;
    /// A check found that a destination belongs to the beneficiary.
    BeneficiaryVerified "beneficiary.verified" of Beneficiary;
    /// You archived the beneficiary.
    BeneficiaryArchived "beneficiary.archived" of Beneficiary;
    /// You reinstated the beneficiary.
    BeneficiaryReinstated "beneficiary.reinstated" of Beneficiary;
    /// The beneficiary opened the Data Collect link with a code.
    CollectionOpened "collection.opened" of Collection;
    /// The beneficiary sent a Pix key, which Trilho checks.
    CollectionSubmitted "collection.submitted" of Collection;
    /// The key belongs to the beneficiary, who is saved as `beneficiary_id`.
    CollectionVerified "collection.verified" of Collection;
    /// The key does not belong to the beneficiary, who can send another one.
    CollectionNeedsCorrection "collection.needs_correction" of Collection;
    /// The time of the link is over, and its personal data are erased.
    CollectionExpired "collection.expired" of Collection;
    /// You or a limit cancelled the link; `cancel_reason` says which.
    CollectionCancelled "collection.cancelled" of Collection;
    /// Compliance asks for documents of a payout, for the first time or again; submit them until `deadline`.
    KycDocumentRequested "kyc.document_requested" of Kyc;
    /// Compliance approved a document.
    KycDocumentApproved "kyc.document_approved" of Kyc;
    /// Compliance or the inspection rejected a document; `documents` has the reason.
    KycDocumentRejected "kyc.document_rejected" of Kyc;
    /// The deadline of the KYC request ends within a day, and you have not submitted the documents.
    KycRequestExpiring "kyc.request_expiring" of Kyc;
    /// A balance block opened; you may not use its money.
    BalanceBlocked "balance.blocked" of Block;
    /// A balance block ended; `status` says whether its money is available again or was taken.
    BalanceUnblocked "balance.unblocked" of Block;
    /// The network demands money of a charge back; you can contest it until `respond_by`.
    DisputeOpened "dispute.opened" of Dispute;
    /// The time to answer the demand ends at `respond_by`, and you have not answered.
    DisputeResponseDue "dispute.response_due" of Dispute;
    /// A file of evidence was inspected and accepted; an answer can name it.
    DisputeEvidenceAccepted "dispute.evidence_accepted" of Dispute;
    /// A file of evidence was inspected and rejected; `inspection.rejection` of the file says why.
    DisputeEvidenceRejected "dispute.evidence_rejected" of Dispute;
    /// You contested the demand.
    DisputeSubmitted "dispute.submitted" of Dispute;
    /// You accepted the demand; `taken_cents` is the total so far.
    DisputeAccepted "dispute.accepted" of Dispute;
    /// The network does not take your answer; `answer.failure` says why.
    DisputeAnswerRefused "dispute.answer_refused" of Dispute;
    /// The network gave the demand up, and no money of it left.
    DisputeWon "dispute.won" of Dispute;
    /// The network took money under the demand; `taken_cents` is the total so far.
    DisputeLost "dispute.lost" of Dispute;
    /// The available balance fell below the amount of your alert.
    BalanceLow "balance.low" of BalanceAlert;
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

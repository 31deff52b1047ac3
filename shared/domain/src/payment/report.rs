//! What a network says about a payment that arrived.
use crate::kernel::{AccountId, Id, MethodKind, PaymentId};
use crate::ledger::Counterparty;
use crate::payment::NetworkPaymentId;
use brazil::{Bank, Document, EndToEndId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use ulid::Ulid;

/// Who paid, as far as the network said it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedPayer {
    /// Name of the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// CPF or CNPJ of the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
    /// ISPB of the payer's institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ispb: Option<String>,
    /// Name of the payer's institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_name: Option<String>,
}

impl ReportedPayer {
    /// Returns a payer with the name of the institution that has the ISPB, if the list of banks has
    /// it.
    pub fn at(name: Option<String>, document: Option<Document>, ispb: Option<String>) -> Self {
        let bank = ispb.as_deref().and_then(Bank::by_ispb);
        Self { name, document, bank_name: bank.map(|bank| bank.name().to_owned()), ispb }
    }

    /// Returns false if the network named or identified another person than this one. What the network did
    /// not say contradicts nothing. A document says more than a name, which each bank writes in its own way.
    pub fn agrees_with(&self, name: &str, document: &Document) -> bool {
        let same_name = |reported: &String| reported.trim().to_lowercase() == name.to_lowercase();
        match (&self.document, &self.name) {
            (Some(reported), _) => reported == document,
            (None, reported) => reported.as_ref().is_none_or(same_name),
        }
    }

    /// Returns the payer as ledger entries show it, with its institution. Returns `None` without name and
    /// document.
    pub fn counterparty(&self) -> Option<Counterparty> {
        let named = self.name.as_ref().zip(self.document.as_ref());
        named.map(|(name, document)| Counterparty {
            ispb: self.ispb.clone(),
            bank_name: self.bank_name.clone(),
            ..Counterparty::new(name, document)
        })
    }
}

impl fmt::Debug for ReportedPayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let document = self.document.as_ref().map(Document::masked);
        write!(f, "ReportedPayer({})", document.as_deref().unwrap_or("unknown"))
    }
}

/// A payment as a network reported it. A rail reports facts; it says nothing about charges but the
/// txid that the payer's bank named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReport {
    /// Id of the payment at the network.
    pub network_id: NetworkPaymentId,
    /// Method of the payment.
    pub method: MethodKind,
    /// Amount in cents.
    pub amount_cents: u64,
    /// Time of the payment at the network.
    pub paid_at: Timestamp,
    /// Who paid.
    #[serde(default)]
    pub payer: ReportedPayer,
    /// Txid that the payer's bank named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txid: Option<String>,
    /// Reason codes of the network, as it wrote them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reason_codes: Vec<String>,
}

impl PaymentReport {
    /// Returns the id of the payment. It follows from account, method and network id alone, so two
    /// reports of one payment write the same row, and a payment is found by its network id without an
    /// index. Its time is the minute in the end-to-end id.
    pub fn payment_id(&self, account_id: AccountId) -> PaymentId {
        Self::id_of(account_id, self.method, &self.network_id)
    }

    /// Returns the id of the payment with this network id.
    pub fn id_of(account_id: AccountId, method: MethodKind, id: &NetworkPaymentId) -> PaymentId {
        let minute = id.end_to_end_id().map_or(0, |id| id.timestamp().as_millisecond());
        let text = format!("{account_id} {} {}", method.as_str(), id.as_str());
        let mut random = [0; 16];
        random[6..].copy_from_slice(&Sha256::digest(text)[..10]);
        let milliseconds = u64::try_from(minute).unwrap_or(0);
        PaymentId::from_ulid(Ulid::from_parts(milliseconds, u128::from_be_bytes(random)))
    }

    /// Returns the end-to-end id. Returns `None` if the network has no such ids.
    pub fn end_to_end_id(&self) -> Option<EndToEndId> {
        self.network_id.end_to_end_id()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of(account: u128, text: &str) -> PaymentId {
        let account_id = AccountId::from_ulid(Ulid::from_parts(1, account));
        let id = EndToEndId::parse(text).expect("an end-to-end id").into();
        PaymentReport::id_of(account_id, MethodKind::Pix, &id)
    }

    #[test]
    fn the_id_of_a_payment_follows_from_its_network_id() {
        let id = "E9999999920261123120501234567890";
        assert_eq!(id_of(1, id), id_of(1, id));
        assert_ne!(id_of(1, id), id_of(2, id));
        assert_ne!(id_of(1, id), id_of(1, "E9999999920261123120501234567891"));
        let minute: Timestamp = "2026-11-23T12:05:00Z".parse().expect("a time");
        let milliseconds = u64::try_from(minute.as_millisecond()).expect("after 1970");
        assert_eq!(id_of(1, id).ulid().timestamp_ms(), milliseconds);
    }

    #[test]
    fn a_payer_is_a_counterparty_only_with_name_and_document() {
        let document = Document::parse(brazil::DocumentKind::Cpf, "52998224725").expect("a CPF");
        let name = Some("Maria Silva".to_owned());
        let whole = ReportedPayer::at(name.clone(), Some(document), Some("00000000".to_owned()));
        assert_eq!(whole.counterparty().expect("both").document_masked, "***.982.247-**");
        assert_eq!(format!("{whole:?}"), "ReportedPayer(***.982.247-**)");
        assert!(whole.bank_name.is_some(), "the list of banks has Banco do Brasil");
        assert_eq!(ReportedPayer::at(name, None, None).counterparty(), None);
    }

    #[test]
    fn a_report_contradicts_only_what_it_says() {
        let cpf = |text| Document::parse(brazil::DocumentKind::Cpf, text).expect("a CPF");
        let (maria, other) = (cpf("52998224725"), cpf("39053344705"));
        let name = |text: &str| Some(text.to_owned());
        for (reported_name, reported_document, agrees) in [
            (None, None, true),
            (name("MARIA SILVA "), None, true),
            (name("Joao Outro"), None, false),
            (None, Some(&maria), true),
            (None, Some(&other), false),
            (name("M. Silva"), Some(&maria), true),
        ] {
            let payer = ReportedPayer::at(reported_name, reported_document.cloned(), None);
            assert_eq!(payer.agrees_with("Maria Silva", &maria), agrees, "{:?}", payer.name);
        }
    }
}

//! A charge that is paid by Pix: its QR code and its payment.
use crate::account::Merchant;
use crate::kernel::{ChargeId, Error, Id};
use crate::payment::NetworkPaymentId;
use brazil::{BrCode, EndToEndId, Txid};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// The Pix data of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PixCharge {
    /// Id of the charge in the Pix network.
    pub txid: Txid,
    /// Text of the QR code ("copia e cola").
    pub br_code: String,
    /// Pix key of the recipient.
    pub key: String,
    /// Address of the API that created the charge: `https://` and a host.
    pub origin: String,
    /// End-to-end id of the payment, once the payer paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<EndToEndId>,
}

impl PixCharge {
    /// Makes the QR code of a charge. The payer's bank reads the payload at `{origin}/pix/{txid}`. A code
    /// without an amount is that of a charge whose amount depends on the day.
    pub fn new(
        charge_id: ChargeId,
        amount_cents: Option<u64>,
        merchant: &Merchant,
        origin: &str,
    ) -> Result<Self, Error> {
        // The ULID of a charge has 26 letters and digits, 80 bits of them random: a valid txid.
        let txid = Txid::parse(&charge_id.ulid().to_string()).map_err(Error::internal)?;
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        let location = format!("{host}/pix/{txid}");
        let (name, city) = (&merchant.name, &merchant.city);
        let br_code = BrCode::dynamic(&location, name, city, amount_cents);
        Ok(Self {
            txid,
            br_code: br_code.map_err(Error::internal)?.encode(),
            key: merchant.pix_key.clone(),
            origin: origin.to_owned(),
            end_to_end_id: None,
        })
    }

    /// Returns the id of the charge that a txid can name: the txid is the ULID of its charge. Returns
    /// `None` if no charge has such a txid.
    pub fn charge_id(txid: &str) -> Option<ChargeId> {
        let ulid = Ulid::from_string(txid).ok().filter(|ulid| ulid.to_string() == txid)?;
        Some(ChargeId::from_ulid(ulid))
    }

    /// Returns true if this payment is the one that paid the charge.
    pub(super) fn is_paid_by(&self, payment_id: &NetworkPaymentId) -> bool {
        self.end_to_end_id.as_ref().is_some_and(|id| id.as_str() == payment_id.as_str())
    }

    /// Records the payment that paid the charge.
    pub(super) fn record_payment(&mut self, payment_id: &NetworkPaymentId) -> Result<(), Error> {
        let id = EndToEndId::parse(payment_id.as_str()).map_err(Error::internal)?;
        self.end_to_end_id = Some(id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn payment_id(text: &str) -> NetworkPaymentId {
        serde_json::from_value(json!(text)).expect("a text")
    }

    fn unpaid() -> PixCharge {
        let merchant = Merchant {
            name: "Loja".to_owned(),
            city: "Sao Paulo".to_owned(),
            pix_key: "loja@example.com".to_owned(),
            cnpj: None,
        };
        let charge_id = ChargeId::from_ulid(7.into());
        PixCharge::new(charge_id, Some(100), &merchant, "https://api.example.com").expect("valid")
    }

    #[test]
    fn a_txid_leads_to_its_charge_and_no_other_text_does() {
        let pix = unpaid();
        assert_eq!(PixCharge::charge_id(pix.txid.as_str()), Some(ChargeId::from_ulid(7.into())));
        for other in ["", "***", "01jdzzzzzzzzzzzzzzzzzzzzzz", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ"] {
            assert_eq!(PixCharge::charge_id(other), None, "{other}");
        }
    }

    #[test]
    fn a_payment_is_recognized_when_it_is_reported_again() {
        let (first, other) = (
            payment_id("E9999999920261123120501234567890"),
            payment_id("E9999999920261123120501234567891"),
        );
        let mut pix = unpaid();
        assert!(!pix.is_paid_by(&first));
        pix.record_payment(&first).expect("an end-to-end id");
        assert!(pix.is_paid_by(&first));
        assert!(!pix.is_paid_by(&other));
    }

    #[test]
    fn a_payment_without_an_end_to_end_id_is_refused() {
        let mut pix = unpaid();
        assert!(pix.record_payment(&payment_id("4111111111")).is_err());
        assert_eq!(pix, unpaid());
    }
}

//! Events in lists: payers and beneficiaries are masked, as in the lists of charges and payouts.
use crate::event::{Event, EventView};
use crate::kernel::mask_email;
use brazil::{Bank, BankAccount, BankAccountKind, Document, DocumentKind, PixKey, PixKeyKind};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

impl EventView {
    /// Returns the view for lists.
    pub fn masked(event: &Event) -> Self {
        let mut view = Self::from(event);
        let object = &mut view.data.object;
        for party in ["payer", "beneficiary"] {
            if let Some(party) = object.get_mut(party).filter(|party| party.is_object()) {
                mask_party(party);
            }
        }
        for party in ["/payment/payer", "/boleto/final_beneficiary"] {
            if let Some(party) = object.pointer_mut(party).filter(|party| party.is_object()) {
                mask_party(party);
            }
        }
        if let Some(to) = object.get_mut("to") {
            mask_destination(to);
        }
        view
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn kind<K: DeserializeOwned>(value: &Value) -> Option<K> {
    serde_json::from_value(value.clone()).ok()
}

fn mask_party(party: &mut Value) {
    let document = &party["document"];
    let masked = kind::<DocumentKind>(&document["type"])
        .and_then(|kind| Document::parse(kind, text(&document["number"])).ok())
        .map(|document| document.masked());
    if let Some(masked) = masked {
        party["document"]["number"] = json!(masked);
    }
    if let Some(address) = party.get_mut("address") {
        *address = Value::Null;
    }
    if let Some(email) = party["email"].as_str() {
        party["email"] = json!(mask_email(email));
    }
}

fn mask_destination(to: &mut Value) {
    if let Some(key) = to.get_mut("pix_key") {
        let masked = kind::<PixKeyKind>(&key["type"])
            .and_then(|kind| PixKey::parse(kind, text(&key["key"])).ok())
            .map(|key| key.masked());
        key["key"] = json!(masked.unwrap_or_else(|| "***".to_owned()));
    }
    if let Some(account) = to.get_mut("bank_account") {
        let (branch, number) = (text(&account["branch"]), text(&account["number"]));
        let masked = Bank::by_ispb(text(&account["ispb"]))
            .zip(kind::<BankAccountKind>(&account["type"]))
            .and_then(|(bank, kind)| BankAccount::parse(bank, branch, number, kind).ok())
            .map(|account| account.masked_number());
        account["number"] = json!(masked.unwrap_or_else(|| "***".to_owned()));
    }
}

//! The one-time codes of Data Collect links, the proof that a code was entered, and the seal of what a
//! beneficiary entered (docs/adr/0052).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::collection::{CollectedPerson, Collection, CollectionCode};
use domain::kernel::{CollectionId, Error, Moment};
use subtle::ConstantTimeEq;

use crate::{PepperError, Peppers};

/// Purpose of the HMAC behind a code.
const CODE: &str = "collection-code";
/// Purpose of the HMAC that proves that a code was entered.
const PROOF: &str = "collection-proof";
/// Digits of a code, as a number above the greatest one. Five tries hit one of a million with 0.0005 %.
const CODES: u64 = 1_000_000;

impl Peppers {
    /// Returns the six digits that a beneficiary must enter.
    pub fn collection_code(
        &self,
        collection: &Collection,
        code: &CollectionCode,
    ) -> Result<String, PepperError> {
        let mac = self.mac(code.pepper_version, CODE, &code_text(collection, code))?;
        let number = mac.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        Ok(format!("{:06}", number % CODES))
    }

    /// Returns true if a beneficiary entered the code of the link. Takes constant time.
    pub fn is_collection_code(
        &self,
        collection: &Collection,
        code: &CollectionCode,
        entered: &str,
    ) -> Result<bool, PepperError> {
        let right = self.collection_code(collection, code)?;
        Ok(right.as_bytes().ct_eq(entered.as_bytes()).into())
    }

    /// Returns the proof that the code of the link was entered. It is bound to the link and to this code, so it
    /// ends with the code.
    pub fn collection_proof(
        &self,
        collection: &Collection,
        code: &CollectionCode,
    ) -> Result<String, PepperError> {
        let mac = self.mac(code.pepper_version, PROOF, &code_text(collection, code))?;
        Ok(URL_SAFE_NO_PAD.encode(mac))
    }

    /// Returns true if `proof` is the one of this link and code. Takes constant time.
    pub fn is_collection_proof(
        &self,
        collection: &Collection,
        code: &CollectionCode,
        proof: &str,
    ) -> Result<bool, PepperError> {
        let right = self.collection_proof(collection, code)?;
        Ok(right.as_bytes().ct_eq(proof.as_bytes()).into())
    }

    /// Seals the personal data of a collection under a key of their own.
    pub fn seal_person(
        &self,
        id: CollectionId,
        person: &CollectedPerson,
        moment: &Moment,
    ) -> Result<String, Error> {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(person).map_err(Error::internal)?);
        Ok(self.seal_personal(&id.to_string(), &plain, moment))
    }

    /// Opens the personal data of a collection. Returns `None` once they are erased.
    pub fn open_person(&self, collection: &Collection) -> Result<Option<CollectedPerson>, Error> {
        let Some(sealed) = &collection.sealed else { return Ok(None) };
        let plain = self.open_personal(&collection.id.to_string(), sealed)?;
        serde_json::from_slice(&plain)
            .map(Some)
            .map_err(|_| Error::internal("sealed data of no person"))
    }
}

fn code_text(collection: &Collection, code: &CollectionCode) -> Vec<u8> {
    format!("{}\n{}", collection.link_digest, code.nonce).into_bytes()
}

#[cfg(test)]
mod tests;

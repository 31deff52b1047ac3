//! The keyed hash of a searchable value that is personal data, so that no key of a row shows it.

use brazil::{Document, PixKey};
use domain::payment::ReportedPayer;
use domain::payout::{NewPayout, PayoutDestination, PayoutDigests};
use domain::search::SearchField;

use crate::Peppers;

/// Bytes of a hash. Half of HMAC-SHA-256 is enough to tell the values of one account apart.
const DIGEST_LENGTH: usize = 16;

impl Peppers {
    /// Returns the hash of a document under the current version of the pepper.
    pub fn document_digest(&self, document: &Document) -> String {
        self.search_digest(SearchField::Document, &document_text(document))
    }

    /// Returns the hash of the payer's document, as far as the network said it.
    pub fn payer_digest(&self, payer: &ReportedPayer) -> Option<String> {
        payer.document.as_ref().map(|document| self.document_digest(document))
    }

    /// Returns the hash of a destination under the current version of the pepper.
    pub fn destination_digest(&self, to: &PayoutDestination) -> String {
        self.search_digest(SearchField::Destination, &to.canonical_text())
    }

    /// Returns the hashes by which a payout is found.
    pub fn payout_digests(&self, new: &NewPayout) -> PayoutDigests {
        let document = new.document().map(|document| self.document_digest(&document));
        PayoutDigests { destination: self.destination_digest(&new.to), document }
    }

    /// Returns the hashes of a document under each version, newest first, because a row keeps the version
    /// of its time.
    pub fn document_digests(&self, document: &Document) -> Vec<String> {
        self.search_digests(SearchField::Document, &document_text(document))
    }

    /// Returns the hashes of a destination under each version, newest first.
    pub fn destination_digests(&self, to: &PayoutDestination) -> Vec<String> {
        self.search_digests(SearchField::Destination, &to.canonical_text())
    }

    /// Returns the hashes of a Pix key as the destination of a payout, newest first.
    pub fn pix_key_digests(&self, key: &PixKey) -> Vec<String> {
        self.destination_digests(&PayoutDestination::PixKey(key.clone()))
    }

    fn search_digest(&self, field: SearchField, text: &str) -> String {
        let digest = self.digest_of_version(self.current(), field, text);
        digest.expect("the current version exists")
    }

    fn search_digests(&self, field: SearchField, text: &str) -> Vec<String> {
        let digest = |version| self.digest_of_version(version, field, text);
        self.version_numbers().rev().filter_map(digest).collect()
    }

    fn digest_of_version(&self, version: u32, field: SearchField, text: &str) -> Option<String> {
        let mac = self.mac(version, field.as_str(), text.as_bytes()).ok()?;
        Some(mac[..DIGEST_LENGTH].iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

fn document_text(document: &Document) -> String {
    format!("{}\n{}", document.kind(), document.number())
}

#[cfg(test)]
mod tests {
    use brazil::{DocumentKind, PixKey, PixKeyKind};

    use super::*;

    fn peppers(versions: u32) -> Peppers {
        let texts: Vec<_> = (1..=versions)
            .map(|version| format!("\"{version}\":\"{}\"", version.to_string().repeat(43)))
            .collect();
        let secret = format!("{{\"current\":{versions},{}}}", texts.join(","));
        Peppers::parse(&secret).expect("a pepper")
    }

    fn to(email: &str) -> PayoutDestination {
        PayoutDestination::PixKey(PixKey::parse(PixKeyKind::Email, email).expect("a key"))
    }

    #[test]
    fn a_value_of_an_older_version_is_found_under_each_version_that_exists() {
        let old = peppers(1).destination_digest(&to("maria@example.com"));
        assert_eq!(old.len(), 2 * DIGEST_LENGTH);
        assert_ne!(old, peppers(1).destination_digest(&to("ana@example.com")));
        let found = peppers(3).destination_digests(&to("maria@example.com"));
        assert_eq!((found.len(), found.last()), (3, Some(&old)));
        assert_eq!(found[0], peppers(3).destination_digest(&to("maria@example.com")));
    }

    #[test]
    fn a_document_has_another_hash_than_the_same_number_as_a_key() {
        let number = "52998224725";
        let document = Document::parse(DocumentKind::Cpf, number).expect("a CPF");
        let key = PixKey::parse(PixKeyKind::Cpf, number).expect("a key");
        assert_eq!(key.document().as_ref(), Some(&document));
        assert_ne!(peppers(1).document_digests(&document), peppers(1).pix_key_digests(&key));
    }
}

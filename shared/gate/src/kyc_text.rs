//! The seal of the texts of KYC requests, which can name people (docs/adr/0053).

use domain::kernel::{Error, KycRequestId, Moment};
use domain::kyc::{KycDocument, KycRequest, KycTexts};

use crate::Peppers;

impl Peppers {
    /// Seals a text of a KYC request under the key of personal data.
    pub fn seal_kyc_text(&self, id: KycRequestId, text: &str, moment: &Moment) -> String {
        self.seal_personal(&id.to_string(), text.as_bytes(), moment)
    }

    /// Opens the texts of a KYC request, for a reader who may see them.
    pub fn open_kyc_texts(&self, request: &KycRequest) -> Result<KycTexts, Error> {
        let open = |sealed: &str| -> Result<String, Error> {
            let plain = self.open_personal(&request.id.to_string(), sealed)?;
            String::from_utf8(plain.to_vec())
                .map_err(|_| Error::internal("sealed bytes of no text"))
        };
        let document = |document: &KycDocument| document.sealed_text().map(open).transpose();
        Ok(KycTexts {
            documents: request.documents.iter().map(document).collect::<Result<_, _>>()?,
            messages: request
                .messages
                .iter()
                .map(|it| open(&it.sealed))
                .collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use brazil::DocumentKind;
    use domain::kernel::{AccountId, Entropy, Id, PayoutId};
    use domain::kyc::{KycCase, KycDocumentKind, NewKycRequest};
    use jiff::Timestamp;

    use super::*;

    /// Gives the same bytes each time.
    struct Fixed;

    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_text_opens_only_for_its_request_and_under_its_own_key() {
        let secret = format!(r#"{{"current":1,"1":"{}"}}"#, "1".repeat(64));
        let peppers = Peppers::parse(&secret).expect("well formed");
        let moment = Moment::new(Timestamp::UNIX_EPOCH, Arc::new(Fixed));
        let new = NewKycRequest {
            payout_id: PayoutId::from_ulid(1.into()),
            cases: vec![KycCase::PayoutPurpose],
            person: DocumentKind::Cpf,
        };
        let account_id = AccountId::from_ulid(2.into());
        let (mut request, _) = KycRequest::open(account_id, new, &moment).expect("it opens");
        let sealed = peppers.seal_kyc_text(request.id, "Maria is my sister", &moment);
        assert!(!sealed.contains("Maria"));
        assert!(peppers.open(&request.id.to_string(), &sealed).is_err(), "a key of its own");
        let kind = KycDocumentKind::PayoutPurpose;
        request.answer(kind, sealed, &moment).expect("it takes a text");
        let texts = peppers.open_kyc_texts(&request).expect("it opens");
        assert_eq!(texts.documents, [Some("Maria is my sister".to_owned())]);
        request.id = KycRequestId::from_ulid(3.into());
        assert!(peppers.open_kyc_texts(&request).is_err());
    }
}

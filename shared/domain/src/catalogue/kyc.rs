//! Examples of the events of a KYC request.

use super::scene::{BUILT_IN, later};
use crate::event::Event;
use crate::file::{AcceptedFile, FileMediaType};
use crate::kernel::{AccountId, Id, Moment, PayoutId};
use crate::kyc::{KycCase, KycDocumentKind, KycRejection, KycRequest, NewKycFile, NewKycRequest};
use brazil::DocumentKind;

/// Makes a request whose invoice is rejected, and another document approved, and one that expires.
pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let new = NewKycRequest {
        payout_id: PayoutId::mint(begin),
        cases: vec![KycCase::PayoutPurpose],
        person: DocumentKind::Cpf,
    };
    let (mut request, opened) = KycRequest::open(account_id, new, begin).expect(BUILT_IN);
    let mut waiting = request.clone();
    let rejection = Some(KycRejection::Illegible);
    let rejected = decided(&mut request, 1, rejection, &later(begin, 600));
    request.correct(None, &later(begin, 700)).expect(BUILT_IN);
    let approved = decided(&mut request, 2, None, &later(begin, 1_200));
    let due_at = waiting.due.as_ref().map_or(begin.now, |due| due.at);
    let seconds = due_at.duration_since(begin.now).as_secs();
    let expiring = waiting.remind(&later(begin, seconds)).expect(BUILT_IN).expect(BUILT_IN);
    vec![opened, rejected, approved, expiring]
}

fn decided(
    request: &mut KycRequest,
    size_bytes: u64,
    rejection: Option<KycRejection>,
    moment: &Moment,
) -> Event {
    let sha256 = "0f".repeat(32);
    let new = NewKycFile {
        kind: KycDocumentKind::PayoutPurpose,
        issued_on: None,
        content_type: FileMediaType::Pdf,
        size_bytes: 48_212 + size_bytes,
        sha256: sha256.clone(),
    };
    let id = request.add_file(new, moment).expect(BUILT_IN).id;
    let accepted = AcceptedFile { size_bytes: 48_212 + size_bytes, sha256 };
    request.end_inspection(id, Ok(accepted), moment).expect(BUILT_IN);
    request.submit(moment).expect(BUILT_IN);
    request.decide_document(id, rejection, moment).expect(BUILT_IN)
}

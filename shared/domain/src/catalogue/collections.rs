//! Examples of the events of a Data Collect link.

use super::scene::{BUILT_IN, later};
use crate::access::AddressDigest;
use crate::beneficiary::{NewSavedBeneficiary, SavedBeneficiary};
use crate::collection::{
    CheckClaim, CodeAnswer, Collection, CollectionAsk, CollectionLocale, Consent, NOTICE_VERSION,
    NewCollection,
};
use crate::event::Event;
use crate::kernel::{AccountId, BeneficiaryId, CollectionId, Id, Moment, UserId};
use crate::payout::PayoutDestination;
use brazil::{Document, DocumentKind, PixKey, PixKeyKind};
use std::collections::BTreeMap;

/// Makes a link that needs a correction and is verified, one that is cancelled, and one that expires.
pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (mut collection, opened) = opened(account_id, begin);
    let submitted = submit(&mut collection, &later(begin, 120));
    let corrected = check(&mut collection, &later(begin, 150));
    let corrected = collection.refuse_key("sealed".to_owned(), &corrected).expect(BUILT_IN);
    enter_code(&mut collection, &later(begin, 300));
    submit(&mut collection, &later(begin, 320));
    let checked = check(&mut collection, &later(begin, 350));
    let beneficiary = saved(account_id, &checked);
    let verified = collection.verify(&beneficiary, &checked).expect(BUILT_IN);
    let (mut cancelled, _) = self::opened(account_id, begin);
    let cancelled = cancelled.cancel(&later(begin, 86_400)).expect(BUILT_IN);
    let (mut expired, _) = self::opened(account_id, begin);
    let CheckClaim::Expired(expired) = expired.claim(&later(begin, 30 * 86_400)).expect(BUILT_IN)
    else {
        unreachable!("the time is over")
    };
    vec![opened, submitted, corrected, verified, cancelled, *expired]
}

fn opened(account_id: AccountId, begin: &Moment) -> (Collection, Event) {
    let author = (account_id, UserId::mint(begin));
    let new = NewCollection {
        document: Document::parse(DocumentKind::Cpf, "52998224725").expect(BUILT_IN),
        sealed: "sealed".to_owned(),
        link_digest: "0f".repeat(32),
        ask: CollectionAsk::PixKey,
        amount_cents: Some(25_000),
        expires_in_days: 30,
        locale: CollectionLocale::Portuguese,
        message: Some("Reembolso da viagem de novembro".to_owned()),
        reference: Some("supplier-7".to_owned()),
    };
    let mut collection = Collection::create(CollectionId::mint(begin), author, new, begin);
    let event = enter_code(&mut collection, &later(begin, 60)).expect("it opens");
    (collection, event)
}

fn enter_code(collection: &mut Collection, moment: &Moment) -> Option<Event> {
    collection.request_code("nonce".to_owned(), 1, moment).expect(BUILT_IN);
    match collection.enter_code(true, moment).expect(BUILT_IN) {
        CodeAnswer::Right(event) => event.map(|event| *event),
        _ => unreachable!("the code is right"),
    }
}

fn submit(collection: &mut Collection, moment: &Moment) -> Event {
    let consent = Consent {
        notice_version: NOTICE_VERSION.to_owned(),
        given_at: moment.now,
        address: AddressDigest::of_mac(&[7; 32]),
    };
    collection.submit("sealed".to_owned(), consent, moment).expect(BUILT_IN)
}

fn check(collection: &mut Collection, moment: &Moment) -> Moment {
    collection.claim(moment).expect(BUILT_IN);
    moment.clone()
}

fn saved(account_id: AccountId, moment: &Moment) -> SavedBeneficiary {
    let key = PixKey::parse(PixKeyKind::Email, "maria@example.com").expect(BUILT_IN);
    let new = NewSavedBeneficiary {
        name: "Maria Silva".to_owned(),
        document: Document::parse(DocumentKind::Cpf, "52998224725").expect(BUILT_IN),
        destinations: vec![PayoutDestination::PixKey(key)],
        reference: None,
        metadata: BTreeMap::new(),
    };
    let author = (account_id, UserId::mint(moment));
    let saved = SavedBeneficiary::save(BeneficiaryId::mint(moment), author, new, moment);
    saved.expect(BUILT_IN).0
}

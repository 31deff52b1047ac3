//! What codes, proofs and seals of links are bound to.

use std::sync::Arc;

use brazil::{Document, DocumentKind};
use domain::collection::{CollectionAsk, CollectionLocale, NewCollection};
use domain::kernel::{AccountId, Entropy, Id, UserId};
use jiff::Timestamp;

use super::*;

/// Gives the same bytes each time.
struct Fixed;

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn moment() -> Moment {
    Moment::new(Timestamp::UNIX_EPOCH, Arc::new(Fixed))
}

fn peppers() -> Peppers {
    let secret = format!(r#"{{"current":2,"1":"{}","2":"{}"}}"#, "1".repeat(64), "2".repeat(64));
    Peppers::parse(&secret).expect("well formed")
}

fn collection(link: &str) -> Collection {
    let new = NewCollection {
        document: Document::parse(DocumentKind::Cpf, "52998224725").expect("a CPF"),
        sealed: String::new(),
        link_digest: link.to_owned(),
        ask: CollectionAsk::PixKey,
        amount_cents: None,
        expires_in_days: 1,
        locale: CollectionLocale::English,
        message: None,
        reference: None,
    };
    let author = (AccountId::from_ulid(1.into()), UserId::from_ulid(2.into()));
    Collection::create(CollectionId::from_ulid(3.into()), author, new, &moment())
}

fn code(nonce: &str, pepper_version: u32) -> CollectionCode {
    let sent_at = Timestamp::UNIX_EPOCH;
    CollectionCode { nonce: nonce.to_owned(), pepper_version, sent_at, entered_at: None }
}

#[test]
fn codes_and_proofs_differ_by_link_nonce_and_version() {
    let peppers = peppers();
    let base = (collection("a"), code("n", 1));
    let others = [
        (collection("b"), code("n", 1)),
        (collection("a"), code("m", 1)),
        (collection("a"), code("n", 2)),
    ];
    let right = peppers.collection_code(&base.0, &base.1).expect("a version");
    assert!(right.len() == 6 && right.bytes().all(|byte| byte.is_ascii_digit()), "{right}");
    assert!(peppers.is_collection_code(&base.0, &base.1, &right).expect("a version"));
    let proof = peppers.collection_proof(&base.0, &base.1).expect("a version");
    assert!(peppers.is_collection_proof(&base.0, &base.1, &proof).expect("a version"));
    for (link, other) in others {
        assert!(!peppers.is_collection_code(&link, &other, &right).expect("a version"));
        assert!(!peppers.is_collection_proof(&link, &other, &proof).expect("a version"));
    }
    for wrong in ["", "000", &right[1..], &format!("{right}0"), "１２３４５６"] {
        assert!(!peppers.is_collection_code(&base.0, &base.1, wrong).expect("a version"));
    }
    assert!(peppers.collection_code(&base.0, &code("n", 3)).is_err(), "no such version");
}

#[test]
fn a_sealed_person_opens_only_for_its_collection_and_not_as_another_seal() {
    let peppers = peppers();
    let person = CollectedPerson {
        name: "Maria Silva".to_owned(),
        document: Document::parse(DocumentKind::Cpf, "52998224725").expect("a CPF"),
        email: "maria@example.com".to_owned(),
        phone: None,
        pix_key: None,
    };
    let mut own = collection("a");
    let sealed = peppers.seal_person(own.id, &person, &moment()).expect("it seals");
    assert!(!sealed.contains("maria"));
    let context = own.id.to_string();
    assert!(peppers.open(&context, &sealed).is_err(), "a key of its own");
    own.sealed = Some(sealed);
    assert!(peppers.open_person(&own).expect("it opens") == Some(person));
    let other = Collection { id: CollectionId::from_ulid(4.into()), ..own.clone() };
    assert!(peppers.open_person(&other).is_err());
    assert!(peppers.open_person(&Collection { sealed: None, ..own }).expect("erased").is_none());
}

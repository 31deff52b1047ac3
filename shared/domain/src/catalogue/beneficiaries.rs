//! Examples of the events of a saved beneficiary.

use super::scene::{BUILT_IN, later};
use crate::beneficiary::{BeneficiaryChange, CheckFinding, NewSavedBeneficiary, SavedBeneficiary};
use crate::event::Event;
use crate::kernel::{AccountId, BeneficiaryId, Id, Moment, UserId};
use crate::network::KeyOwner;
use crate::payout::PayoutDestination;
use brazil::{BankAccountKind, Document, DocumentKind, PixKey, PixKeyKind};
use std::collections::BTreeMap;

pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let key = PixKey::parse(PixKeyKind::Email, "maria@example.com").expect(BUILT_IN);
    let new = NewSavedBeneficiary {
        name: "Maria Silva".to_owned(),
        document: Document::parse(DocumentKind::Cpf, "52998224725").expect(BUILT_IN),
        destinations: vec![PayoutDestination::PixKey(key)],
        reference: Some("supplier-7".to_owned()),
        metadata: BTreeMap::new(),
    };
    let author = (account_id, UserId::mint(begin));
    let saved = SavedBeneficiary::save(BeneficiaryId::mint(begin), author, new, begin);
    let (mut beneficiary, created) = saved.expect(BUILT_IN);
    let change = BeneficiaryChange {
        name: Some("Maria da Silva".to_owned()),
        ..BeneficiaryChange::default()
    };
    let changed = beneficiary.change(change, &later(begin, 60)).expect(BUILT_IN);
    let owner = KeyOwner {
        name: "Maria Silva".to_owned(),
        document: beneficiary.document.clone(),
        ispb: "60701190".to_owned(),
        account_kind: BankAccountKind::Checking,
    };
    let finding = CheckFinding::of(&beneficiary, Some(&owner));
    let id = beneficiary.destinations[0].id;
    let checked = beneficiary.record_check(id, finding, author.1, &later(begin, 90));
    vec![
        created,
        changed.expect("the name is another one"),
        checked.expect(BUILT_IN).1,
        beneficiary.archive(&later(begin, 120)).expect(BUILT_IN),
        beneficiary.reinstate(&later(begin, 180)).expect(BUILT_IN),
    ]
}

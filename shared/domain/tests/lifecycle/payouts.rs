//! All that can happen to a payout, from each way to open one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use brazil::{
    Bank, BankAccount, BankAccountKind, Document, DocumentKind, EndToEndId, PixKey, PixKeyKind,
    PixParticipation,
};
use domain::account::FeeSchedule;
use domain::kernel::{AccountId, Entropy, Error, Failure, Id, Moment, PayoutId, UserId};
use domain::kyc::{KycCase, KycDocumentKind, KycRequest};
use domain::ledger::{Books, Effects, EntryKind, Funds, PayoutLimits, Posting, TransactionRef};
use domain::network::KeyOwner;
use domain::payout::{
    ApprovalRule, CheckedOwner, FUNDING_TIMEOUT, NewPayout, Payout, PayoutDestination,
    PayoutSettings, PayoutStatus, PayoutUpdate, Terms,
};
use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

/// A Friday at noon in São Paulo.
const NOON: &str = "2026-11-27T15:00:00Z";
const AMOUNT_CENTS: u64 = 1_000;
const BALANCE_CENTS: u64 = 5_000;
const ISPB: &str = "99999999";

struct FixedEntropy;

impl Entropy for FixedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn at(now: Timestamp) -> Moment {
    Moment::new(now, Arc::new(FixedEntropy))
}

fn noon() -> Timestamp {
    NOON.parse().expect("a time")
}

fn user(number: u128) -> UserId {
    UserId::from_ulid(Ulid::from_parts(1, number))
}

fn pay_in(books: &mut Books) {
    let payout = TransactionRef::Payout(PayoutId::from_ulid(Ulid::from_parts(1, 9)));
    let paid_in = [Posting::new(EntryKind::PayoutReturned, BALANCE_CENTS)];
    books.post(&payout.into(), &paid_in, &at(noon()), &mut Effects::default()).expect("room");
}

/// A way to open a payout.
#[derive(Clone, Copy)]
struct Opening {
    approval: bool,
    review: bool,
    scheduled: bool,
    funded: bool,
    ted: bool,
    kyc: bool,
}

/// A payout with its money, and the limits that apply from now on.
#[derive(Clone)]
struct Case {
    payout: Payout,
    books: Books,
    hold: Option<domain::ledger::Hold>,
    terms: Terms,
    request: Option<KycRequest>,
}

impl Opening {
    fn all() -> impl Iterator<Item = Self> {
        (0..64_u8).map(|bits| {
            let flag = |bit: u8| bits & (1 << bit) != 0;
            Self {
                approval: flag(0),
                review: flag(1),
                scheduled: flag(2),
                funded: flag(3),
                ted: flag(4),
                kyc: flag(5),
            }
        })
    }

    fn open(self) -> Case {
        let account_id = AccountId::from_ulid(Ulid::from_parts(1, 1));
        let approvals = if self.approval { 2 } else { 0 };
        let settings = PayoutSettings {
            approval_rules: vec![ApprovalRule { from_cents: 0, approvals }],
            review_from_cents: self.review.then_some(1),
            kyc_from_cents: self.kyc.then_some(AMOUNT_CENTS),
            ..PayoutSettings::default_of(account_id)
        };
        let fees = FeeSchedule { fixed_cents: 10, basis_points: 0 };
        let terms = Terms { fees, settings, ispb: ISPB };
        let mut books = Books::open(account_id);
        if self.funded {
            pay_in(&mut books);
        }
        let new = NewPayout {
            amount_cents: AMOUNT_CENTS,
            to: destination(self.ted),
            beneficiary: None,
            description: None,
            reference: None,
            metadata: BTreeMap::new(),
            scheduled_for: self.scheduled.then_some(noon() + SignedDuration::from_hours(1)),
            wait_for_funds: true,
            batch_id: None,
            known_owner: None,
            saved: None,
        };
        let mut funds = Funds::new(books, None);
        let id = PayoutId::from_ulid(Ulid::from_parts(1, 2));
        let author = (account_id, user(1));
        let opened = Payout::open(id, author, new, &terms, &mut funds, &at(noon()));
        let (payout, mut effects) = opened.expect("it may wait for funds");
        let request = effects.kyc_requests.pop();
        Case { payout, books: funds.books, hold: funds.hold, terms, request }
    }
}

fn owner(name: &str) -> KeyOwner {
    KeyOwner {
        name: name.to_owned(),
        document: Document::parse(DocumentKind::Cpf, "52998224725").expect("a CPF"),
        ispb: "60701190".to_owned(),
        account_kind: BankAccountKind::Checking,
    }
}

fn destination(ted: bool) -> PayoutDestination {
    if !ted {
        let key = PixKey::parse(PixKeyKind::Email, "maria@example.com").expect("a key");
        return PayoutDestination::PixKey(key);
    }
    let mut banks = Bank::all().iter().filter(|bank| bank.pix() == PixParticipation::None);
    let bank = banks.next().expect("a bank without Pix");
    let account = BankAccount::parse(bank, "0001", "123456", BankAccountKind::Checking);
    PayoutDestination::BankAccount(account.expect("an account"))
}

/// Returns a payout as it is after it was opened.
pub(crate) fn opened() -> Payout {
    let opening = Opening {
        approval: false,
        review: false,
        scheduled: false,
        funded: true,
        ted: false,
        kyc: false,
    };
    opening.open().payout
}

/// What callers, networks and the scheduler can do to a payout.
#[derive(Debug, Clone, Copy)]
enum Action {
    /// The directory answers; with another owner each time, by number.
    RecordOwner,
    KeyNotFound,
    Approve,
    ApproveToo,
    RejectApproval,
    /// The key has another owner when a worker is about to submit the order.
    Withdraw,
    PassReview,
    FailReview,
    Cancel,
    StopForKyc,
    /// The account answers, and compliance approves the request.
    PassKyc,
    FailKyc,
    ExpireKyc,
    /// The scheduler executes the due step, so many hours after its time.
    Advance {
        late_hours: i64,
    },
    /// The same a week later.
    AdvanceLate,
    /// The same after a payment to the account.
    AdvanceFunded,
    /// The same with a limit that refuses the payout.
    AdvanceLimited,
    Accepted,
    Settled,
    Rejected,
    ReturnedInPart,
    Returned,
}

impl Action {
    const ALL: [Self; 23] = [
        Self::RecordOwner,
        Self::KeyNotFound,
        Self::Approve,
        Self::ApproveToo,
        Self::RejectApproval,
        Self::Withdraw,
        Self::PassReview,
        Self::FailReview,
        Self::Cancel,
        Self::StopForKyc,
        Self::PassKyc,
        Self::FailKyc,
        Self::ExpireKyc,
        Self::Advance { late_hours: 0 },
        // After a TED at 13:00 this is after its hours, on a Friday.
        Self::Advance { late_hours: 6 },
        Self::AdvanceLate,
        Self::AdvanceFunded,
        Self::AdvanceLimited,
        Self::Accepted,
        Self::Settled,
        Self::Rejected,
        Self::ReturnedInPart,
        Self::Returned,
    ];

    fn run(self, case: &mut Case) -> Result<(), Error> {
        let due_at = case.payout.due.as_ref().map_or(noon(), |due| due.at);
        if let Self::AdvanceFunded = self {
            pay_in(&mut case.books);
        }
        let Case { payout, terms, request, .. } = case;
        let mut funds = Funds::new(case.books.clone(), case.hold.clone());
        let (other, funds_mut, now) = (user(2), &mut funds, &at(noon()));
        let returned = |number: u128, amount_cents| PayoutUpdate::Returned {
            return_id: EndToEndId::parse(&format!("D99999999202611271500{number:011}"))
                .expect("an id of a return"),
            amount_cents,
            failure: Failure::of_network("MD06"),
        };
        let outcome = match self {
            Self::RecordOwner => payout.record_owner(Some(owner("Maria")), now.now, funds_mut, now),
            Self::KeyNotFound => payout.record_owner(None, now.now, funds_mut, now),
            Self::Approve => payout.approve(other, terms, funds_mut, now).map(Some),
            Self::ApproveToo => payout.approve(user(4), terms, funds_mut, now).map(Some),
            Self::RejectApproval => payout.reject(other, "no".to_owned(), funds_mut, now).map(Some),
            // A worker withdraws only an order that needed approval.
            Self::Withdraw if payout.may_go_to(&owner("Bruno")) => Ok(None),
            Self::Withdraw => {
                let checked = CheckedOwner { owner: owner("Bruno"), checked_at: now.now };
                payout.withdraw(checked, funds_mut, now).map(Some)
            }
            Self::PassReview => payout.pass_review(user(3), terms, funds_mut, now).map(Some),
            Self::FailReview => payout.fail_review(other, funds_mut, now).map(Some),
            Self::Cancel => payout.cancel(request.clone(), funds_mut, now).map(Some),
            Self::StopForKyc => {
                payout.stop_for_kyc(vec![KycCase::PayoutPurpose], funds_mut, now).map(Some)
            }
            Self::PassKyc | Self::FailKyc | Self::ExpireKyc => {
                self.decide(payout, request.clone(), terms, funds_mut)
            }
            Self::Advance { late_hours } => {
                let late = SignedDuration::from_hours(late_hours);
                payout.advance(terms, funds_mut, &at(due_at + late))
            }
            Self::AdvanceLate => payout.advance(terms, funds_mut, &at(due_at + FUNDING_TIMEOUT)),
            Self::AdvanceFunded => advance_or_fund(payout, terms, funds_mut, due_at),
            Self::AdvanceLimited => {
                let limits = PayoutLimits { per_day_cents: Some(1), ..PayoutLimits::default() };
                let settings = PayoutSettings { limits, ..terms.settings.clone() };
                let terms = Terms { settings, ..terms.clone() };
                pay_in(&mut funds_mut.books);
                advance_or_fund(payout, &terms, funds_mut, due_at)
            }
            Self::Accepted => {
                payout.apply_update(&PayoutUpdate::Accepted, funds_mut, now).map(Some)
            }
            Self::Settled => payout.apply_update(&PayoutUpdate::Settled, funds_mut, now).map(Some),
            Self::Rejected => {
                let rejected = PayoutUpdate::Rejected { failure: Failure::of_network("AC07") };
                payout.apply_update(&rejected, funds_mut, now).map(Some)
            }
            Self::ReturnedInPart => payout.apply_update(&returned(1, 1), funds_mut, now).map(Some),
            Self::Returned => {
                let rest = AMOUNT_CENTS - payout.returned_amount_cents;
                payout.apply_update(&returned(2, rest), funds_mut, now).map(Some)
            }
        };
        (case.books, case.hold) = (funds.books, funds.hold);
        let requests = outcome?.map(|effects| effects.kyc_requests);
        case.request = requests.and_then(|mut requests| requests.pop()).or(case.request.take());
        Ok(())
    }
}

impl Action {
    /// Ends the KYC request of a payout.
    fn decide(
        self,
        payout: &mut Payout,
        request: Option<KycRequest>,
        terms: &Terms,
        funds: &mut Funds,
    ) -> Result<Option<Effects>, Error> {
        let request = request.ok_or(Error::NotFound("request"))?;
        match self {
            Self::PassKyc => {
                payout.pass_kyc(answered(request)?, terms, funds, &at(noon())).map(Some)
            }
            Self::FailKyc => payout.fail_kyc(request, None, funds, &at(noon())).map(Some),
            _ => expire(payout, request, funds),
        }
    }
}

/// Returns the request once the account answered it and compliance approved the answer.
fn answered(mut request: KycRequest) -> Result<KycRequest, Error> {
    let (now, kind) = (&at(noon()), KycDocumentKind::PayoutPurpose);
    let id = request.answer(kind, "sealed".to_owned(), now)?.id;
    request.submit(now)?;
    request.decide_document(id, None, now)?;
    Ok(request)
}

fn expire(
    payout: &mut Payout,
    mut request: KycRequest,
    funds: &mut Funds,
) -> Result<Option<Effects>, Error> {
    let Some(deadline) = request.deadline else { return Ok(None) };
    request.remind(&at(deadline))?;
    payout.expire_kyc(request, funds, &at(deadline))
}

/// Executes the due step, or what the scheduler does to a payout that waits for funds.
fn advance_or_fund(
    payout: &mut Payout,
    terms: &Terms,
    funds: &mut Funds,
    due_at: Timestamp,
) -> Result<Option<Effects>, Error> {
    if payout.status == PayoutStatus::AwaitingFunds {
        return payout.fund(terms, funds, &at(noon()));
    }
    payout.advance(terms, funds, &at(due_at))
}

/// A change of status: the names of both.
type StatusPair = (Option<String>, String);

/// Returns every change of status that is reached by actions, in any order.
pub(crate) fn reached() -> BTreeSet<StatusPair> {
    let mut changes = BTreeSet::new();
    for opening in Opening::all() {
        let opened = opening.open();
        changes.insert((None, format!("{:?}", opened.payout.status)));
        let mut seen = BTreeSet::from([state(&opened)]);
        let mut open = vec![opened];
        while let Some(case) = open.pop() {
            for action in Action::ALL {
                let mut next = case.clone();
                match action.run(&mut next) {
                    Ok(()) => {}
                    Err(Error::Internal(cause)) => panic!("{action:?}: {cause}"),
                    Err(_) => continue,
                }
                let steps = &next.payout.status_history[case.payout.status_history.len()..];
                let mut from = case.payout.status;
                for step in steps {
                    changes.insert((Some(format!("{from:?}")), format!("{:?}", step.status)));
                    from = step.status;
                }
                assert_eq!(from, next.payout.status, "{action:?}");
                let waits = u32::from(from == PayoutStatus::AwaitingFunds);
                assert_eq!(next.books.waiting_payouts, waits, "{action:?}");
                // A return of a part, or one of several approvals, records an event and keeps the status.
                if steps.is_empty() && next.payout.history != case.payout.history {
                    changes.insert((Some(format!("{from:?}")), format!("{from:?}")));
                }
                if seen.insert(state(&next)) {
                    open.push(next);
                }
            }
        }
    }
    changes
}

/// Returns what decides on the next changes of a payout.
fn state(case: &Case) -> String {
    let Payout { status, approvals, key_owner, reviewed_by, returned_amount_cents, due, .. } =
        &case.payout;
    let (needs_kyc, kyc) = (case.payout.needs_kyc, case.payout.kyc.map(|kyc| kyc.passed_at));
    let approved: BTreeSet<_> = approvals.iter().map(|approval| approval.user_id).collect();
    let owner = key_owner.as_ref().map(|checked| &checked.owner.name);
    let funded = case.books.balances.available_cents > AMOUNT_CENTS;
    let step = due.as_ref().map(|due| &due.step);
    format!(
        "{status:?} {approved:?} {owner:?} {reviewed_by:?} {returned_amount_cents} {step:?} {funded} {needs_kyc} {kyc:?}"
    )
}

//! One errand to the network: claim, speak, record.
//!
//! The claim is written before a word is said. Whoever dies after that leaves a payout that the clock
//! sends somebody to ask about; nobody ever tells the network of an order that it might have without
//! asking first, and it knows an order by its own name.
//!
//! An order to a PIX key goes once it is known whose the key is (`beneficiary`). That is looked up
//! only for an order that the network does not have, because it was never told or says so. One that was
//! never told is refused by what the directory says. One that was may still be on its way, whatever
//! the network says now: it is not told again, and given up when it would not be taken any more.

use std::time::Duration;

use domain::{
    Books, Effects, Errand, Error, Funds, Hold, Moment, Payout, PayoutNotice, PayoutReason,
    PayoutStatus, hold_of,
};
use edge::App;
use jiff::{SignedDuration, Timestamp};
use queue::PayoutMessage;
use rails::{Answer, Order, PayoutTold, Silence, apply_to_payout};
use store::{Key, Row, Store, Writes};

use crate::Remitter;
use crate::beneficiary::{self, Verdict};

/// How long the network has for one answer. Two of them, and the directory's between them, fit the run
/// of the function, and the run fits the claim.
const ANSWER_WITHIN: Duration = Duration::from_secs(7);
/// When an order is looked at again that is not to be told: the account is frozen, or the key is not
/// the beneficiary's any more.
const LOOKED_AT_AGAIN: SignedDuration = SignedDuration::from_mins(5);
/// How often what the network said is written again because somebody changed the books meanwhile.
/// What is not written then is asked for again: the network does not forget.
const RECORDS_AGAIN_MAX: usize = 20;

/// What came of speaking to the network.
enum Word {
    /// It said something of an order it has.
    Told(PayoutTold),
    /// It said something when it was told of the order.
    Answered(PayoutTold),
    /// It said nothing.
    Silent(Silence),
    /// It does not have the order and will not be told of it.
    Refused(PayoutReason),
    /// It does not have the order and is not told of it before this time.
    PutOff(Errand, Timestamp),
}

impl Word {
    /// Whether the network has the order by its own word.
    fn is_order_taken(&self) -> bool {
        let refused = |notice: &PayoutNotice| matches!(notice, PayoutNotice::Refused { .. });
        matches!(self, Self::Answered(told) if !told.now.iter().any(refused))
    }

    /// Whether it holds only as long as nobody else spoke to the network.
    fn is_ours(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::PutOff(..))
    }
}

/// Goes on the errand of a payout, if there is one and nobody else is on it.
pub(crate) async fn go(remitter: &Remitter, message: PayoutMessage) -> Result<(), Error> {
    let (app, store) = (remitter.app(), &remitter.app().store);
    let PayoutMessage { account_id, payout_id } = message;
    let key = Key::Payout(account_id, payout_id);
    let moment = app.moment();
    let payout = store.find::<Payout>(&key).await?;
    let mut payout = payout.ok_or(Error::NotFound("payout"))?;
    let Some(errand) = payout.claim(moment.now) else { return Ok(()) };
    match store.replace(&payout).await {
        Ok(()) => payout.version += 1,
        // Somebody else is on it. If it was this very claim and its answer was lost, the clock asks.
        Err(Error::Stale) => return Ok(()),
        Err(error) => return Err(error),
    }
    let word = speak(remitter, &payout, errand, &moment).await?;
    if let Word::Silent(silence) = &word {
        let cause = Error::unavailable(silence.to_string());
        app.warn(&format!("{payout_id}: the network has to be asked again"), &cause);
    }
    record(app, payout.clone(), &word).await?;
    if word.is_order_taken() {
        beneficiary::reward(remitter, &payout, &moment).await;
    }
    Ok(())
}

async fn speak(
    remitter: &Remitter,
    payout: &Payout,
    errand: Errand,
    moment: &Moment,
) -> Result<Word, Error> {
    let order = Order::of(payout).ok_or_else(|| Error::internal("an order that was not let go"))?;
    let (rail, now) = (&remitter.rail, moment.now);
    if errand == Errand::Ask {
        match in_time(rail.ask(&order, now)).await {
            Err(silence) => return Ok(Word::Silent(silence)),
            Ok(Some(told)) => return Ok(Word::Told(told)),
            Ok(None) => {}
        }
    }
    // The network does not have it, and nobody else tells it as long as the claim holds.
    if !payout.may_still_be_taken(now) {
        return Ok(Word::Refused(PayoutReason::NotTaken));
    }
    match beneficiary::check(remitter, payout, moment).await {
        Verdict::Goes => {}
        Verdict::Refused(reason) if errand == Errand::Submit => return Ok(Word::Refused(reason)),
        Verdict::Refused(_) => return Ok(Word::PutOff(errand, now + LOOKED_AT_AGAIN)),
        Verdict::Later(at) => return Ok(Word::PutOff(errand, at)),
    }
    let books = remitter.app().store.find::<Books>(&Key::Books(payout.account_id)).await?;
    if books.is_none_or(|books| books.must_move().is_err()) {
        return Ok(Word::PutOff(errand, now + LOOKED_AT_AGAIN));
    }
    Ok(match in_time(rail.submit(&order, now)).await {
        Err(silence) => Word::Silent(silence),
        Ok(told) => Word::Answered(told),
    })
}

async fn in_time<T>(answer: Answer<'_, T>) -> Result<T, Silence> {
    tokio::time::timeout(ANSWER_WITHIN, answer).await.unwrap_or(Err(Silence::TimedOut))
}

/// Writes down what the network said, over whatever else happens on the account.
async fn record(app: &App, mut payout: Payout, word: &Word) -> Result<(), Error> {
    let (store, claimed) = (&app.store, payout.version);
    for _ in 0..RECORDS_AGAIN_MAX {
        let moment = app.moment();
        let mut next = payout.clone();
        let outcome = match word {
            Word::Told(told) | Word::Answered(told) => take_in(store, next, told, &moment).await,
            Word::Refused(reason) => {
                let now = vec![PayoutNotice::Refused { reason: *reason }];
                take_in(store, next, &PayoutTold { now, later: None }, &moment).await
            }
            Word::PutOff(errand, until) => {
                next.put_off(*errand, *until);
                store.replace(&next).await
            }
            // It has ended meanwhile: there is nothing left to ask.
            Word::Silent(_) if next.status != PayoutStatus::Processing => return Ok(()),
            Word::Silent(_) => {
                next.leave_open(moment.now);
                store.replace(&next).await
            }
        };
        match outcome {
            Err(Error::Stale) => {}
            done => return done,
        }
        let key = Key::Payout(payout.account_id, payout.id);
        payout = store.find(&key).await?.ok_or(Error::NotFound("payout"))?;
        // Whoever took it up meanwhile may have told the network, and knows better.
        if word.is_ours() && payout.version != claimed {
            return Ok(());
        }
    }
    Err(Error::Stale)
}

async fn take_in(
    store: &Store,
    mut payout: Payout,
    told: &PayoutTold,
    moment: &Moment,
) -> Result<(), Error> {
    let mut funds = read_funds(store, &payout).await?;
    let effects: Effects = apply_to_payout(&mut payout, &mut funds, told, moment)?;
    let writes = Writes::default().change_payout(&payout, &funds, &effects);
    store.commit(writes, moment).await.map(drop)
}

async fn read_funds(store: &Store, payout: &Payout) -> Result<Funds, Error> {
    let keys = [Key::Books(payout.account_id), Key::Hold(payout.account_id, hold_of(payout.id))];
    let mut rows = store.read(&keys).await?.into_iter();
    let books: Option<Books> = rows.next().flatten().map(Row::read).transpose()?;
    let hold: Option<Hold> = rows.next().flatten().map(Row::read).transpose()?;
    Ok(Funds::new(books.ok_or(Error::NotFound("books"))?, hold))
}
